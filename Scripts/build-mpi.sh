#!/usr/bin/env bash
# Builds the programs with Open MPI into a folder of their own: a trait changes how every module is compiled.
set -euo pipefail
cd "$(dirname "$0")/.."
EXTRA_PACKAGES="libopenmpi-dev openmpi-bin" Scripts/install-dependencies.sh
swift=${SWIFT:-swift}
for product in siren-hyper siren; do
  "$swift" build -c release --traits MPI --scratch-path .build/mpi --product "$product"
done
