# The only entrance: `make help` lists what there is.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin

# what is compiled once serves all the processes that tests and the app start
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help app test soak check fix bench record setup browser clean

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' Makefile

app: $(VENV)/app.done  ## set up and open the app on http://127.0.0.1:8501 (PORT=… moves it)
	@echo "LNL Explorer: open http://127.0.0.1:$(PORT) in a browser; Ctrl-C stops it."
	@$(BIN)/streamlit run app.py --server.port $(PORT)

test: check browser  ## set up, then lint, types, unit, page and browser tests
	@echo "Running the tests"
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal --durations=10

soak: $(VENV)/dev.done  ## the contract of methods at length, with every preset: takes an hour or so
	@LNL_SOAK=1 $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal tests/soak

check: $(VENV)/dev.done  ## formatting, lint, spelling, types, layers
	@echo "Checking format, lint, spelling, types and layers"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/codespell lnl pages app.py tests benchmarks docs *.md
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: $(VENV)/dev.done  ## format and mend what can be mended by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(VENV)/app.done  ## measure speed as ratios on this machine (LNL_DATA names the data)
	@$(BIN)/python -m lnl bench

record: $(VENV)/app.done  ## train the recorded comparison of the first screen anew
	@$(BIN)/python -m lnl.recorded

setup: $(VENV)/dev.done browser  ## everything for the tests, without running them

browser: $(VENV)/dev.done
	@sh tests/browser/find_chromium.sh --install

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with make PYTHON=python3.12 …"; exit 1; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "No venv here: on Debian and Ubuntu, apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'pip>=25.1'

$(VENV)/app.done: requirements.txt requirements/library.txt requirements/app.txt constraints.txt | $(VENV)/bin/python
	@echo "Installing the packages of requirements.txt (torch is large: some minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/dev.done: pyproject.toml requirements/timm.txt requirements/huggingface.txt $(VENV)/app.done
	@echo "Installing the tools for the tests"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev \
	  -r requirements/timm.txt -r requirements/huggingface.txt -c constraints.txt
	@touch $@

clean:  ## remove the virtual environment and all caches of tools; runs stay
	rm -rf build dist *.egg-info $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
