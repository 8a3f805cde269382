#!/usr/bin/env python3
"""Predicts the time of a training step, a folder and a fit on many machines from measurements on a few ranks.

    Benchmarks/cluster_model.py --pieces 16 --values 1200000 --cores 2 --rate 1 1:3.1 2:1.7 4:1.9

A measurement is RANKS:SECONDS of a step, with one thread per rank, on one machine of --cores cores whose ranks are
joined by links of --rate Gb/s (Scripts/check-cluster.sh). Two numbers are fitted to them, the seconds of a piece and
those of a message:

    step(R)  = piece * ceil(P / (R t)) * max(1, R t / cores) + max(0, sum(R) - piece / 2)
    sum(R)   = 2 * 4 n / rate + (R - 1 + ceil(log2 R)) * (message + part / rate)       in the order of the pieces
             = 2 * 4 n / rate + 2 * ceil(log2 R) * message * (parts)                   in any order
    folder(R) = picture * ceil(N / R) + N * 2 * message
    fit(R)   = round / R + 4 p / rate per fit

P pieces per batch, t threads per rank, n values of the gradient, parts of 256 KB (shorter from 8 ranks on), N pictures,
p parameters of all cells. Half a piece, the reverse pass of the last one, hides the sum. With --half-gradients a value
that travels takes two bytes instead of four.
"""

import argparse
import math


def part_values(ranks):
    """Values of a message of a sum, as in GroupGradientSum.partLength."""
    return max(1 << 12, (1 << 16) // max(1, ranks // 8))


def sum_seconds(ranks, values, rate, message, ordered=True, width=4):
    """Seconds to add gradients of so many values of `width` bytes over links of `rate` bytes per second."""
    if ranks == 1:
        return 0.0
    part = width * min(part_values(ranks), values)
    steps = math.ceil(math.log2(ranks))
    parts = math.ceil(width * values / part)
    if ordered:
        return 2 * parts * (message / 2 + part / rate) + (ranks - 1 + steps) * (message + part / rate)
    return 2 * 4 * values / rate + 2 * steps * message * parts


def step_seconds(ranks, threads, pieces, values, rate, piece, message, cores=None, ordered=True, width=4):
    """Seconds of an update; `cores` are shared by all ranks, None if each rank has cores of its own."""
    crowd = max(1.0, ranks * threads / cores) if cores else 1.0
    compute = piece * math.ceil(pieces / (ranks * threads)) * crowd
    return compute + max(0.0, sum_seconds(ranks, values, rate, message, ordered, width) - piece / 2)


def fitted(measured, pieces, values, rate, cores):
    """The seconds of a piece and of a message with the least relative errors."""
    best = None
    single = dict(measured).get(1, measured[0][1] * measured[0][0]) / pieces
    for factor in [0.9 + 0.002 * i for i in range(101)]:
        for message in [1e-5 * 1.15**i for i in range(60)]:
            error = sum(
                (step_seconds(r, 1, pieces, values, rate, single * factor, message, cores) / s - 1) ** 2
                for r, s in measured)
            if best is None or error < best[0]:
                best = (error, single * factor, message)
    return best[1], best[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measured", nargs="+", help="RANKS:SECONDS of a step")
    parser.add_argument("--pieces", type=int, required=True, help="pieces per batch of the measurements")
    parser.add_argument("--values", type=int, required=True, help="values of the gradient")
    parser.add_argument("--cores", type=int, default=2, help="cores of the machine of the measurements")
    parser.add_argument("--rate", type=float, default=1, help="its links, in Gb/s")
    parser.add_argument("--rates", type=float, nargs="+", default=[10, 100], help="Gb/s of the predictions")
    parser.add_argument("--threads", type=int, default=16, help="threads per rank of the predictions")
    parser.add_argument("--message", type=float, help="seconds of a message in the predictions (default: as fitted)")
    parser.add_argument("--picture", type=float, default=2.0, help="seconds to restore a picture on one rank")
    parser.add_argument("--fit", type=float, default=600.0, help="seconds of a fit on one rank")
    parser.add_argument("--parameters", type=int, default=268_000_000, help="parameters of that fit")
    options = parser.parse_args()
    measured = [(int(r), float(s)) for r, s in (text.split(":") for text in options.measured)]
    bytes_per_second = lambda gigabits: gigabits * 1e9 / 8
    rate = bytes_per_second(options.rate)
    piece, message = fitted(measured, options.pieces, options.values, rate, options.cores)
    print(f"fitted: {piece * 1e3:.1f} ms per piece, {message * 1e6:.0f} us per message\n")
    print("| ranks | measured s | model s | error |\n| ---: | ---: | ---: | ---: |")
    for ranks, seconds in measured:
        model = step_seconds(ranks, 1, options.pieces, options.values, rate, piece, message, options.cores)
        print(f"| {ranks} | {seconds:.3f} | {model:.3f} | {100 * (model / seconds - 1):+.0f}% |")
    message = options.message or message
    for gigabits in options.rates:
        rate = bytes_per_second(gigabits)
        print(f"\n{gigabits:g} Gb/s, {options.threads} threads per rank, one piece per thread:\n")
        print("| ranks | pieces | step s, in order | efficiency | half gradients | any order | folder of 100,000 | fit |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        alone = step_seconds(1, options.threads, options.threads, options.values, rate, piece, message)
        for ranks in (8, 32, 100, 316, 1000):
            pieces = ranks * options.threads
            times = [
                step_seconds(ranks, options.threads, pieces, options.values, rate, piece, message, None, ordered, width)
                for ordered, width in ((True, 4), (True, 2), (False, 4))]
            folder = options.picture * math.ceil(100_000 / ranks) + 100_000 * 2 * 5e-5 / 10
            fit = options.fit / ranks + 4 * options.parameters / rate
            print(
                f"| {ranks} | {pieces} | {times[0]:.3f} | {100 * alone / times[0]:.0f}% | {times[1]:.3f} "
                f"| {times[2]:.3f} | {folder / 3600:.2f} h | {fit:.1f} s |")


if __name__ == "__main__":
    main()
