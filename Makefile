# Two commands to know: `make demo` and `make test`. Both install what is missing, build and run.
PREFIX ?= /usr/local
SWIFT ?= swift
BUILD = $(SWIFT) build -c release

.PHONY: help demo test build install uninstall lint format clean dependencies

help:
	@echo "make demo                   install what is missing, build, and restore a face from 10% of it"
	@echo "make test                   install what is missing, build, and run the tests"
	@echo "make install PREFIX=/usr/local   install siren and siren-hyper with shell completions"
	@echo "make build | lint | format | clean"

dependencies:
	@Scripts/install-dependencies.sh

demo: build
	@Scripts/demo.sh

build: dependencies
	@$(BUILD) --product siren-hyper
	@$(BUILD) --product siren

# Tests run in release mode, as the programs do: one build serves both, and numerical code is fast.
test: build
	@$(SWIFT) test -c release

install: build
	@Scripts/install.sh "$(PREFIX)"

uninstall:
	rm -f "$(PREFIX)/bin/siren" "$(PREFIX)/bin/siren-hyper"
	rm -f "$(PREFIX)/share/bash-completion/completions/siren" \
	  "$(PREFIX)/share/bash-completion/completions/siren-hyper"
	rm -f "$(PREFIX)/share/zsh/site-functions/_siren" "$(PREFIX)/share/zsh/site-functions/_siren-hyper"
	rm -f "$(PREFIX)/share/fish/vendor_completions.d/siren.fish" \
	  "$(PREFIX)/share/fish/vendor_completions.d/siren-hyper.fish"

lint:
	@$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

format:
	@$(SWIFT) format --in-place --recursive Sources Tests Package.swift

clean:
	rm -rf .build demo
