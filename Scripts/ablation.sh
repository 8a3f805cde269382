#!/usr/bin/env bash
# What each part of a prior is worth: trains the kinds for the same time on the same drawn faces, and prints one
# table of errors on held-out ones (over all pixels, nothing pasted), as generated and refined. Last the default prior,
# which descends as long, and the simple methods on the same pictures.
#   ABLATION_TIME   how long each descends (default 2m)
#   ABLATION_FOLDER where faces and models lie (default .build/ablation)
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(swift build -c release --show-bin-path)/siren-hyper
time=${ABLATION_TIME:-2m}
work=${ABLATION_FOLDER:-.build/ablation}
mkdir -p "$work"
if [ ! -d "$work/faces" ]; then
  "$program" dataset synthesize "$work/faces" --count 3000 --size 64 --seed 1 --quiet
  "$program" dataset index "$work/faces" --quiet
fi

# The errors at 10, 100 and 1,000 points of one method, as cells of a table.
# $1: output of `evaluate --json`, $2: method.
cells() {
  sed -n "s/.*\"method\":\"$2\".*\"mse\":\([0-9.e-]*\),.*/\1/p" "$1" |
    awk '{ printf " %.4f |", $1 }'
}
# $1: encoder, $2: head, $3: conditioning or no-conditioning.
row() {
  local name="$1-$2-$3"
  local model="$work/$name.safetensors"
  "$program" train --dataset "$work/faces" --size 32 --seed 1 --for "$time" --encoder "$1" \
    --head "$2" "--$3" --force --quiet -o "$model" >/dev/null
  "$program" evaluate --dataset "$work/faces" --model "$model" --no-baselines --limit 24 \
    --refine 300 --json --quiet >"$work/$name.json"
  local fitted=yes
  [ "$3" = conditioning ] || fitted=no
  echo "| $1 | $2 | $fitted |$(cells "$work/$name.json" model)$(cells "$work/$name.json" 'model+refined')"
}

echo "| encoder | head | last layer fitted | 10 | 100 | 1,000 | refined: 10 | 100 | 1,000 |"
echo "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
for fitted in no-conditioning conditioning; do
  for encoder in set convolutional attention; do
    for head in full modulated; do row "$encoder" "$head" "$fitted"; done
  done
  row attention low-rank "$fitted"
done
"$program" train --dataset "$work/faces" --size 32 --seed 1 --for "$time" --force --quiet \
  -o "$work/default.safetensors" >/dev/null
"$program" evaluate --dataset "$work/faces" --model "$work/default.safetensors" --limit 24 --json \
  --quiet >"$work/default.json"
echo "| the default prior | | |$(cells "$work/default.json" model) | | |"
for method in gaussian linear; do
  echo "| $method | | |$(cells "$work/default.json" "$method") | | |"
done
