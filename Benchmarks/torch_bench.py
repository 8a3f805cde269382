#!/usr/bin/env python3
"""Measures the workloads of fields.py, priors.py and residual_network.py. Prints one JSON object per line, like `siren bench --json`.

    python torch_bench.py --workload image --seconds 5 --threads 2 [--compile] [--scale 8]
"""
import argparse, json, resource, statistics, sys, time

import torch

import fields, priors, residual_network

parser = argparse.ArgumentParser()
parser.add_argument("--workload", action="append")
parser.add_argument("--seconds", type=float, default=5)
parser.add_argument("--threads", type=int, default=torch.get_num_threads())
parser.add_argument("--scale", type=int, default=1)
parser.add_argument("--compile", action="store_true")
options = parser.parse_args()
torch.set_num_threads(options.threads)

for name, prepare, compiles in sum((part.workloads(options.scale) for part in (fields, priors, residual_network)), []):
    if (options.workload and name not in options.workload) or (options.compile and not compiles):
        continue
    try:
        work = prepare(options.compile)
        # The first repetitions compile and warm up.
        for _ in range(3 if options.compile else 1):
            start = time.perf_counter()
            work()
            first = time.perf_counter() - start
        times, spent = [], 0.0
        while spent < options.seconds or (len(times) < 3 and spent < 4 * options.seconds):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
            spent += times[-1]
    except Exception as error:  # torch.compile needs a C++ compiler, and does not take everything
        print(f"{name}: {type(error).__name__}: {str(error).splitlines()[0][:200]}", file=sys.stderr)
        continue
    print(
        json.dumps(
            dict(
                workload=name,
                seconds=statistics.median(times),
                repetitions=len(times),
                threads=options.threads,
                torch=torch.__version__,
                compiled=options.compile,
                peak_memory_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            )
        ),
        flush=True,
    )
