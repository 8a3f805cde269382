#!/usr/bin/env bash
# Runs the kernel tests under the address and undefined-behaviour sanitizers, and the tests of what
# runs on several threads under the thread sanitizer. Each needs a build of its own, in its own folder.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}

# $1: sanitizer, $2: which tests
check() {
  echo "$1 sanitizer: $2"
  "$swift" test -c release --sanitize "$1" --scratch-path ".build/sanitize-$1" --filter "$2"
}

kernels='KernelTests|SineNetworkTests|OptimizerTests|OptimizerGoldenTests|FusedField'
for path in avx512 avx2 portable; do
  SIREN_CPU=$path check address "$kernels"
  SIREN_CPU=$path check undefined "$kernels"
done
check thread '[Tt]hreads'
echo "no sanitizer found anything"
