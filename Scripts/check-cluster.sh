#!/usr/bin/env bash
# Ranks in network namespaces of this machine, as hosts of their own: each has an address, and a link that `tc` slows.
# Measures steps of a training on 1, 2 and 4 ranks, compares the models, and kills a rank at random moments.
# Needs root. The programs are those of Scripts/build-mpi.sh.
#   Scripts/check-cluster.sh [--rate 1gbit] [--kills 20] [--steps 24] [--train "--prior hypernetwork --size 32"]
set -euo pipefail
cd "$(dirname "$0")/.."
programs=${PROGRAMS:-$PWD/.build/mpi/release}
rate=1gbit kills=20 steps=24 train="--prior grid --size 48 --batch 64"
while [[ $# -gt 0 ]]; do
  case $1 in
    --rate) rate=$2 ;;
    --kills) kills=$2 ;;
    --steps) steps=$2 ;;
    --train) train=$2 ;;
    *) echo "error: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
hosts=4
work=$(mktemp -d)
name=siren$$
clean() {
  # A second signal must not end the cleaning.
  trap '' INT TERM
  jobs -p | xargs -r kill 2>/dev/null || true
  for host in $(seq $hosts); do ip netns del "$name-$host" 2>/dev/null || true; done
  ip link del "$name" 2>/dev/null || true
  rm -rf "$work"
}
trap clean EXIT
trap 'exit 1' INT TERM

# A bridge, and for each host a namespace with one end of a pair of devices.
ip link add "$name" type bridge
ip addr add 10.77.0.254/24 dev "$name"
ip link set "$name" up
for host in $(seq $hosts); do
  ip netns add "$name-$host"
  ip link add "v$$-$host" type veth peer name eth0 netns "$name-$host"
  ip link set "v$$-$host" master "$name" up
  ip -n "$name-$host" addr add "10.77.0.$host/24" dev eth0
  ip -n "$name-$host" link set eth0 up
  ip -n "$name-$host" link set lo up
  ip -n "$name-$host" route add default via 10.77.0.254
  # Both directions of the link.
  ip netns exec "$name-$host" tc qdisc add dev eth0 root tbf rate "$rate" burst 256kb latency 50ms
  tc qdisc add dev "v$$-$host" root tbf rate "$rate" burst 256kb latency 50ms
done
# Takes the place of ssh: HOST COMMAND...
cat >"$work/agent" <<END
#!/usr/bin/env bash
host=\${1##*.}
shift
exec ip netns exec $name-\$host unshare -u bash -c "hostname host\$host; \$*"
END
chmod +x "$work/agent"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
launch() { # RANKS PROGRAM ARGUMENTS...
  local count=$1 list=""
  shift
  for host in $(seq "$count"); do list+="${list:+,}10.77.0.$host:1"; done
  timeout 90 mpirun -n "$count" --host "$list" --quiet --bind-to none --mca plm rsh \
    --mca plm_rsh_agent "$work/agent" --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 \
    --mca oob_tcp_if_include 10.77.0.0/24 --mca odls_base_sigkill_timeout 3 "$@"
}
cd "$work"
hyper=$(readlink -f "$programs/siren-hyper")
"$hyper" dataset synthesize scenes --kind scenes --count 12 --size 96 --quiet >/dev/null
read -r -a train <<<"$train"
options=(train --dataset scenes "${train[@]}" --threads 1 --quiet --force)

for count in 1 2 4; do
  for kind in ordered unordered half; do
    extra=()
    [[ $kind == unordered ]] && extra=(--unordered)
    [[ $kind == half ]] && extra=(--half-gradients)
    launch "$count" "$hyper" "${options[@]}" --steps "$steps" --json -o "m$count$kind" "${extra[@]}" >"log$count$kind"
    seconds=$(grep -o '"seconds":[0-9.]*' "log$count$kind" | tail -1 | cut -d: -f2)
    echo "$count ranks, $rate, $kind: $(awk "BEGIN { printf \"%.3f\", $seconds / $steps }") s per step"
  done
  cmp "m${count}ordered" m1ordered || { echo "error: the model of $count ranks differs" >&2; exit 1; }
done
echo "the models of 1, 2 and 4 ranks are one file"

slowest=0
for turn in $(seq "$kills"); do
  count=$((RANDOM % 3 + 2))
  launch "$count" "$hyper" "${options[@]}" --steps 4000 -o "killed$turn" >"killed.log" 2>&1 &
  job=$!
  sleep "$((RANDOM % 5 + 2)).$((RANDOM % 10))"
  # The process that computes is the child of the one that watches.
  victims=()
  for process in $(pgrep -f -- "-o killed$turn"); do
    [[ $(readlink "/proc/$process/exe" 2>/dev/null) == "$hyper" ]] || continue
    parent=$(awk '{print $4}' "/proc/$process/stat" 2>/dev/null) || continue
    [[ $(readlink "/proc/$parent/exe" 2>/dev/null) == "$hyper" ]] && victims+=("$process")
  done
  if [[ ${#victims[@]} -eq 0 ]]; then
    kill "$job" 2>/dev/null || true
    wait "$job" || true
    echo "kill $turn: no rank had started yet, repeated"
    continue
  fi
  victim=${victims[RANDOM % ${#victims[@]}]}
  rank=$(tr '\0' '\n' <"/proc/$victim/environ" | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')
  start=$(date +%s.%N)
  kill -9 "$victim"
  code=0
  wait "$job" || code=$?
  took=$(awk "BEGIN { printf \"%.1f\", $(date +%s.%N) - $start }")
  grep -q "rank $rank on .* was ended by signal 9" killed.log || { cat killed.log; echo "error: rank $rank is not named" >&2; exit 1; }
  [[ $code == 1 ]] || { cat killed.log; echo "error: code $code" >&2; exit 1; }
  awk "BEGIN { exit !($took < 30) }" || { echo "error: it took $took s" >&2; exit 1; }
  slowest=$(awk "BEGIN { print ($took > $slowest) ? $took : $slowest }")
  echo "kill $turn of $kills: rank $rank of $count, ended after $took s"
done
echo "$kills kills: each named its rank, code 1, after at most $slowest s"
