# The main commands are `make demo` and `make test`. Both install missing libraries, build and run.
PREFIX ?= /usr/local
SWIFT ?= swift

# Traits of the package, such as TRAITS=MPI (Docs/CLUSTER.md); other traits compile every module again.
TRAITS ?=
export TRAITS
WITH_TRAITS = $(TRAITS:%=--traits %)
BUILD = $(SWIFT) build -c release $(WITH_TRAITS)

# For `make model`: one model alone (faces or scenes), and a folder of pictures to add to the drawn scenes.
MODEL ?=
PHOTOS ?=

# Options of Benchmarks/compare.py, such as BENCH="--rounds 5 --output table.md".
BENCH ?=

# Options of Benchmarks/compare_peers.py, such as PEERS="--seconds 60 --pictures photographs".
PEERS ?=

# Options of Scripts/check-faults.py.
FAULTS ?=
# For `make fuzz` and `make check-fuzz`: the target, and the time of each in seconds.
TARGET ?= list
SECONDS ?= 600
# For `make fuzz-briefly`: the time of each target in seconds.
BRIEF ?= 5

TORCH ?= torch==2.13.0
PYTHON ?= python3
VENV = .build/bench-venv

.PHONY: help demo test model build install uninstall lint format clean dependencies bench-peers compare-peers \
  check-sanitizers check-faults check-fuzz fuzz fuzz-briefly check-package man check-manual docs build-mpi check-mpi

help:
	@echo "make demo                   install missing libraries, build, and restore a face and a scene from 10% of them"
	@echo "make test                   install missing libraries, build, and run the tests"
	@echo "make model                  draw faces and scenes, train both bundled models again, and measure them"
	@echo "                            (MODEL=faces|scenes for one, PHOTOS=DIR to add pictures to the scenes)"
	@echo "make install PREFIX=/usr/local   install siren and siren-hyper, the bundled models, manual pages, completions"
	@echo "make bench-peers            measure the same work here and in PyTorch (BENCH=\"options\")"
	@echo "make compare-peers          train our priors and two Neural Processes in PyTorch for the same time, and compare"
	@echo "                            (PEERS=\"--seconds 60 --pictures DIR\")"
	@echo "make check-sanitizers       run tests and programs under the address, undefined-behaviour and thread sanitizers"
	@echo "make check-faults           let every system call of the programs fail once, and start several at once"
	@echo "                            (FAULTS=\"options\", such as FAULTS=\"--fraction 50 --seed 3\")"
	@echo "make fuzz TARGET=png SECONDS=60   fuzz one reader of files; TARGET=list lists them"
	@echo "make fuzz-briefly           try random mutations for five seconds per reader (BRIEF=5)"
	@echo "make check-fuzz             fuzz every reader of files for ten minutes (SECONDS=600)"
	@echo "make check-package          build and run the documents' Swift programs in another package"
	@echo "make man | check-manual     write manual pages into .build/man1; check them"
	@echo "make build-mpi | check-mpi  build for clusters with Open MPI (Docs/CLUSTER.md); compare two processes with one"
	@echo "                            (RANKS=\"2 3 4\"; make test TRAITS=MPI runs the tests with Open MPI)"
	@echo "make docs                   build the libraries' documentation into .build/documentation"
	@echo "make build | lint | format | clean"

dependencies:
	@EXTRA_PACKAGES="$(if $(filter MPI,$(TRAITS)),libopenmpi-dev openmpi-bin)" Scripts/install-dependencies.sh

demo: build
	@Scripts/demo.sh

model: build
	@MODEL="$(MODEL)" PHOTOS="$(PHOTOS)" Scripts/make-model.sh

build: dependencies
	@$(BUILD) --product siren-hyper
	@$(BUILD) --product siren

# Tests run in release mode like the programs, because numerical code is slow in debug mode. Their build contains the
# programs, so `make build` and the checks of programs compile nothing more, if TRAITS are the same.
# The golden tests are repeated for every instruction set that the processor has.
test: dependencies
	@$(BUILD) --build-tests
	@SIREN_CPU=portable $(SWIFT) test -c release --skip-build $(WITH_TRAITS) --filter GoldenTests
	@SIREN_CPU=avx2 $(SWIFT) test -c release --skip-build $(WITH_TRAITS) --filter GoldenTests
	@$(SWIFT) test -c release --skip-build $(WITH_TRAITS)

install: build
	@Scripts/install.sh "$(PREFIX)"

uninstall:
	rm -f "$(PREFIX)/bin/siren" "$(PREFIX)/bin/siren-hyper"
	rm -f "$(PREFIX)/share/bash-completion/completions/siren" \
	  "$(PREFIX)/share/bash-completion/completions/siren-hyper"
	rm -f "$(PREFIX)/share/zsh/site-functions/_siren" "$(PREFIX)/share/zsh/site-functions/_siren-hyper"
	rm -f "$(PREFIX)/share/fish/vendor_completions.d/siren.fish" \
	  "$(PREFIX)/share/fish/vendor_completions.d/siren-hyper.fish"
	rm -f "$(PREFIX)"/share/man/man1/siren.1 "$(PREFIX)"/share/man/man1/siren-*.1
	rm -f "$(PREFIX)/share/siren-hyper/faces.safetensors" "$(PREFIX)/share/siren-hyper/scenes.safetensors"
	@rmdir "$(PREFIX)/share/siren-hyper" 2>/dev/null || true

# A separate virtual environment, because only this target needs PyTorch.
$(VENV)/ready-$(TORCH):
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/pip install --quiet "$(TORCH)" numpy
	@touch "$@"

bench-peers: build $(VENV)/ready-$(TORCH)
	@PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python Benchmarks/compare.py \
	  --programs "$$($(BUILD) --show-bin-path)" $(BENCH)

compare-peers: build $(VENV)/ready-$(TORCH)
	@$(VENV)/bin/pip install --quiet pillow
	@PYTHONDONTWRITEBYTECODE=1 $(VENV)/bin/python Benchmarks/compare_peers.py \
	  --programs "$$($(BUILD) --show-bin-path)" $(PEERS)

# Each sanitizer needs a separate build in its own folder.
check-sanitizers: dependencies
	@Scripts/check-sanitizers.sh

# Failed and killed calls of the built programs; SQLite, libraries and all. An hour on two cores.
check-faults: build
	@PYTHONDONTWRITEBYTECODE=1 $(PYTHON) Scripts/check-faults.py --programs "$$($(BUILD) --show-bin-path)" $(FAULTS)

# The fuzzer is built in a folder of its own, with sanitizers.
fuzz: dependencies
	@Scripts/fuzz.sh "$(TARGET)" "$(SECONDS)"

# The tests' build has the readers without the fuzzer, whose build takes minutes.
fuzz-briefly: dependencies
	@$(BUILD) --build-tests
	@Scripts/fuzz.sh briefly "$(BRIEF)"

check-fuzz: dependencies
	@Scripts/fuzz.sh all "$(SECONDS)"

# Builds another package that depends on this one by version, in two minutes.
check-package: dependencies
	@Scripts/check-package.sh

# The programs for clusters, in .build/mpi; nothing else changes.
build-mpi: dependencies
	@Scripts/build-mpi.sh

check-mpi: build-mpi
	@Scripts/check-mpi.sh $(RANKS)

man: build
	@Scripts/make-manual.sh .build/man1

check-manual: build
	@Scripts/check-manual.sh

docs: dependencies
	@Scripts/make-documentation.sh .build/documentation

lint:
	@$(SWIFT) format lint --strict --recursive Sources Tests Fuzz Package.swift

format:
	@$(SWIFT) format --in-place --recursive Sources Tests Fuzz Package.swift

clean:
	rm -rf .build demo
