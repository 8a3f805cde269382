#!/usr/bin/env python3
"""Trains priors and their peers for the same time on the same pictures and cores, and prints one table of quality.

The peers are a ConvCNP and a TNP-D (neural_processes.py); ours are the subspace prior, the hypernetwork of SIREN's
paper and the grid prior. All restore the same test pictures of 32x32, which none has seen, from the same random pixels.

    python compare_peers.py --programs .build/release [--seconds 300] [--pictures DIR ...] [--test 24] [--output FILE]

Faces are drawn; each folder of --pictures is another collection. Columns: mean squared error of the pixels that were
not observed, values 0...1; log-likelihood per pixel, summed over channels, with deviations of at least 0.01; share of
values in 90% intervals; milliseconds per picture at 100 points, without the start of a process.
"""
import argparse, json, math, os, pathlib, shutil, subprocess, sys, tempfile, time

import numpy
import torch
from PIL import Image

import neural_processes

SIDE, POINTS, LEAST_DEVIATION = 32, (10, 30, 100, 300), 0.01
PEERS = {"ConvCNP": neural_processes.ConvCNP, "TNP-D": neural_processes.TNPD}
OURS = {"subspace prior": "subspace", "hypernetwork": "hypernetwork", "grid prior": "grid"}

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--programs", required=True, type=pathlib.Path)
parser.add_argument("--seconds", type=float, default=300, help="training time of each method and collection")
parser.add_argument("--pictures", action="append", type=pathlib.Path, default=[], help="a further collection")
parser.add_argument("--faces", type=int, default=3000, help="number of drawn faces; 0 for none")
parser.add_argument("--test", type=int, default=24, help="number of test pictures")
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count())
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--output", type=pathlib.Path, help="also write the table to this file")
options = parser.parse_args()
torch.set_num_threads(options.threads)
program = options.programs / "siren-hyper"


def run(*arguments):
    command = [str(part) for part in (program, *arguments, "--quiet")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def square(path):
    """A picture as `[32, 32, 3]`, values 0...1: on white, its middle square, the mean of areas."""
    with Image.open(path) as file:
        own = file.convert("RGBA")
    picture = Image.alpha_composite(Image.new("RGBA", own.size, "white"), own).convert("RGB")
    side = min(picture.size)
    left, top = ((length - side) // 2 for length in picture.size)
    picture = picture.crop((left, top, left + side, top + side)).resize((SIDE, SIDE), Image.Resampling.BOX)
    return numpy.asarray(picture)


def collection(folder, work, random):
    """Writes the pictures for training; returns their folder and the test pictures."""
    paths = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".png", ".jpg", ".jpeg"))
    if len(paths) < 4 * options.test:
        sys.exit(f"{folder} has {len(paths)} pictures; {4 * options.test} are needed, pass a smaller --test")
    order = random.permutation(len(paths))
    training = work / "training"
    training.mkdir()
    for index in order[options.test:]:
        Image.fromarray(square(paths[index])).save(training / f"{index:06d}.png")
    return training, [square(paths[index]) for index in order[: options.test]]


def errors(mean, deviation, truth, mask):
    """Squared error, log-likelihood and coverage of the pixels that are not observed."""
    hidden = ~mask
    wrong = (numpy.clip(mean, 0, 1) - truth)[hidden]
    if deviation is None:
        return (wrong**2).mean(), math.nan, math.nan
    wide = numpy.maximum(deviation[hidden], LEAST_DEVIATION)
    exact = (mean - truth)[hidden]
    likelihood = -0.5 * (exact / wide) ** 2 - numpy.log(wide) - 0.5 * math.log(2 * math.pi)
    return (wrong**2).mean(), likelihood.sum(1).mean(), (numpy.abs(exact) <= 1.645 * wide).mean()


def ours(kind, training, work):
    """Trains one of our priors; returns what restores a picture."""
    model = work / f"{kind}.safetensors"
    run("train", "--dataset", training, "--prior", kind, "--size", SIDE, "--for", f"{options.seconds}s", "--seed", options.seed,
        "--threads", options.threads, "-o", model)

    def restore(picture, mask):
        given, result = work / "given.npy", work / "result.npy"
        numpy.save(given, numpy.where(mask[..., None], picture, numpy.nan).astype(numpy.float32))
        sure = [] if kind == "hypernetwork" else ["--uncertainty", work / "sure.png"]
        told = run("inpaint", given, result, "--model", model, "--range", "0:1", "--no-paste", "--force", "--json",
                   "--threads", options.threads, *sure)
        deviation = numpy.sqrt(numpy.load(work / "sure.npy")) if sure else None
        return numpy.load(result), deviation, json.loads(told.splitlines()[-1])["seconds"]

    return restore


def peer(name, training, _):
    """Trains a peer; returns what restores a picture."""
    torch.manual_seed(options.seed)
    random = numpy.random.default_rng(options.seed)
    pictures = numpy.stack([numpy.asarray(Image.open(p)) for p in sorted(training.glob("*.png"))])
    pictures = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
    network = PEERS[name](3)
    steps = neural_processes.train(network, pictures, options.seconds, 16, 5e-4, random, time.monotonic)
    print(f"{name}: {sum(p.numel() for p in network.parameters())} parameters, {steps} updates", file=sys.stderr)

    def restore(picture, mask):
        start = time.monotonic()
        with torch.no_grad():
            given = torch.from_numpy(picture * mask[..., None]).permute(2, 0, 1)[None].float()
            result = network(given, torch.from_numpy(mask)[None, None].float())
        seconds = time.monotonic() - start
        mean, deviation = (part[0].permute(1, 2, 0).double().numpy() for part in result)
        return mean, deviation, seconds

    return restore


def measure(restore, test):
    """One row per number of points: error, log-likelihood, coverage, seconds."""
    rows = []
    for points in POINTS:
        found = []
        for index, picture in enumerate(test):
            order = numpy.random.default_rng([options.seed, index, points]).permutation(SIDE * SIDE)
            mask = numpy.zeros(SIDE * SIDE, bool)
            mask[order[:points]] = True
            mask = mask.reshape(SIDE, SIDE)
            truth = picture / 255.0
            mean, deviation, seconds = restore(truth, mask)
            found.append((*errors(mean, deviation, truth, mask), seconds))
        rows.append(numpy.mean(found, 0))
    return rows


head = ["method"] + [f"MSE {n}" for n in POINTS] + [f"LL {n}" for n in POINTS] + [f"90% {n}" for n in POINTS] + ["ms"]
lines = [f"{options.seconds:g} s of training each, {options.threads} thread(s), {options.test} test pictures, seed {options.seed}"]
text = lambda value, form: "-" if math.isnan(value) else form.format(value)
with tempfile.TemporaryDirectory() as temporary:
    work = pathlib.Path(temporary)
    folders = list(options.pictures)
    if options.faces > 0:
        run("dataset", "synthesize", work / "faces", "--count", options.faces, "--size", SIDE, "--seed", options.seed)
        folders.insert(0, work / "faces")
    for number, folder in enumerate(folders):
        place = work / str(number)
        place.mkdir()
        training, test = collection(folder, place, numpy.random.default_rng(options.seed))
        lines += ["", f"{folder.name}: {len(list(training.iterdir()))} training pictures", "", f"| {' | '.join(head)} |",
                  "| --- |" + " ---: |" * (len(head) - 1)]
        for name, kind in [*((n, n) for n in PEERS), *OURS.items()]:
            rows = measure((peer if name in PEERS else ours)(kind, training, place), test)
            cells = [name] + [f"{row[0]:.5f}" for row in rows] + [text(row[1], "{:.2f}") for row in rows]
            cells += [text(100 * row[2], "{:.0f}%") for row in rows] + [f"{1000 * rows[2][3]:.0f}"]
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr, flush=True)
print("\n".join(lines))
if options.output:
    options.output.write_text("\n".join(lines) + "\n")
