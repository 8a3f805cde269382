#!/usr/bin/env python3
"""Makes calls of the built programs fail and kills the programs, one call at a time, and checks what is left.

A small library (Scripts/faults/faults.c) is preloaded, which fails or kills at the n-th write, sync, rename, open,
and so on, of a command. A command is run once to count its calls, and then once for every call. After each fault:

  - an output is whole or absent, and a command that reports success has written it;
  - only a signal that was sent, or memory that was refused, ends a command by a signal;
  - the next command succeeds, and its results are the same bytes as without the fault;
  - no temporary file is left, and the catalog is intact.

Then several programs are started at once on new and on existing catalogs.

  check-faults.py                     every call but reads, 200 rounds
  check-faults.py --reads 1           every read as well, of which otherwise every tenth is tried
  check-faults.py --fraction 50       a random fiftieth of the calls, 4 rounds
  check-faults.py --only fit --seed 3
"""

import argparse
import concurrent.futures
import hashlib
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

KINDS = ["open", "read", "write", "sync", "rename", "unlink", "folder", "truncate", "map", "allocate"]
# The errors that the calls of a kind may give; "+" repeats the error at all later calls of the kind.
ACTIONS = {
    "open": ["EMFILE", "EIO", "ENOSPC+", "EMFILE+"],
    "read": ["EIO", "EIO+", "EINTR"],
    "write": ["ENOSPC", "EIO", "FULL", "ENOSPC+", "EINTR"],
    "sync": ["EIO", "ENOSPC", "EIO+"],
    "rename": ["ENOSPC", "EIO", "EIO+"],
    "unlink": ["EIO", "EIO+"],
    "folder": ["ENOSPC", "EIO", "EMFILE"],
    "truncate": ["ENOSPC", "EIO", "EIO+"],
    "map": ["ENOMEM", "ENOMEM+"],
    "allocate": ["ENOMEM"],
}
KILLED = {"open", "write", "sync", "rename", "unlink", "folder", "truncate"}
# Where memory is refused, Swift's runtime ends the process.
MEMORY = {"map", "allocate"}
SECONDS = 120


class Failure(Exception):
    pass


def run(program, arguments, folder, library=None, fault=None, counts=None):
    environment = dict(os.environ, TZ="UTC", SIREN_MODELS=str(folder))
    environment.pop("SIREN_FAULT", None)
    if library:
        environment["LD_PRELOAD"] = str(library)
        if fault:
            environment["SIREN_FAULT"] = fault
        if counts:
            environment["SIREN_FAULT_COUNTS"] = str(counts)
    try:
        return subprocess.run([str(program), *arguments], cwd=folder, env=environment, timeout=SECONDS,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        raise Failure(f"{program.name} {' '.join(arguments)}: no end after {SECONDS} s") from None


def catalog_rows(path, with_splits):
    """What a catalog says of its pictures."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        verdict = database.execute("PRAGMA integrity_check").fetchall()
        if verdict != [("ok",)]:
            raise Failure(f"{path}: {verdict}")
        return repr([
            database.execute("SELECT path, width, height, channels, bytes, modified, content_hash, state, reason "
                             "FROM pictures ORDER BY path").fetchall(),
            database.execute("SELECT path, split FROM pictures ORDER BY path").fetchall() if with_splits else [],
        ])
    except sqlite3.Error as error:
        raise Failure(f"{path}: {error}") from None
    finally:
        database.close()


def listing(folder, with_splits=True):
    """The names of all files, and the content of each; of a catalog what it says."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            continue
        name = str(path.relative_to(folder))
        content = (catalog_rows(path, with_splits).encode() if name.endswith(".sqlite") else path.read_bytes())
        found[name] = hashlib.sha256(content).hexdigest()
    return found


class Scenario:
    """A command, the folder that it starts in, and the command that follows it."""

    def __init__(self, name, program, arguments, prepare=(), outputs=(), follow=None, interrupted=None,
                 pieces=None):
        self.name = name
        self.program = program
        self.arguments = arguments
        # Commands that make the folder, each a program and its arguments.
        self.prepare = prepare
        # Files that the command writes, each whole or not at all.
        self.outputs = outputs
        # The next command from the folder; the same one if nil.
        self.follow = follow
        # The file that an interrupted run of the command leaves; the scenario starts from it.
        self.interrupted = interrupted
        # A folder that is filled file by file.
        self.pieces = pieces


def scenarios():
    hyper, siren = "siren-hyper", "siren"
    faces = (hyper, "dataset synthesize faces --count 24 --size 8 --quiet")
    many = (hyper, "dataset synthesize faces --count 150 --size 8 --quiet")
    scenes = (hyper, "dataset synthesize scenes --count 24 --size 16 --kind scenes --quiet")
    index = (hyper, "dataset index faces --quiet")
    index_scenes = (hyper, "dataset index scenes --quiet")
    picture = (hyper, "dataset synthesize p --count 1 --size 24 --kind scenes --quiet")
    # With one thread, a fault hits the same call in every run.
    small = "train --dataset faces --size 8 --channels 1 --threads 1"
    closed = f"{small} --prior subspace --no-residual -o m.safetensors --quiet"
    residual = f"{small} --prior subspace --steps 2 -o m.safetensors --quiet"
    network = f"{small} --prior hypernetwork --encoder set --batch 2 --steps 4 -o m.safetensors --quiet"
    grid = "train --dataset scenes --size 16 --threads 1 --prior grid --steps 4 --batch 1 -o m.safetensors --quiet"
    # Long enough to be interrupted.
    long_network, long_grid = (command.replace("--steps 4", "--steps 64") for command in (network, grid))
    model = ["m.safetensors"]
    fit_grid = "fit p/scene-00000.png --cells 2x2 --steps 4000 -o f.safetensors --quiet"
    fit_network = "fit p/scene-00000.png --cells 1 --width 16 --steps 100 -o f.safetensors --quiet"
    fields = ["f.safetensors"]

    def trains(command):
        return lambda folder: command.replace(" -o", " -f -o")

    def resumes(command, output):
        def follow(folder):
            if (folder / (output + ".checkpoint")).exists():
                return command + " --resume" + (" -f" if (folder / output).exists() else "")
            return command + " -f"
        return follow

    def continued(name, program, command, prepare, output):
        return Scenario(name, program, command + " --resume", prepare, [output], resumes(command, output),
                        interrupted=command)

    return [
        Scenario("index", hyper, "dataset index faces --quiet", [faces]),
        Scenario("index again", hyper, "dataset index faces --quiet", [
            (hyper, "dataset synthesize faces --count 12 --size 8 --quiet"), index,
            (hyper, "dataset synthesize faces --count 20 --size 8 --seed 2 --force --quiet")]),
        Scenario("train without catalog", hyper, closed, [faces], model, trains(closed)),
        # The pixels of the pictures are cached already, which other scenarios do.
        Scenario("train subspace", hyper, residual,
                 [many, index, (hyper, closed.replace("m.safetensors", "w.safetensors"))], model, trains(residual)),
        Scenario("train network", hyper, network, [faces, index], model, trains(network)),
        Scenario("train grid", hyper, grid, [scenes, index_scenes], model, trains(grid)),
        continued("resume network", hyper, long_network, [faces, index], "m.safetensors"),
        continued("resume grid", hyper, long_grid, [scenes, index_scenes], "m.safetensors"),
        Scenario("fit grid", siren, fit_grid, [picture], fields, resumes(fit_grid, "f.safetensors")),
        Scenario("fit network", siren, fit_network, [picture], fields, resumes(fit_network, "f.safetensors")),
        continued("resume fit", siren, fit_grid, [picture], "f.safetensors"),
        Scenario("inpaint a folder", hyper, "inpaint faces -o out --keep 30% --model m.safetensors --quiet",
                 [(hyper, "dataset synthesize faces --count 8 --size 8 --quiet"), (hyper, closed)], pieces="out"),
        Scenario("sheet", hyper, "dataset sheet faces -o sheet.png", [faces, index], ["sheet.png"],
                 lambda folder: "dataset sheet faces -o sheet.png -f"),
        Scenario("write frames", siren, "render c.safetensors frames --quiet",
                 [(hyper, "dataset synthesize p --count 4 --size 8 --quiet"),
                  (siren, "fit p --cells 1x1x1 --width 8 --steps 5 -o c.safetensors --quiet")],
                 follow=lambda folder: "render c.safetensors "
                 + ("again --quiet" if (folder / "frames").exists() else "frames --quiet")),
    ]


class Check:
    def __init__(self, options, programs, library, work):
        self.options = options
        self.programs = programs
        self.library = library
        self.work = work
        self.injected = {"failed": 0, "killed": 0}
        self.failures = []
        self.lock = threading.Lock()
        self.random = random.Random(options.seed)

    def program(self, name):
        return self.programs / name

    def prepare(self, scenario):
        template = self.work / scenario.name.replace(" ", "-")
        template.mkdir()
        for program, arguments in scenario.prepare:
            result = run(self.program(program), arguments.split(), template)
            if result.returncode != 0:
                raise SystemExit(f"{scenario.name}: {program} {arguments}: {result.stderr}")
        return template

    def counts(self, scenario, folder, command):
        counts = self.work / f"counts-{threading.get_ident()}"
        counts.unlink(missing_ok=True)
        result = run(self.program(scenario.program), command.split(), folder, self.library, counts=counts)
        if result.returncode != 0:
            raise SystemExit(f"{scenario.name}: without a fault: {result.stderr}")
        numbers = struct.unpack(f"<{len(KINDS)}Q", counts.read_bytes()[:8 * len(KINDS)])
        counts.unlink()
        return dict(zip(KINDS, numbers))

    def interrupt(self, scenario, template):
        """Interrupts the command as Ctrl-C does, at a time when it leaves a checkpoint."""
        trial = self.work / "trial"
        command = [str(self.program(scenario.program)), *scenario.interrupted.split()]
        over = 0
        for number in range(1, 400):
            shutil.copytree(template, trial)
            process = subprocess.Popen(command, cwd=trial, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            time.sleep(0.005 * number)
            process.send_signal(signal.SIGINT)
            process.wait()
            output = trial / scenario.outputs[0]
            # An interrupted fit also writes its result so far.
            if pathlib.Path(f"{output}.checkpoint").exists():
                shutil.rmtree(template)
                trial.rename(template)
                return
            # The machine may have been slow before, or fast this time.
            over += output.exists()
            shutil.rmtree(trial)
            if over == 10:
                break
        raise SystemExit(f"{scenario.name}: no interruption left a checkpoint")

    def scenario(self, scenario):
        template = self.prepare(scenario)
        reference = self.work / "reference"
        if scenario.interrupted:
            shutil.copytree(template, reference)
            whole = run(self.program(scenario.program), scenario.interrupted.split(), reference)
            if whole.returncode != 0:
                raise SystemExit(f"{scenario.name}: {whole.stderr}")
            wanted = listing(reference)
            shutil.rmtree(reference)
            self.interrupt(scenario, template)
        before = listing(template)
        shutil.copytree(template, reference)
        counts = self.counts(scenario, reference, scenario.arguments)
        after = listing(reference)
        self.loose = listing(reference, with_splits=False)
        if scenario.interrupted and after != wanted:
            raise SystemExit(f"{scenario.name}: a resumed run differs from an uninterrupted one")
        shutil.rmtree(reference)

        faults = []
        for kind in KINDS:
            numbers = range(1, counts[kind] + 1)
            if kind == "read":
                few = -(-len(numbers) // self.options.reads)
                numbers = self.random.sample(numbers, few)
            for number in sorted(numbers):
                actions = [self.random.choice(ACTIONS[kind])] + (["KILL"] if kind in KILLED else [])
                faults += [f"{kind}:{number}:{action}" for action in actions]
        if self.options.fault:
            faults = [self.options.fault]
        elif self.options.fraction > 1:
            faults = self.random.sample(faults, max(1, len(faults) // self.options.fraction))
        start = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            for fault in pool.map(lambda fault: self.fault(scenario, template, before, after, fault), faults):
                if fault:
                    print(f"FAILED {fault}", flush=True)
        shutil.rmtree(template)
        print(f"{scenario.name}: {len(faults)} faults in {time.monotonic() - start:.0f} s"
              f" ({', '.join(f'{kind} {count}' for kind, count in counts.items() if count)})", flush=True)

    def fault(self, scenario, template, before, after, fault):
        if len(self.failures) >= 20:
            return None
        # Not the thread's number alone: a folder's name has the same length in every run.
        folder = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=self.work)) / "folder"
        try:
            shutil.copytree(template, folder)
            self.outcome(scenario, folder, before, after, fault)
            shutil.rmtree(folder.parent)
            return None
        except Failure as failure:
            text = f"{scenario.name}, {fault}: {failure} (kept in {folder})"
            with self.lock:
                self.failures.append(text)
            return text

    def outcome(self, scenario, folder, before, after, fault):
        kind, _, action = fault.split(":")
        result = run(self.program(scenario.program), scenario.arguments.split(), folder, self.library, fault)
        with self.lock:
            self.injected["killed" if action == "KILL" else "failed"] += 1
        code = result.returncode
        if code == -signal.SIGKILL and action == "KILL":
            pass
        elif code < 0 and kind not in MEMORY:
            raise Failure(f"ended by signal {-code}: {result.stderr[-400:]}")
        elif code > 0 and kind not in MEMORY and len(result.stderr.strip().splitlines()) == 0:
            raise Failure(f"ended with {code} and no message")

        # Pictures that could not be read are left out, which the command says and the next one makes good.
        is_partial = "could not be read" in result.stderr and kind in ("open", "read")
        # A file that has its name is whole: the old one or the new one.
        for name in [] if is_partial else scenario.outputs:
            path = folder / name
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
            if content not in (before.get(name), after[name]):
                raise Failure(f"{name} is neither the old nor the new file after exit code {code}")
            if code == 0 and content != after[name]:
                raise Failure(f"exit code 0 without {name}: {result.stderr[-400:]}")
        if scenario.pieces:
            for path in (folder / scenario.pieces).glob("*"):
                name = str(path.relative_to(folder))
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                if not path.name.startswith(".") and content != after[name]:
                    raise Failure(f"{name} is another file than without the fault")
        if code == 0 and not scenario.outputs and not is_partial and self.significant(folder) != {
                name: content for name, content in after.items() if not is_incidental(name)}:
            raise Failure(f"exit code 0, but the folder differs: {result.stderr[-400:]}")

        follow = scenario.follow(folder) if scenario.follow else scenario.arguments
        again = run(self.program(scenario.program), follow.split(), folder)
        if again.returncode != 0:
            raise Failure(f"the next command ended with {again.returncode}: {again.stderr[-400:]} "
                          f"(after {code}: {result.stderr[-300:]})")
        if is_partial:
            # An empty split is filled from the pictures that could be read, and what fills it stays.
            loose = listing(folder, with_splits=False)
            catalogs = [name for name in loose if name.endswith(".sqlite")]
            if set(loose) - {n for n in loose if n.endswith(".cache")} != set(after) - {
                    n for n in after if n.endswith(".cache")} or any(
                        loose[name] != self.loose[name] for name in catalogs):
                raise Failure("the next command does not find the pictures that could not be read")
            return
        if follow.endswith("again --quiet"):
            # A folder of frames that is whole stays; the next one is another folder.
            shutil.rmtree(folder / "again")
        now = listing(folder)
        if now != after:
            different = sorted(name for name in set(now) | set(after) if now.get(name) != after.get(name))
            raise Failure(f"after the next command these differ: {different[:6]} (exit codes {code}, 0; "
                          f"{result.stderr[-300:]})")

    def significant(self, folder):
        return {name: content for name, content in listing(folder).items() if not is_incidental(name)}

    def together(self, rounds):
        """Several programs at once, on new and on existing catalogs."""
        template = self.work / "together"
        template.mkdir()
        for arguments in ("dataset synthesize faces --count 30 --size 8 --quiet",):
            run(self.program("siren-hyper"), arguments.split(), template)
        train = "train --dataset faces --size 8 --channels 1 --prior subspace --no-residual --quiet -o m{}.safetensors"
        # Readers of a catalog that is not there yet say so.
        fresh = ["dataset index faces --quiet", train.format(1), "dataset index faces --quiet", train.format(2)]
        existing = fresh + ["dataset stats faces", "dataset list faces", "dataset verify faces"]
        start = time.monotonic()
        models = set()
        for number in range(rounds):
            is_fresh = number % 2 == 0
            folder = self.work / f"together-{number}"
            shutil.copytree(template, folder)
            if not is_fresh:
                run(self.program("siren-hyper"), ["dataset", "index", "faces", "--quiet"], folder)
                # Something to write for those that index.
                run(self.program("siren-hyper"),
                    "dataset synthesize faces --count 34 --size 8 --seed 5 --force --quiet".split(), folder)
            commands = [*(fresh if is_fresh else existing)]
            self.random.shuffle(commands)
            with concurrent.futures.ThreadPoolExecutor(len(commands)) as pool:
                results = pool.map(
                    lambda command: (command, run(self.program("siren-hyper"), command.split(), folder)), commands)
                for command, result in results:
                    # A picture that changed since it was indexed is what verify is for.
                    changed = command.startswith("dataset verify") and "differ from the catalog" in result.stderr
                    if result.returncode != 0 and not changed:
                        text = f"round {number}: {command}: {result.returncode}: {result.stderr[-300:]}"
                        print(f"FAILED {text}", flush=True)
                        self.failures.append(text)
            try:
                rows = listing(folder)
                left = [name for name in rows if is_temporary(name)]
                if left:
                    self.failures.append(f"round {number}: {left} are left")
                models |= {(is_fresh, rows.get("m1.safetensors")), (is_fresh, rows.get("m2.safetensors"))}
            except Failure as failure:
                self.failures.append(f"round {number}: {failure}")
            shutil.rmtree(folder)
        if rounds:
            print(f"{rounds} rounds of several programs in {time.monotonic() - start:.0f} s", flush=True)


def is_incidental(name):
    """Caches of pixels, which a full disk may do without."""
    return name.endswith(".cache") or is_temporary(name)


def is_temporary(name):
    return name.endswith((".tmp", "-journal", "-wal", "-shm"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", default=".build/release", type=pathlib.Path,
                        help="the folder of siren and siren-hyper")
    parser.add_argument("--fraction", type=int, default=1, help="try one in so many faults, chosen at random")
    parser.add_argument("--reads", type=int, default=10,
                        help="try one in so many reads, which are many and lose nothing (default: 10)")
    parser.add_argument("--rounds", type=int, help="rounds of several programs (default: 200, 4 with --fraction)")
    parser.add_argument("--seed", type=int, default=None, help="the seed of every random choice (default: the time)")
    parser.add_argument("--only", default="", help="only scenarios whose name contains this; 'together' is the rounds")
    parser.add_argument("--fault", help="this fault alone, such as write:3:ENOSPC")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="faults tried at the same time")
    options = parser.parse_args()
    if options.seed is None:
        options.seed = time.time_ns() % 1_000_000
    if options.rounds is None:
        options.rounds = 200 if options.fraction == 1 else 4
    print(f"seed {options.seed}", flush=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="siren-faults-"))
    library = work / "faults.so"
    source = pathlib.Path(__file__).parent / "faults" / "faults.c"
    subprocess.run([os.environ.get("CC", "cc"), "-O1", "-std=gnu11", "-Wall", "-Wextra", "-fPIC", "-shared",
                    "-o", str(library), str(source), "-ldl"], check=True)
    check = Check(options, options.programs.resolve(), library, work)
    start = time.monotonic()
    for scenario in scenarios():
        if options.only in scenario.name:
            check.scenario(scenario)
    if options.only in "together":
        check.together(options.rounds)
    total = sum(check.injected.values())
    print(f"{total} faults ({check.injected['failed']} failed calls, {check.injected['killed']} kills), "
          f"{len(check.failures)} failures, seed {options.seed}, {time.monotonic() - start:.0f} s")
    if check.failures:
        for failure in check.failures[:20]:
            print(f"FAILED {failure}", file=sys.stderr)
        sys.exit(1)
    shutil.rmtree(work)


main()
