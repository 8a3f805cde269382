#!/usr/bin/env bash
# Runs the kernel tests under the address and undefined-behaviour sanitizers, for every instruction set that
# the processor has, and once the tests of readers and writers of files and the main jobs of the built programs.
# Runs the tests of multithreaded code and the main jobs under the thread sanitizer, which needs a build of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
# The test runner itself leaks some memory at its end.
export ASAN_OPTIONS=detect_leaks=0
# Swift's own report of a trap reads the stack, which the address sanitizer takes for an error and then waits for.
export SWIFT_BACKTRACE=enable=no

# The options of a build. On Linux only C has the undefined-behaviour sanitizer. It traps, so it needs no
# library, and shares the build of the address sanitizer.
options() {
  case $1 in
    address) echo --sanitize address -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined ;;
    *) echo --sanitize "$1" ;;
  esac
}
# $1: sanitizer.
build() {
  echo "building with the sanitizers of '$1'"
  # shellcheck disable=SC2046
  "$swift" build -c release --build-tests $(options "$1") --scratch-path ".build/sanitize-$1"
  # shellcheck disable=SC2046
  "$swift" test list -c release --skip-build $(options "$1") --scratch-path ".build/sanitize-$1" \
    >".build/sanitize-$1/tests.txt"
}
# Tests that limit what a sanitizer needs itself: terabytes of address space, or for threads a large file.
limited() {
  case $1 in
    address) echo aPointsFileTakesMemoryForItsPointsAlone ;;
    *) echo 'aPointsFileTakesMemoryForItsPointsAlone|pixelsThatDoNotFitOnTheDiskAreUsedFromMemory' ;;
  esac
}
# $1: sanitizer, $2: which tests, as alternatives of one regular expression.
check() {
  local names name
  # A test that was renamed would otherwise be left out without a word.
  IFS='|' read -ra names <<<"$2"
  for name in "${names[@]}"; do
    grep -qE -- "$name" ".build/sanitize-$1/tests.txt" || {
      echo "error: no test matches '$name'; correct the lists in $0" >&2
      exit 1
    }
  done
  echo "$1${SIREN_CPU:+, $SIREN_CPU}: $2"
  # shellcheck disable=SC2046
  "$swift" test -c release --skip-build $(options "$1") --scratch-path ".build/sanitize-$1" \
    --filter "$2" --skip "$(limited "$1")"
}

kernels='KernelTests|MatrixProductTests|SingleMatrixTests|ConvolutionTests|OperationGradientTests|SineNetworkTests|FusedLayerTests|SoftmaxTests|PartsTests|OptimizerTests|OptimizerGoldenTests|FusedField|AttentionTests|DoubleNetworkTests|HalfPrecisionMessageTests|GridFitTests/kernel|DifferenceGridTests/kernel'
files='HostileFileTests|HostileVideoTests|DecodingTests|AnimatedPNG|PictureFormatTests|ImageWritingTests|AudioFileTests|PixelMaskTests|MaskFileTests|PointsFileTests|ShapeFileTests|ShapeGeometryTests|YUVTests|SafetensorsTests|NumpyFileTests|AtomicFileTests|AbandonedFilesTests|AtomicWritersTests|FuzzTargetsTests|OpenTests|PixelCacheTests'
# The programs beside the tests have the same sanitizer.
programs='MainJobTests|BadInputTests|CatalogEdgeTests|PictureInputTests|LimitTests'
build address
check address "$files"
check address "$programs"
for path in avx512 avx2 portable; do
  SIREN_CPU=$path check address "$kernels"
done
build thread
check thread "$programs"
check thread '[Tt]hreads|FusedLayerTests|SoftmaxTests|PartsTests|DatasetCatalogTests|HyperNetworksTests|SubspacePriorsTests|ImagePriorsTests'
echo "$((SECONDS / 60)) minutes"
echo "no sanitizer found anything"
