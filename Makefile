# Two commands: `make demo` and `make test`. Each does all of its own set-up.
IVR = .venv/bin/ivr
PYTEST = .venv/bin/python -m pytest

.PHONY: demo test check models constraints clean help
.DEFAULT_GOAL := help

help:
	@echo "make demo    hear the hotline answer a recorded caller, then call it from your browser"
	@echo "make test    every tier of tests, the real Asterisk included"
	@echo "make check   style and types"

demo: .venv/.ready models
	@$(IVR) demo

test: .venv/.ready models
	@$(IVR) models install silero-vad-6
	@.ci/browser
	@$(PYTEST) $(PYTEST_ARGS)

check: .venv/.ready
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

models: .venv/.ready
	@$(IVR) models install

constraints: .venv/.ready
	@{ sed -n '/^#/p' constraints.txt; .venv/bin/python -m pip freeze --exclude-editable; } > constraints.new
	@mv constraints.new constraints.txt

.venv/.ready: pyproject.toml constraints.txt
	@.ci/setup

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache dist
