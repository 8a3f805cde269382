#!/usr/bin/env bash
# The whole work: draws faces, indexes them, trains a prior, compares it with the simple methods, and restores a
# held-out face from a tenth of its pixels. Then the bundled model of scenes and linear interpolation restore a scene
# that the model has not seen. DEMO_COUNT changes the number of faces.
set -euo pipefail
cd "$(dirname "$0")/.."
program=$(swift build -c release --show-bin-path)/siren-hyper
count=${DEMO_COUNT:-3000}
rm -rf demo
mkdir -p demo
say() { printf '\n== %s\n' "$1"; }

say "Drawing $count faces"
"$program" dataset synthesize demo/faces --count "$count" --size 64 --seed 1
say "Indexing them"
"$program" dataset index demo/faces
"$program" dataset sheet demo/faces -o demo/faces.png --count 96
say "Learning a prior: the closed form, then a residual network for three minutes"
"$program" train --dataset demo/faces --size 32 --seed 1 --for 3m -o demo/prior.safetensors
say "Comparing it with the simple methods on held-out faces"
"$program" evaluate --dataset demo/faces --model demo/prior.safetensors --context 10,100,1000 --limit 64
say "Restoring a held-out face from 10% of its pixels"
face=$("$program" dataset list demo/faces --split test --limit 1 --json |
  sed -n 's/.*"path":"\([^"]*\)".*/\1/p')
"$program" inpaint "demo/faces/$face" demo/restored.png --keep 10% \
  --model demo/prior.safetensors --sheet demo/sheet.png
say "Restoring a scene from 10% of its pixels: with the model of scenes, and by linear interpolation"
# The model learned from scenes of seed 1.
"$program" dataset synthesize demo/scenes --kind scenes --count 1 --size 256 --seed 2
"$program" inpaint demo/scenes/scene-00000.png demo/scene-restored.png --keep 10% \
  --model scenes --sheet demo/scene-sheet.png
"$program" inpaint demo/scenes/scene-00000.png demo/scene-linear.png --keep 10% \
  --model linear --sheet demo/scene-linear-sheet.png
echo
echo "Look at demo/sheet.png (the face), demo/scene-sheet.png (the scene by the model) and"
echo "demo/scene-linear-sheet.png (the scene by linear interpolation): observed, restored, truth, error."
