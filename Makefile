.DEFAULT_GOAL := help
# The first interpreter that runs, not just exists: version managers leave names that only complain.
SUPPORTED := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 13))
PYTHON ?= $(shell for python in python3.12 python3.11 python3 python; do \
  $$python -c '$(SUPPORTED)' >/dev/null 2>&1 && echo $$python && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

.PHONY: help demo test check bench lock clean

help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## Index the sample documents, start the sample streams, answer a question, open the chat
	@$(BIN)/tributary demo $(ARGS)

test: $(VENV)/.dev ## Run the tests (ARGS="-k name" to choose)
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup $(ARGS)

check: $(VENV)/.dev ## Lint, types, architecture rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(VENV)/.dev ## Measure speed beside PyFlink and the embedding model, in one run (builds an index of 100,000 chunks: minutes)
	@$(BIN)/python -m tests.bench $(ARGS)

lock: $(VENV)/.dev ## Resolve pyproject.toml anew into the two lock files
	@$(COMPILE) pyproject.toml --group build -o requirements.lock
	@$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

clean: ## Remove the environment and every cache
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps say which lock file an environment was installed from.
$(VENV)/bin/python:
	@"$(PYTHON)" -c '$(SUPPORTED)' 2>/dev/null || \
	  { echo "Tributary needs Python 3.11 or 3.12 with venv; $(or $(PYTHON),none) was found. Set PYTHON=/path/to/python3.11."; exit 1; }
	@echo "Setting up $(VENV) (once; some minutes)"
	@"$(PYTHON)" -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
