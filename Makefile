# The two commands: `make run` trains the skip-gram chapter, `make test` runs the tests. Both set themselves up, once.
#   make run ARGS="--corpus ptb --num-epochs 5"     make test ARGS="-k huffman"     make run PYTHON=python3.12

VENV := .venv
PYTHON :=
ARGS :=
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --log $(VENV)/install.log
CHAPTERS := $(wildcard chapters/*.py)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: run test test-slow test-pythons lint torture mutants wheel data notebooks book oracles bench clean help

run: $(VENV)/.installed  ## train the skip-gram chapter, print neighbours, name the loss plot, the map and what is next
	$(PY) chapters/negative_sampling.py $(ARGS)

test: $(VENV)/.installed-test  ## the quick tests
	$(PY) -m pytest $(ARGS)

test-slow: $(VENV)/.installed-test  ## the tests that train for longer
	$(PY) -m pytest -m "slow and not gpu" $(ARGS)

lint: $(VENV)/.installed-test  ## ruff and mypy, and the limits of functions and files
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet .
	$(PY) -m mypy gluon_softmax
	$(PY) scripts/measure_code.py

test-pythons:  ## the quick tests on every Python from 3.8 to 3.12 that is found
	@scripts/test_pythons.sh $(MAKE)

torture: $(VENV)/.installed  ## kill, starve and damage runs at random (ARGS=--quick: two minutes)
	$(PY) -m torture $(ARGS)

mutants: $(VENV)/.installed-test  ## change the source in small ways and see which changes the tests catch
	$(PY) scripts/mutants.py $(ARGS)

wheel: $(VENV)/.installed  ## build the wheel into dist/
	$(PY) -m pip --disable-pip-version-check wheel --quiet --no-deps --wheel-dir dist .
	@ls dist/*.whl

data: $(VENV)/.installed  ## write the embedded corpus data/mini_ptb.zip again
	$(PY) data/make_mini_ptb.py

notebooks: $(CHAPTERS:chapters/%.py=build/notebooks/%.ipynb)  ## the chapters as notebooks in build/notebooks/

build/notebooks/%.ipynb: chapters/%.py | $(VENV)/.installed-test
	@mkdir -p $(@D)
	$(PY) -m jupytext --quiet --to ipynb --set-kernel python3 --output $@ $<
	@echo $@

book: $(VENV)/.installed-test  ## the book as a site in build/book/site (ARGS=--smoke: a few minutes)
	$(PY) scripts/make_book.py $(ARGS)

oracles: $(VENV)/.installed-peers  ## write the golden files in tests/golden/ again, with PyTorch itself
	@for script in tests/golden/make_*.py; do echo $$script; $(VENV)-peers/bin/python $$script || exit 1; done

bench: $(VENV)/.installed $(VENV)/.installed-peers  ## measure beside the peers, print the table, write benchmarks/results.json
	PEERS_PYTHON=$(VENV)-peers/bin/python $(PY) benchmarks/report.py $(ARGS)

$(VENV)/.installed-peers: $(VENV)/.made-with requirements/peers.txt
	@echo "installing gensim and PyTorch into $(VENV)-peers (a minute or two; the log is $(VENV)/install.log)"
	$(PY) -m venv $(VENV)-peers
	$(VENV)-peers/bin/python -m pip --disable-pip-version-check install --quiet --log $(VENV)/install.log --requirement requirements/peers.txt
	@touch $@

clean:  ## remove environments, builds and caches; data/ and runs/ stay
	rm -rf .venv* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# An environment stays until another PYTHON is asked for.
ifneq ($(PYTHON),)
ifneq ($(PYTHON),$(shell cat $(VENV)/.made-with 2>/dev/null))
.PHONY: $(VENV)/.made-with
endif
endif

$(VENV)/.made-with:
	@scripts/make_venv.sh $(VENV) $(PYTHON)
	@echo "$(PYTHON)" > $@

$(VENV)/.installed: $(VENV)/.made-with setup.py pyproject.toml $(wildcard requirements/*.txt)
	@echo "installing into $(VENV) (a few minutes the first time; the log is $(VENV)/install.log)"
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.made-with setup.py pyproject.toml $(wildcard requirements/*.txt)
	@echo "installing into $(VENV), with the tests' tools (a few minutes the first time; the log is $(VENV)/install.log)"
	$(PIP) --editable ".[test]"
	@touch $@ $(VENV)/.installed
