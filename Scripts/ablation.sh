#!/usr/bin/env bash
# Measures the worth of each part of a prior. Trains every kind for the same time on the same drawn faces, and prints
# one table of errors on held-out faces, as generated and refined, over all pixels and with nothing pasted. The last rows
# are the default prior after the same time, and the simple methods on the same pictures.
#   ABLATION_TIME    the time of each training (default 2m)
#   ABLATION_FOLDER  the folder of faces and models (default .build/ablation)
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

# Trains a prior on the faces. $1: its name, then options of `train`.
learn() {
  local name="$1"
  shift
  "$program" train --dataset "$work/faces" --size 32 --seed 1 --for "$time" "$@" --force --quiet \
    -o "$work/$name.safetensors" >/dev/null
}
# Evaluates a prior. $1: its name, then options of `evaluate`.
evaluate() {
  local name="$1"
  shift
  "$program" evaluate --dataset "$work/faces" --model "$work/$name.safetensors" --limit 24 "$@" \
    --json --quiet >"$work/$name.json"
}
# The errors at 10, 100 and 1,000 points of one method, as cells of a table.
# $1: name of the prior, $2: method.
cells() {
  sed -n "s/.*\"method\":\"$2\".*\"mse\":\([0-9.e-]*\),.*/\1/p" "$work/$1.json" |
    awk '{ printf " %.5f |", $1 }'
}
# $1: encoder, $2: head, $3: conditioning or no-conditioning.
row() {
  local name="$1-$2-$3"
  learn "$name" --encoder "$1" --head "$2" "--$3"
  evaluate "$name" --no-baselines --refine 300
  local fitted=yes
  [ "$3" = conditioning ] || fitted=no
  echo "| $1 | $2 | $fitted |$(cells "$name" model)$(cells "$name" 'model+refined')"
}

echo "| encoder | head | last layer fitted | 10 | 100 | 1,000 | refined: 10 | 100 | 1,000 |"
echo "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
for fitted in no-conditioning conditioning; do
  for encoder in set convolutional attention; do
    for head in full modulated; do row "$encoder" "$head" "$fitted"; done
  done
  row attention low-rank "$fitted"
done
learn default
evaluate default
echo "| the default prior | | |$(cells default model) | | |"
for method in gaussian linear; do
  echo "| $method | | |$(cells default "$method") | | |"
done
