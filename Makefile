# Every target sets up first what it needs; `make` alone lists them.
BIN := .venv/bin
SHARED ?= $(wildcard ../shared)
ifneq ($(SHARED),)
export FUNDWATCH_SHARED := $(abspath $(SHARED))
endif
export BUNDLE PYTHON

.DEFAULT_GOAL := help
.PHONY: help setup demo test check docs bench prove cluster-test lock bundle clean

help: ## what can be made
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: ## .venv, Java and the Delta jars; BUNDLE=… from an archive, PYTHON=… with that interpreter
	@sh scripts/setup.sh

demo: setup ## the main job on a made-up province: its ten first clues; ARGS=… goes to the command
	@$(BIN)/fundwatch demo $(ARGS)

test: setup ## every test but the marked heavy ones, in two processes; ARGS=… goes to pytest
	$(BIN)/pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

check: setup ## format, lint, types, imports, generated pages and figures
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m fundwatch.catalogue --check
	$(if $(wildcard benchmarks/figures.py),$(BIN)/python -m benchmarks.figures --check)

docs: setup ## docs/catalogue and README's picture, from the declarations
	$(BIN)/python -m fundwatch.catalogue

bench: setup ## speed beside a peer; ARGS=… goes to the benchmarks
	$(BIN)/python -m benchmarks $(ARGS)

prove: setup ## the proofs too heavy for `make test`, resumed where they stopped, into docs/figures.md
	$(BIN)/python -m benchmarks.prove $(ARGS)

cluster-test: setup ## the flow on a Spark master and two workers here, clues compared with a local run
	$(BIN)/pytest -m cluster $(ARGS)

lock: setup ## requirements.lock from setup.py, for every Python and platform
	@sh scripts/lock.sh

bundle: setup ## one archive that sets up a machine without network
	@$(BIN)/python -m scripts.bundle

clean: ## everything that is not in git, but .venv
	git clean -fdXq -e '!.venv'
