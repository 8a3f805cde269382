#!/usr/bin/env python3
"""Runs the programs' benchmarks and PyTorch's alternately on the same cores, and prints one table.

Each round runs every workload in turn: ours, PyTorch eager, PyTorch compiled. Each runs in its own process with the
same number of threads. The medians over the rounds are compared.

    python compare.py --programs .build/release --rounds 3 --seconds 5 [--threads 2] [--scale 8] [--output FILE]
"""
import argparse, datetime, json, os, pathlib, platform, statistics, subprocess, sys

parser = argparse.ArgumentParser()
parser.add_argument("--programs", required=True, type=pathlib.Path)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
parser.add_argument("--scale", type=int, default=1)
parser.add_argument("--workload", action="append", help="only this one; may be repeated")
parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out")
parser.add_argument("--output", type=pathlib.Path, help="also write the table to this file")
options = parser.parse_args()
options.workload = ["residual-network" if name == "correction" else name for name in options.workload or []]
here = pathlib.Path(__file__).parent

WORKLOADS = [("siren", n) for n in ("image", "gradient", "laplacian", "audio", "grid", "render", "render-gradient", "render-laplacian")]
WORKLOADS += [("siren-hyper", n) for n in ("hypernetwork", "prior", "residual-network")]
NOT_COMPILED = {"gradient", "laplacian", "render-laplacian"}


def measure(command):
    run = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    if run.returncode != 0 or not lines:
        print(f"{' '.join(map(str, command))}: {(run.stderr.strip().splitlines() or ['no result'])[-1]}", file=sys.stderr)
        return None
    return lines[-1]


common = ["--seconds", options.seconds, "--threads", options.threads, "--scale", options.scale]
found, versions = {}, set()
for turn in range(options.rounds):
    for program, name in WORKLOADS:
        if options.workload and name not in options.workload:
            continue
        torch = [sys.executable, here / "torch_bench.py", "--workload", name, *common]
        commands = {"ours": [options.programs / program, "bench", "--json", "--quiet", "--workload", name, *common], "eager": torch}
        if not options.no_compile and name not in NOT_COMPILED:
            commands["compiled"] = torch + ["--compile"]
        for who, command in commands.items():
            result = measure(command)
            print(f"round {turn + 1}: {name}, {who}: " + (f"{result['seconds']:.4f} s" if result else "failed"), file=sys.stderr, flush=True)
            if result:
                found.setdefault((name, who), []).append(result)
                versions |= {result["torch"]} if "torch" in result else set()

middle = lambda name, who, key="seconds": (
    statistics.median(r[key] for r in found[name, who]) if (name, who) in found else None
)
text = lambda value, form="{:.3g}": "-" if value is None else form.format(value)
ratio = lambda a, b: None if a is None or b is None else a / b


def cpu():
    try:
        names = [l.split(":", 1)[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


lines = [
    f"{cpu()}, {options.threads} thread(s), {datetime.date.today().isoformat()}; PyTorch {', '.join(sorted(versions)) or 'not run'}; "
    f"seconds per repetition, medians of {options.rounds} alternating round(s)" + (f"; sizes divided by {options.scale}" if options.scale > 1 else ""),
    "",
    "| workload | ours | GF/s | of peak | memory | eager | times | compiled | times |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
]
for _, name in WORKLOADS:
    if options.workload and name not in options.workload:
        continue
    ours, eager, compiled = (middle(name, who) for who in ("ours", "eager", "compiled"))
    memory = middle(name, "ours", "peak_memory_bytes")
    lines.append(
        f"| {name} | {text(ours)} | {text(middle(name, 'ours', 'gflops'), '{:.0f}')} | {text(middle(name, 'ours', 'peak_fraction'), '{:.0%}')} "
        f"| {text(memory and memory / 2**20, '{:.0f} MiB')} | {text(eager)} | {text(ratio(eager, ours), '{:.2f}')} "
        f"| {text(compiled)} | {text(ratio(compiled, ours), '{:.2f}')} |"
    )
print("\n".join(lines))
if options.output:
    options.output.write_text("\n".join(lines) + "\n")
