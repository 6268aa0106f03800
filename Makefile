# make demo | test | lint | bench | soak : each sets up .venv first; Python, pip and make are all it needs.
#
# PYTHON=python3.13      the interpreter .venv is made with (3.11 or newer)
# EXTRAS=rich            the extras of gradcheck to install; the default includes torch
# ARGUMENTS='-k linear'  handed to pytest by `make test` and `make soak`

PYTHON ?= python3
EXTRAS ?= torch,rich
WORKERS ?= 2
ORDER ?= 1
SOAK_SEEDS ?= 20
ARGUMENTS ?=

comma := ,
python := .venv/bin/python
stamp := .venv/set-up-$(subst $(comma),-,$(EXTRAS))

export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The caller's own pytest settings and module path belong to other projects. Bytecode is kept: where it is not, each
# of the many processes that tests start compiles the library anew.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE $(filter PYTEST_%,$(.VARIABLES))

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench soak wheels

help:
	@sed -n '1,5s/^# \{0,1\}//p' Makefile

setup: $(stamp)

demo: $(stamp)
	$(python) examples/demo.py

# The processes fill the cores already: threads of one of them would only wait for each other.
test soak: export OMP_NUM_THREADS := 1

test: $(stamp)
	$(python) -m pytest -n $(WORKERS) --dist worksteal --randomly-seed=$(ORDER) $(ARGUMENTS)

lint: $(stamp)
	$(python) -m ruff check .
	$(python) -m ruff format --check .
	$(python) -m mypy
	.venv/bin/lint-imports --no-logo

format: $(stamp)
	$(python) -m ruff check --fix .
	$(python) -m ruff format .

bench: $(stamp)
	@set -e; for file in benchmarks/*.py; do echo "== $$file"; $(python) "$$file" --write; done

# The right layers over many seeds: one false alarm is one too many.
soak: $(stamp)
	GRADCHECK_SOAK_SEEDS=$(SOAK_SEEDS) $(python) -m pytest tests/evidence/test_known_right.py -n $(WORKERS) --dist worksteal --randomly-seed=$(ORDER) $(ARGUMENTS)

# Both wheels, installed into an empty environment; the demo runs from there.
wheels: $(stamp)
	.ci/wheels

# The build backend comes first, so that the pinned one builds and nothing is fetched twice.
$(stamp): pyproject.toml plugins/pytest_gradcheck/pyproject.toml constraints.txt | .venv/bin/pip
	@echo "setting up .venv, once: half a minute to some minutes, most of it torch when it is among the extras"
	@$(python) -m pip install --quiet --constraint constraints.txt pip hatchling editables
	@$(python) -m pip install --quiet --constraint constraints.txt --no-build-isolation --group dev \
		--editable '.[$(EXTRAS)]' --editable plugins/pytest_gradcheck
	@touch $@

# Some systems ship Python without ensurepip; their own pip then fills the new environment.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("gradcheck needs Python 3.11 or newer, $(PYTHON) is " + sys.version.split()[0] + "; try make PYTHON=python3.12")'
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then \
		$(PYTHON) -m venv .venv; \
	else \
		$(PYTHON) -m venv --without-pip .venv && $(PYTHON) -m pip --python $(python) install --quiet pip; \
	fi
