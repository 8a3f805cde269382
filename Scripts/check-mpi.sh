#!/usr/bin/env bash
# Compares one process with several that mpirun starts on this machine: their files must be the same, bit for bit.
# Afterwards it stops, kills and continues trainings. The programs are those of Scripts/build-mpi.sh, or of PROGRAMS.
#   Scripts/check-mpi.sh [--equality] [--kills N] [--seed S] [RANKS...]
# RANKS are numbers of processes (default: 2). --equality compares only. --kills only kills processes, N times, at
# moments that the seed chooses (default: one that is printed).
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${PROGRAMS:-$PWD/.build/mpi/release}
only="" kills=0 seed=$RANDOM ranks=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --equality) only=equality ;;
    --kills) only=kills kills=${2:?--kills needs a number} && shift ;;
    --seed) seed=${2:?--seed needs a number} && shift ;;
    [1-9]*) ranks+=("$1") ;;
    *) echo "error: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done
[[ ${#ranks[@]} -gt 0 ]] || ranks=(2)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# Open MPI refuses to run as root, and more processes than cores, unless it is told to. A process that is asked to stop
# gets three seconds to save, instead of one.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_odls_base_sigkill_timeout=3 OMPI_MCA_btl_base_warn_component_unused=0

fail() {
  echo "error: $1" >&2
  exit 1
}
run() { # RANKS PROGRAM ARGUMENTS...
  local count=$1
  shift
  if [[ $count == 1 ]]; then "$@"; else timeout 300 mpirun -n "$count" --quiet "$@"; fi
}
hyper=$(readlink -f "$programs/siren-hyper")
siren=$programs/siren

"$hyper" dataset synthesize faces --count 130 --size 16 --quiet >/dev/null
"$hyper" dataset synthesize scenes --kind scenes --count 8 --size 64 --quiet >/dev/null
mkdir few
cp scenes/*.png few/
# The same random pixels are kept for any number of processes.
train() { # RANKS OUTPUT OPTIONS...
  local count=$1 output=$2
  shift 2
  run "$count" "$hyper" train -o "$output" --quiet --threads 1 "$@" >/dev/null
}
kinds=(subspace residual network grid)
options_subspace=(--dataset faces --size 16 --prior subspace --no-residual)
options_residual=(--dataset faces --size 16 --prior subspace --steps 8 --batch 32)
options_network=(--dataset faces --size 16 --prior hypernetwork --steps 6 --batch 16)
options_grid=(--dataset scenes --prior grid --size 32 --steps 6 --batch 16)

# Priors, fits, restored pictures and tables.
compare() {
  local count kind
  for count in 1 "${ranks[@]}"; do
    for kind in "${kinds[@]}"; do
      declare -n options=options_$kind
      train "$count" "$kind$count.safetensors" "${options[@]}"
      cmp "$kind$count.safetensors" "${kind}1.safetensors" || fail "$kind differs with $count ranks"
    done
    run "$count" "$siren" fit "few/$(ls few | head -1)" --resize 200x180 --cells 6x7 --steps 60 --quiet --threads 1 \
      -o "fit$count.safetensors" >/dev/null
    run "$count" "$siren" fit "few/$(ls few | tail -1)" --cells 4x3 --steps 60 --quiet --threads 1 \
      -o "band$count.safetensors" >/dev/null
    cmp "fit$count.safetensors" fit1.safetensors || fail "a fit differs with $count ranks"
    cmp "band$count.safetensors" band1.safetensors || fail "a divided fit differs with $count ranks"
    run "$count" "$hyper" inpaint few --keep 20% --model grid1.safetensors -o "out$count" --quiet --threads 1 >/dev/null
    diff -r "out$count" out1 || fail "restored pictures differ with $count ranks"
    run "$count" "$hyper" evaluate --dataset faces --model subspace1.safetensors --limit 6 --context 20 --quiet --json \
      --split train --threads 1 | sed 's/"seconds":[^,}]*//' >"table$count"
    cmp "table$count" table1 || fail "a table differs with $count ranks"
    echo "$count ranks: priors, fits, restored pictures and tables are those of one"
  done
}

# A training that can be stopped and continued. The first line of JSON says that it is under way.
long=(--dataset faces --size 16 --prior hypernetwork --steps 120 --batch 16 --json)
begin() { # NAME RANKS OPTIONS...
  local name=$1 count=$2
  shift 2
  : >"$name.out"
  mpirun -n "$count" --quiet "$hyper" train -o "$name.safetensors" --quiet --threads 1 "${long[@]}" "$@" \
    >"$name.out" 2>"$name.err" &
  job=$!
  # Not by `timeout`, which would not pass on the signals of this test.
  (sleep 120; kill -9 "$job") 2>/dev/null &
  guard=$!
}
under_way() { # NAME
  for _ in $(seq 600); do
    [[ -s $1.out ]] && return
    # A fit says what it does before it begins.
    [[ $1 == *-fit && -s $1.err ]] && sleep 0.5 && return
    sleep 0.1
  done
  fail "the job printed nothing"
}
# Waits for the job; sets `code`.
await() {
  code=0
  wait "$job" || code=$?
  kill "$guard" 2>/dev/null || true
}
# The process that computes for a rank is the one that is watched.
computing() { # NAME RANK
  local process
  for process in $(pgrep -f -- "-o $1.safetensors"); do
    if grep -qz "^OMPI_COMM_WORLD_RANK=$2$" "/proc/$process/environ" 2>/dev/null &&
      grep -qz "^SIREN_WATCHED_RANK=" "/proc/$process/environ" 2>/dev/null; then
      echo "$process"
      return
    fi
  done
}

# A training that is stopped on some processes continues on one. The signal goes to mpirun, or to all other processes, as
# schedulers do it.
stop() { # SIGNAL [ALL]
  local process
  begin part "$last"
  under_way part
  if [[ -z ${2:-} ]]; then
    kill "-$1" "$job"
  else
    for process in $(pgrep -f -- "-o part.safetensors"); do
      if grep -qz "^OMPI_COMM_WORLD_RANK=" "/proc/$process/environ" 2>/dev/null; then kill "-$1" "$process"; fi
    done
  fi
  await
  grep -q "interrupted at step" part.err || { cat part.err; fail "a stopped training did not say so (code $code)"; }
  [[ $code == 1 ]] || fail "a stopped training ended with code $code"
  [[ -e part.safetensors.checkpoint ]] || fail "a stopped training left no checkpoint"
  cp part.safetensors.checkpoint saved.checkpoint
  train 1 part.safetensors "${long[@]}" --resume
  cmp part.safetensors whole.safetensors || fail "a continued training differs"
  rm part.safetensors
  echo "stopped by $1 ${2:+of all processes }on $last ranks and continued on one: the same file"
}

# A divided fit that is stopped within a round of updates, which takes seconds, continues on one process.
stop_fit() { # SIGNAL
  local options=(--steps 48 --cells 96x96 --threads 1)
  if [[ ! -e big.png ]]; then
    "$siren" render fit1.safetensors big.png --size 2400x2400 --quiet >/dev/null
    "$siren" fit big.png "${options[@]}" --quiet -o whole-fit.safetensors >/dev/null
  fi
  mpirun -n "$last" --quiet "$siren" fit big.png "${options[@]}" -o part-fit.safetensors >part-fit.out 2>part-fit.err &
  job=$!
  (sleep 120; kill -9 "$job") 2>/dev/null &
  guard=$!
  under_way part-fit
  kill "-$1" "$job"
  await
  [[ -e part-fit.safetensors.checkpoint ]] || { cat part-fit.err; fail "a stopped fit left no checkpoint (code $code)"; }
  [[ $code == 1 ]] || fail "a stopped fit ended with code $code"
  grep -aq '"round_count":"0"' part-fit.safetensors.checkpoint && fail "the fit was not stopped within a round"
  "$siren" fit big.png "${options[@]}" --quiet --resume -o part-fit.safetensors >/dev/null
  cmp part-fit.safetensors whole-fit.safetensors || fail "a continued fit differs"
  rm part-fit.safetensors
  echo "a divided fit stopped by $1 within a round on $last ranks and continued on one: the same file"
}

# A process that is killed ends the job, which names it, and the checkpoint continues on any number of processes.
kill_some() { # NUMBER
  local turn count rank moment victim start took slowest=0
  echo "seed $seed"
  export OMPI_MCA_odls_base_sigkill_timeout=1
  for turn in $(seq "$1"); do
    count=${ranks[RANDOM % ${#ranks[@]}]}
    rank=$((RANDOM % count))
    moment=$((RANDOM % 3000))
    cp saved.checkpoint killed.safetensors.checkpoint
    begin killed "$count" --resume
    victim=""
    for _ in $(seq 200); do
      victim=$(computing killed "$rank")
      [[ -n $victim ]] && break
      sleep 0.05
    done
    [[ -n $victim ]] || fail "rank $rank is not there"
    sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
    kill -9 "$victim" || fail "rank $rank had ended after $moment ms"
    start=$(date +%s%N)
    await
    took=$((($(date +%s%N) - start) / 1000000))
    slowest=$((took > slowest ? took : slowest))
    grep -q "rank $rank on .* was ended by signal 9" killed.err || { cat killed.err; fail "killed rank $rank is not named"; }
    [[ $code == 1 ]] || fail "a job whose rank was killed ended with code $code"
    ((took < 30000)) || fail "a job whose rank was killed ended after $took ms"
    echo "kill $turn of $1: rank $rank of $count after $moment ms, the job ended after $took ms"
  done
  for count in 1 "$last"; do
    cp killed.safetensors.checkpoint again.safetensors.checkpoint
    train "$count" again.safetensors "${long[@]}" --resume
    cmp again.safetensors whole.safetensors || fail "a training whose rank was killed differs when $count ranks continue it"
    rm again.safetensors
  done
  echo "$1 kills: each rank was named, code 1, after at most $slowest ms; continued on 1 and $last: the same file"
}

# Other files of the same name are refused.
refuse() {
  mkdir other
  cp grid1.safetensors model.safetensors
  cp subspace1.safetensors other/model.safetensors
  cat >differ.sh <<'END'
[[ $OMPI_COMM_WORLD_RANK == 0 ]] || cd other
exec "$@"
END
  chmod +x differ.sh
  code=0
  timeout 60 mpirun -n 2 --quiet bash ./differ.sh "$hyper" inpaint "$work/few" --keep 20% --model model.safetensors \
    -o "$work/never" >differ 2>&1 || code=$?
  grep -q "of rank 1 is .* that of rank 0 is" differ || { cat differ; fail "another file of the same name is not refused"; }
  [[ $code == 1 && ! -e never ]] || fail "ranks with different files ended with code $code"
  echo "another file of the same name is refused"
}

last=${ranks[${#ranks[@]} - 1]}
[[ $only == kills ]] || compare
[[ $only != equality ]] || exit 0
train 1 whole.safetensors "${long[@]}"
stop USR1
RANDOM=$seed
if [[ $only == kills ]]; then
  kill_some "$kills"
else
  stop TERM
  stop TERM all
  stop_fit TERM
  stop_fit USR1
  kill_some 1
  refuse
fi
