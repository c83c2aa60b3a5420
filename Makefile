# Everything starts here; each target makes .venv first when the locks changed.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
# Prints what a machine without libmagic needs in the environment.
LIBMAGIC := $(PY) -m ckanext.govshare.stack.libmagic
UV := $(VENV)/bin/uv
COMPILE := $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-package psycopg2 --custom-compile-command 'make lock'

.PHONY: setup run test bench lint requirements i18n conformance docs lock

setup: $(STAMP)
	@$(PY) tools/i18n.py

$(STAMP): requirements.lock requirements-dev.lock setup.py pyproject.toml tools/setup_venv.py
	$(PYTHON) tools/setup_venv.py $(VENV)
	@touch $@

run: setup
	$(VENV)/bin/govshare up --demo

test: setup
	env $$($(LIBMAGIC)) $(PY) -m pytest $(ARGS)

bench: setup
	env $$($(LIBMAGIC)) $(PY) -m benchmarks $(ONLY)

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/pyright

requirements: setup
	$(PY) tools/requirements.py

i18n: setup
	$(PY) tools/i18n.py --check

conformance: setup
	env $$($(LIBMAGIC)) $(PY) tools/conformance.py

docs: setup
	$(VENV)/bin/mkdocs build

# psycopg2 needs a compiler; psycopg2-binary serves in its place, so everything installs with --no-deps.
lock: setup
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) -c requirements.lock requirements-dev.in -o requirements-dev.lock
