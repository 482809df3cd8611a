# Everything runs from a virtual environment in .venv, made on first use and
# made again when pyproject.toml or constraints.txt change, or when the checkout has moved.
# Two stamps: with the first the package runs, with the second it can be worked on.

SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/stamp
TOOLS := .venv/stamp-tools
SUBMAKE := $(MAKE) --no-print-directory

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export NO_MKDOCS_2_WARNING := 1
export DISABLE_MKDOCS_2_WARNING := true

# Checks and tests start Python hundreds of times: each start reads the bytecode of the first.
unexport PYTHONDONTWRITEBYTECODE

# pip shows its progress on a terminal; elsewhere a line for each stage is enough.
INSTALL := $(BIN)/python -m pip install $(shell [ -t 2 ] || echo -qq) -c constraints.txt

# A virtual environment holds absolute paths, so the stamp names the place it was made for.
ifneq ($(shell cat $(STAMP) 2>/dev/null),$(CURDIR))
.PHONY: $(STAMP)
endif

.DEFAULT_GOAL := help
.PHONY: help setup conform test check check-types check-style format prove prove-full exhaust pytest coverage fill widths precedence score diff-vectors migration release docs bench clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1~\2/p' Makefile | \
		while IFS='~' read -r name text; do printf '%-18s %s\n' "$$name" "$$text"; done

setup: $(TOOLS) ## make the virtual environment, with all tools

$(STAMP): pyproject.toml constraints.txt
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "make: there is no $(PYTHON); install Python 3.11 or newer, or run make PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "make: $$("$(PYTHON)" --version 2>&1) is too old; Python 3.11 or newer is needed (make PYTHON=/path/to/python3)" >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "make: this Python cannot make virtual environments; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@if [ ! -x $(BIN)/python ] || { [ -f $(STAMP) ] && [ "$$(cat $(STAMP))" != "$$(pwd)" ]; }; then \
		rm -rf .venv && "$(PYTHON)" -m venv .venv; fi
	@echo "make: installing what ibperp needs to run (24 packages, 70 MB)" >&2
	@$(INSTALL) hatchling editables >&2
	@$(INSTALL) --no-build-isolation -e . >&2
	@pwd > $(STAMP)

$(TOOLS): $(STAMP)
	@echo "make: installing what checks, proofs, tests and the site need (73 packages, 420 MB)" >&2
	@$(INSTALL) --no-build-isolation -e '.[dev,docs]' >&2
	@touch $(TOOLS)

conform: $(STAMP) ## hold the engine to the vectors and print a summary
	@$(BIN)/ibperp conform

# The types are the work of one core: beside the proofs they keep the other one busy.
test: $(TOOLS) ## check, prove, and run the tests, which build the site too
	@$(SUBMAKE) -j3 check-types check-style prove
	@$(SUBMAKE) pytest

check: $(TOOLS) ## format, lint, types, import directions, spelling, workflows
	@$(SUBMAKE) -j2 check-types check-style

check-types:
	@$(BIN)/mypy

check-style:
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/codespell && echo "codespell: no misspellings"
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml

format: $(TOOLS) ## rewrite the sources as check wants them
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

# A fixed hash seed and a solver limit counted in work, not in seconds, make a verdict repeatable.
prove: $(TOOLS) ## prove the theorems for all integers
	@PYTHONHASHSEED=0 CROSSHAIR_SMT_RLIMIT=10000000 $(BIN)/python -m ibperp_invariants.proofs

# Resumable: opinions are saved one by one, and what has one of the present code is not asked again.
prove-full: $(TOOLS) ## ask the own executor with both solvers, and measure theorems, where missing or stale
	@$(INSTALL) --no-build-isolation -e '.[dev,docs,proofs]' >&2
	@PYTHONHASHSEED=0 $(BIN)/python -m ibperp_invariants.proofs.full $(if $(OPINIONS),--opinions "$(OPINIONS)")
	@PYTHONHASHSEED=0 $(BIN)/python -m ibperp_authoring.strength

# Resumable: what was explored of the present code is not explored again.
exhaust: $(STAMP) ## try every short run from every setup, beside the JavaScript engine; DEPTH=N STEPS=N
	@$(BIN)/python -m ibperp_conformance.exhaust $(if $(DEPTH),--depth "$(DEPTH)") \
		--figures invariants/ibperp_invariants/search/exhausted.json \
		$(if $(STEPS),--steps "$(STEPS)") -- node engines/javascript/engine.mjs

# Tests wait for engines and browsers: three at a time keep two cores busy.
pytest: $(TOOLS) ## run the tests
	@$(BIN)/python -m pytest -n 3 --dist worksteal

# Coverage fails nothing, and takes half as long again.
coverage: $(TOOLS) ## run the tests and show the lines and branches that none takes
	@$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term

fill: $(STAMP) ## write vectors, schemas and tables again from the reference
	@$(BIN)/python -m ibperp_authoring.fill

widths: $(STAMP) ## write the table of the bits that each rule needs into docs/widths.md
	@$(BIN)/python -m ibperp_authoring.widths

precedence: $(STAMP) ## count the pairs of preconditions that no vector shows
	@$(BIN)/python -m ibperp_authoring.precedence

score: $(TOOLS) ## plant faults in the reference and count those no vector notices; BUDGET=N for a sample
	@$(BIN)/python -m ibperp_authoring.score $(if $(BUDGET),--seconds $(BUDGET))

diff-vectors: $(STAMP) ## show what changed in the vectors since BASE=REV; CHANGELOG=1 for its entry
	@[ -n "$(BASE)" ] || { echo "make: name a git revision or a folder: make diff-vectors BASE=REV" >&2; exit 1; }
	@$(BIN)/python -m ibperp_authoring.diff_vectors $(if $(CHANGELOG),--changelog) "$(BASE)" $(HEAD)

migration: $(STAMP) ## print the page of what changed for an engine since BASE=REV
	@[ -n "$(BASE)" ] || { echo "make: name a git revision or a folder: make migration BASE=REV" >&2; exit 1; }
	@$(BIN)/python -m ibperp_authoring.migration "$(BASE)" $(HEAD)

release: $(STAMP) ## build wheel, source archive, vectors and digests into dist/, and verify them
	@$(BIN)/python -m ibperp_authoring.release

docs: $(TOOLS) ## build the site into site/, with BUILDER=zensical by Zensical
	@$(BIN)/python -m ibperp_authoring.site
	@$(if $(filter zensical,$(BUILDER)),$(INSTALL) --no-build-isolation -e '.[zensical]' >&2 && $(BIN)/zensical,$(BIN)/mkdocs) build --strict

bench: $(STAMP) ## measure the reference, or with BASE=REV compare with another version; JSON=FILE
	@$(BIN)/python -m ibperp_authoring.bench$(if $(BASE),.versus "$(BASE)" $(if $(JSON),--json "$(JSON)"), $(JSON))

clean: ## remove everything made here, the virtual environment too
	rm -rf .venv site dist build docs/spec .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find reference invariants conformance authoring tests -name __pycache__ -type d -prune -exec rm -rf {} +
