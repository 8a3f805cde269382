#!/usr/bin/env bash
# Makes the bundled models: draws pictures, trains a prior on them, compares it with the simple methods on held-out
# pictures, and writes Models/NAME.safetensors and the measured part of its card Models/NAME.md.
#
# MODEL=faces or MODEL=scenes makes one of them alone. PHOTOS=DIR adds the pictures of a folder to the drawn scenes,
# and the card says so.
set -euo pipefail
cd "$(dirname "$0")/.."
model=${MODEL:-}
photos=${PHOTOS:-}
work=.build/model
largest=10000000

case $model in
  '' | faces | scenes) ;;
  *) echo "error: MODEL is '$model', expected faces or scenes" >&2 && exit 2 ;;
esac
if [[ -n $photos && ! -d $photos ]]; then
  echo "error: PHOTOS is '$photos', which is not a folder" >&2
  exit 2
fi
if [[ -n $photos && $model == faces ]]; then
  echo "error: PHOTOS applies to the model of scenes; omit it, or pass MODEL=scenes" >&2
  exit 2
fi
program=$(swift build -c release --show-bin-path)/siren-hyper
mkdir -p "$work"
say() { printf '\n== %s\n' "$1"; }

# $1: the model's name, $2: a sentence for its card. Checks the size of the model in the work folder. Then the
# measurements replace the text between the two marks of the card, and the rest stays. Times are left out, because they
# depend on the load of the machine.
finish() {
  local name=$1 sentence=$2 folder=$work/$1 bytes training
  bytes=$(wc -c <"$folder/$name.safetensors")
  if [[ $bytes -gt $largest ]]; then
    echo "error: the model of $name has $bytes bytes, expected at most $largest" >&2
    exit 1
  fi
  training=$(sed 's/^.*safetensors: //; s/ in [0-9][^,]*$//; s/ in [0-9][^,]*,/,/' "$folder/training.txt")
  {
    echo "$bytes bytes; $training.$sentence"
    echo
    sed 's/ *ms\/picture$//; s/  *[0-9.]*$//; s/^/    /; s/ *$//' "$folder/evaluation.txt"
  } >"$folder/measured.txt"
  awk -v measured="$folder/measured.txt" '
    /<!-- measured -->/ { print; print ""; while ((getline line < measured) > 0) print line; print ""; skip = 1 }
    /<!-- end -->/ { skip = 0 }
    !skip && !/<!-- measured -->/ { print }
  ' "Models/$name.md" >"$folder/card.md"
  cp "$folder/card.md" "Models/$name.md"
  cp "$folder/$name.safetensors" "Models/$name.safetensors"
  echo
  echo "Models/$name.safetensors and Models/$name.md are written."
}

make_faces() {
  local folder=$work/faces
  rm -rf "$folder"
  mkdir -p "$folder"
  say "Drawing 12000 faces"
  "$program" dataset synthesize "$folder/pictures" --count 12000 --size 64 --seed 64
  say "Indexing them"
  "$program" dataset index "$folder/pictures"
  say "Learning a prior of faces"
  # Steps instead of a time, so that the same machine makes the same file.
  "$program" train --dataset "$folder/pictures" --prior subspace --size 64 --seed 1 --steps 45000 \
    -o "$folder/faces.safetensors" | tee "$folder/training.txt"
  say "Comparing it with the simple methods on held-out faces"
  "$program" evaluate --dataset "$folder/pictures" --model "$folder/faces.safetensors" \
    --context 1%,5%,10%,25% --limit 64 | tee "$folder/evaluation.txt"
  finish faces ""
}

make_scenes() {
  local folder=$work/scenes sentence=" It learned from drawn scenes alone." picture number=0
  rm -rf "$folder"
  mkdir -p "$folder/pictures"
  say "Drawing 2000 scenes"
  # Drawn scenes come first in the order of the catalog, so that they alone are evaluated below.
  "$program" dataset synthesize "$folder/pictures/drawn" --kind scenes --count 2000 --size 256 --seed 1
  if [[ -n $photos ]]; then
    mkdir "$folder/pictures/photographs"
    while IFS= read -r -d '' picture; do
      number=$((number + 1))
      cp "$picture" "$folder/pictures/photographs/$(printf '%05d' "$number").${picture##*.}"
    done < <(
      find -L "$photos" -type f \( -iname '*.png' -o -iname '*.jpg' -o -iname '*.jpeg' \) -print0 |
        LC_ALL=C sort -z
    )
    if [[ $number -eq 0 ]]; then
      echo "error: PHOTOS is '$photos', which has no PNG or JPEG picture" >&2
      exit 1
    fi
    sentence=" It learned from drawn scenes and the $number pictures of '$(basename "$photos")'."
    say "Added $number pictures of $photos"
  fi
  say "Indexing them"
  "$program" dataset index "$folder/pictures"
  say "Learning a prior of scenes"
  "$program" train --dataset "$folder/pictures" --prior grid --size 96 --batch 8 --steps 25000 --seed 1 \
    -o "$folder/scenes.safetensors" | tee "$folder/training.txt"
  say "Comparing it with the simple methods on held-out scenes"
  "$program" evaluate --dataset "$folder/pictures" --model "$folder/scenes.safetensors" \
    --context 5%,10%,20% --limit 24 | tee "$folder/evaluation.txt"
  finish scenes "$sentence"
}

[[ $model == scenes ]] || make_faces
[[ $model == faces ]] || make_scenes
