# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
JOBS   ?= 2

.PHONY: demo test check lint types layout docs fast bench clean

# --- what a newcomer runs -------------------------------------------------------------------------
demo: $(VENV)/.core                ## Forecast Città 30 on the embedded sketch of Bologna: table, map, report
	$(BIN)/exante city sketch bologna --out demo/bologna.city --replace
	$(BIN)/exante forecast demo/bologna.city citta-30 --draws 16 --out demo/runs
	@echo "Report: $$(ls -t demo/runs/*/report.html | head -1)"

test: $(VENV)/.dev                 ## Every test; those that need real data say why they skip
	$(BIN)/python -m pytest -n $(JOBS) -q --doctest-modules tests src/exante

# --- what a developer runs ------------------------------------------------------------------------
check: lint types layout docs fast ## Style, types, layout, docs and fast tests, in under 5 minutes

lint: $(VENV)/.dev
	$(BIN)/ruff check .
types: $(VENV)/.dev
	$(BIN)/mypy
layout: $(VENV)/.dev
	$(BIN)/lint-imports
docs: $(VENV)/.dev
	$(BIN)/python docs/build_dictionary.py --check
fast: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) -q -m "not slow"

bench: $(VENV)/.dev $(VENV)-bench/.yardsticks  ## Ratios against named yardsticks, CPU seconds
	$(BIN)/python benchmarks/assignment/compare.py --aequilibrae $(VENV)-bench/bin/python
	$(BIN)/python benchmarks/access/compare.py --pandana $(VENV)-bench/bin/python

clean:
	rm -rf $(VENV) $(VENV)-bench demo runs .pytest_cache .mypy_cache .ruff_cache

# --- environments ---------------------------------------------------------------------------------
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "exante needs Python 3.11 or newer; name one with: make PYTHON=python3.12 demo"; exit 2; }
	$(PYTHON) -m venv $(VENV)
$(VENV)/.core: pyproject.toml | $(BIN)/python
	$(PIP) install -e .
	@touch $@
$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(PIP) install -e '.[dev]'
	@touch $@ $(VENV)/.core
$(VENV)-bench/.yardsticks: benchmarks/requirements.txt
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip --quiet install -r benchmarks/requirements.txt
	@touch $@

help:                              ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 10
.PHONY: help
