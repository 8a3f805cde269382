#!/usr/bin/env bash
# Fuzzes the readers of untrusted files with libFuzzer, and the address and undefined-behaviour sanitizers.
#   Scripts/fuzz.sh build              builds the fuzzer in a folder of its own
#   Scripts/fuzz.sh list               prints the targets
#   Scripts/fuzz.sh TARGET [SECONDS]   fuzzes one target (default: 600 s)
#   Scripts/fuzz.sh all [SECONDS]      fuzzes every target so long
#   Scripts/fuzz.sh briefly [SECONDS]  tries random mutations for so long (default: 5 s) on every target, in the build
#                                      of the tests: without sanitizers, and without the fuzzer's own build of minutes
# What was learned stays in .build/fuzz-corpus. An input that ends the program is kept there as well; give it the
# name TARGET.DESCRIPTION in Tests/FuzzTargetsTests/Findings, whose test it becomes.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
target=${1:?the target, all, briefly, list or build}
seconds=${2:-600}
scratch=.build/fuzz
corpus=.build/fuzz-corpus
# On Linux only C has the undefined-behaviour sanitizer. It traps, so it needs no library.
# Of several `-sanitize` options swiftc takes the last one alone, and SwiftPM gives its own in any order: without the
# last option here, Swift's code would be either not checked or not known to the fuzzer.
options=(--sanitize address --sanitize fuzzer -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined
  -Xswiftc -sanitize=address,fuzzer)
program=$scratch/release/siren-fuzz

build() {
  SIREN_FUZZ=1 "$swift" build -c release --product siren-fuzz --scratch-path "$scratch" "${options[@]}"
}
# $1: target. Files larger than 64 KiB are slower to mutate than they are worth.
fuzz() {
  # libsndfile never releases 6 KB of each Vorbis file whose header is broken, of which there are a million.
  local memory=2048
  [[ $1 != ogg ]] || memory=16384
  mkdir -p "$corpus/$1" "$corpus/$1-seeds" "$corpus/findings"
  SIREN_FUZZ_TARGET=$1 SIREN_FUZZ_SEEDS=$corpus/$1-seeds ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:symbolize=${SYMBOLIZE:-1} \
    "$program" "$corpus/$1" "$corpus/$1-seeds" -max_total_time="$seconds" -timeout=10 -rss_limit_mb="$memory" \
    -max_len=65536 -detect_leaks=0 -print_final_stats=1 -artifact_prefix="$corpus/findings/$1." -verbosity=1
}

# $1: seconds. The seed is new every time, and printed.
briefly() {
  local inputs=$corpus/briefly seed=${SIREN_FUZZ_SEED:-$((RANDOM << 15 | RANDOM))} input tests library
  rm -rf "$inputs"
  mkdir -p "$inputs"
  echo "random mutations for $1 s per target: SIREN_FUZZ_SEED=$seed"
  # shellcheck disable=SC2086
  tests=$("$swift" build -c release ${TRAITS:+--traits $TRAITS} --show-bin-path)/siren-hyperPackageTests.xctest
  # shellcheck disable=SC2086
  local run=("$swift" test -c release --skip-build ${TRAITS:+--traits $TRAITS})
  # glibc's own checks: a byte behind a block of memory ends the program when the block is freed. They would make
  # SwiftPM slow, so the tests are started without it.
  library=$(compgen -G '/lib*/*-linux-gnu*/libc_malloc_debug.so.0' | head -n 1) || true
  if [[ -n $library && -f $tests ]]; then
    run=(env LD_PRELOAD="$library" GLIBC_TUNABLES=glibc.malloc.check=3 "$tests" --testing-library swift-testing)
  fi
  # Freed and new memory has no zeros, so that reading it shows. The limit is for an input that is read without end.
  if ! SIREN_FUZZ_SECONDS=$1 SIREN_FUZZ_SEED=$seed SIREN_FUZZ_INPUTS=$PWD/$inputs MALLOC_PERTURB_=165 \
    timeout -k 10 "$((120 + 30 * ${1%.*}))" "${run[@]}" --filter BriefFuzzTests/mutations | tee "$inputs.log"; then
    echo "error: a mutation failed, with SIREN_FUZZ_SEED=$seed; one or more of these were being read:" >&2
    for input in "$inputs"/*; do
      [[ -f $input ]] || continue
      echo "$input ($(wc -c <"$input") bytes)" >&2
      # The log is all that is left of some machines.
      if (($(wc -c <"$input") <= 8192)); then echo "  gzip, base64: $(gzip -9nc "$input" | base64 -w 0)" >&2; fi
    done
    return 1
  fi
  # A filter that matches nothing succeeds.
  grep -q 'different answers' "$inputs.log" || {
    echo "error: no test is called BriefFuzzTests/mutations" >&2
    return 1
  }
}

case $target in
  build) build ;;
  briefly) briefly "${2:-5}" ;;
  list) build >/dev/null && SIREN_FUZZ_TARGET=list "$program" ;;
  all)
    build
    SIREN_FUZZ_TARGET=list ASAN_OPTIONS=detect_leaks=0 "$program" | while read -r name; do
      # Names for the addresses of a stack take minutes; fuzzing the target alone gives them.
      SYMBOLIZE=0 fuzz "$name" 2>&1 | grep -E 'stat::number_of_executed_units|SUMMARY|ERROR|Fatal' \
        | sed "s/^/$name: /" || true
      if compgen -G "$corpus/findings/$name.*" >/dev/null; then exit 1; fi
    done
    ;;
  *)
    [[ -n ${SIREN_FUZZ_BUILT:-} ]] || build
    fuzz "$target"
    ;;
esac
