#!/usr/bin/env bash
# Fuzzes the readers of untrusted files with libFuzzer, and the address and undefined-behaviour sanitizers.
#   Scripts/fuzz.sh build              builds the fuzzer in a folder of its own
#   Scripts/fuzz.sh list               prints the targets
#   Scripts/fuzz.sh TARGET [SECONDS]   fuzzes one target (default: 600 s)
#   Scripts/fuzz.sh all [SECONDS]      fuzzes every target so long
# What was learned stays in .build/fuzz-corpus. An input that ends the program is kept there as well; give it the
# name TARGET.DESCRIPTION in Tests/FuzzTargetsTests/Findings, whose test it becomes.
set -euo pipefail
cd "$(dirname "$0")/.."
swift=${SWIFT:-swift}
target=${1:?the target, all, list or build}
seconds=${2:-600}
scratch=.build/fuzz
corpus=.build/fuzz-corpus
# On Linux only C has the undefined-behaviour sanitizer. It traps, so it needs no library.
options=(--sanitize address --sanitize fuzzer -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined)
program=$scratch/release/siren-fuzz

build() {
  SIREN_FUZZ=1 "$swift" build -c release --product siren-fuzz --scratch-path "$scratch" "${options[@]}"
}
# $1: target. Files larger than 64 KiB are slower to mutate than they are worth.
fuzz() {
  mkdir -p "$corpus/$1" "$corpus/$1-seeds" "$corpus/findings"
  SIREN_FUZZ_TARGET=$1 SIREN_FUZZ_SEEDS=$corpus/$1-seeds ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:symbolize=${SYMBOLIZE:-1} \
    "$program" "$corpus/$1" "$corpus/$1-seeds" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -max_len=65536 -detect_leaks=0 -print_final_stats=1 -artifact_prefix="$corpus/findings/$1." -verbosity=1
}

case $target in
  build) build ;;
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
