# Everything runs from a virtual environment in .venv, made on first use and
# made again when pyproject.toml or constraints.txt change, or when the checkout has moved.

SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/stamp
SUBMAKE := $(MAKE) --no-print-directory

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NO_MKDOCS_2_WARNING := 1
export DISABLE_MKDOCS_2_WARNING := true

# A virtual environment holds absolute paths, so the stamp names the place it was made for.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.DEFAULT_GOAL := help
.PHONY: help setup conform test check format prove pytest fill docs bench clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1~\2/p' Makefile | \
		while IFS='~' read -r name text; do printf '%-16s %s\n' "$$name" "$$text"; done

setup: $(STAMP) ## make the virtual environment

$(STAMP): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "make: there is no $(PYTHON); install Python 3.11 or newer, or run make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: $$("$(PYTHON)" --version 2>&1) is too old; Python 3.11 or newer is needed (make PYTHON=/path/to/python3)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "make: this Python cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@if [ ! -x $(BIN)/python ] || { [ -f $(STAMP) ] && [ "$$(cat $(STAMP))" != "$$(pwd)" ]; }; then \
		rm -rf .venv && "$(PYTHON)" -m venv .venv; fi
	@echo "installing into .venv" >&2
	@$(BIN)/python -m pip install -qq -c constraints.txt hatchling editables
	@$(BIN)/python -m pip install -qq --no-build-isolation -c constraints.txt -e '.[dev,docs]'
	@pwd > $(STAMP)

conform: $(STAMP) ## hold the engine to the vectors and print a summary
	@$(BIN)/ibperp conform

test: $(STAMP) ## check, prove, build the docs and run the tests
	@$(SUBMAKE) check
	@$(SUBMAKE) prove
	@$(SUBMAKE) docs
	@$(SUBMAKE) pytest

check: $(STAMP) ## format, lint, types, import directions, spelling
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/codespell && echo "codespell: no misspellings"

format: $(STAMP) ## rewrite the sources as check wants them
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

# A fixed hash seed and a solver limit counted in work, not in seconds, make a verdict repeatable.
prove: $(STAMP) ## prove the theorems for all integers
	@PYTHONHASHSEED=0 CROSSHAIR_SMT_RLIMIT=10000000 $(BIN)/python -m ibperp_invariants.proofs

pytest: $(STAMP) ## run the tests with coverage
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term

fill: $(STAMP) ## write vectors, schemas and tables again from the reference
	@$(BIN)/python -m ibperp_authoring.fill

docs: $(STAMP) ## build the site into site/
	@$(BIN)/python -m ibperp_authoring.site
	@$(BIN)/mkdocs build --strict

bench: $(STAMP) ## measure the reference
	@$(BIN)/python -m ibperp_authoring.bench

clean: ## remove everything made here, the virtual environment too
	rm -rf .venv site dist build docs/spec .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find reference invariants conformance authoring tests -name __pycache__ -type d -prune -exec rm -rf {} +
