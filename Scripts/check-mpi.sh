#!/usr/bin/env bash
# Compares one process with several that mpirun starts on this machine: their files must be the same, bit for bit.
# Afterwards it stops, kills and continues trainings. The programs are those of Scripts/build-mpi.sh.
#   Scripts/check-mpi.sh [RANKS...]     numbers of processes (default: 2)
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${PROGRAMS:-$PWD/.build/mpi/release}
ranks=("${@:-2}")
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

# A training that is stopped on some processes continues on others. The first line of JSON says that it is under way.
last=${ranks[${#ranks[@]} - 1]}
long=(--dataset faces --size 16 --prior hypernetwork --steps 120 --batch 16 --json)
train 1 whole.safetensors "${long[@]}"
begin() { # OUTPUT
  mpirun -n "$last" --quiet "$hyper" train -o "$1.safetensors" --quiet --threads 1 "${long[@]}" >"$1.out" \
    2>"$1.err" &
  job=$!
  # Not by `timeout`, which would not pass on the signals of this test.
  (sleep 120; kill -9 "$job") 2>/dev/null &
  guard=$!
  for _ in $(seq 600); do
    [[ -s $1.out ]] && return
    sleep 0.1
  done
  fail "a training on $last ranks printed nothing"
}
begin part
kill -USR1 "$job"
code=0
wait "$job" || code=$?
kill "$guard"
grep -q "interrupted at step" part.err || { cat part.err; fail "a stopped training did not say so (code $code)"; }
[[ $code == 1 ]] || fail "a stopped training ended with code $code"
[[ -e part.safetensors.checkpoint ]] || fail "a stopped training left no checkpoint"
train 1 part.safetensors "${long[@]}" --resume
cmp part.safetensors whole.safetensors || fail "a continued training differs"
echo "stopped on $last ranks and continued on one: the same file"

# A process that is killed ends the job, which names it. The process that computes is the child of the one that watches.
begin killed
victim=""
for process in $(pgrep -f -- "-o killed.safetensors"); do
  [[ $(readlink "/proc/$process/exe") == "$hyper" ]] || continue
  parent=$(awk '{print $4}' "/proc/$process/stat")
  [[ $(readlink "/proc/$parent/exe") == "$hyper" ]] || continue
  if grep -qz "^OMPI_COMM_WORLD_RANK=$((last - 1))$" "/proc/$process/environ"; then victim=$process; fi
done
[[ -n $victim ]] || fail "rank $((last - 1)) is not there"
start=$SECONDS
kill -9 "$victim"
code=0
wait "$job" || code=$?
kill "$guard"
grep -q "rank $((last - 1)) on .* was ended by signal 9" killed.err ||
  { cat killed.err; fail "a killed rank is not named"; }
[[ $code == 1 ]] || fail "a job whose rank was killed ended with code $code"
((SECONDS - start < 30)) || fail "a job whose rank was killed ended after $((SECONDS - start)) s"
echo "a killed rank ended the job after $((SECONDS - start)) s"

# Other files of the same name.
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
