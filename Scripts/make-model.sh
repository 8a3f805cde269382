#!/usr/bin/env bash
# Makes the bundled model. Draws faces, trains a prior on them, compares it with the simple methods on held-out
# faces, and writes Models/faces.safetensors and the measured part of its card.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(swift build -c release --show-bin-path)/siren-hyper
work=.build/model
largest=10000000
rm -rf "$work"
mkdir -p "$work"
say() { printf '\n== %s\n' "$1"; }

say "Drawing 12000 faces"
"$program" dataset synthesize "$work/faces" --count 12000 --size 64 --seed 64
say "Indexing them"
"$program" dataset index "$work/faces"
say "Learning a prior"
# Steps instead of a time, so that the same machine makes the same file.
"$program" train --dataset "$work/faces" --size 64 --seed 1 --steps 45000 -o "$work/faces.safetensors" |
  tee "$work/training.txt"
bytes=$(wc -c <"$work/faces.safetensors")
if [ "$bytes" -gt "$largest" ]; then
  echo "the model has $bytes bytes, expected at most $largest" >&2
  exit 1
fi
say "Comparing it with the simple methods on held-out faces"
"$program" evaluate --dataset "$work/faces" --model "$work/faces.safetensors" \
  --context 1%,5%,10%,25% --limit 64 | tee "$work/evaluation.txt"

# The measurements replace the text between the two marks of the card, and the rest stays. Times are left out,
# because they depend on the load of the machine.
{
  echo "$bytes bytes; $(sed 's/^.*safetensors: //; s/ in [^ ]* [a-z]*$//' "$work/training.txt")."
  echo
  sed 's/ *ms\/picture$//; s/  *[0-9.]*$//; s/^/    /; s/ *$//' "$work/evaluation.txt"
} >"$work/measured.txt"
awk -v measured="$work/measured.txt" '
  /<!-- measured -->/ { print; print ""; while ((getline line < measured) > 0) print line; print ""; skip = 1 }
  /<!-- end -->/ { skip = 0 }
  !skip && !/<!-- measured -->/ { print }
' Models/faces.md >"$work/faces.md"
cp "$work/faces.md" Models/faces.md
cp "$work/faces.safetensors" Models/faces.safetensors
echo
echo "Models/faces.safetensors and Models/faces.md are written."
