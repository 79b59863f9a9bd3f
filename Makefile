# One word each; every target makes the environment it needs from uv.lock.
.DEFAULT_GOAL := help
.PHONY: help demo test lint check serve bench docs pictures audit

TOOLS := .tools
UV := $(shell command -v uv 2>/dev/null || echo $(TOOLS)/bin/uv)
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
RUN := $(UV) run --locked --quiet
export DO_NOT_TRACK = 1

help:  ## what there is
	@sed -n 's/^\([a-z]*\):.*## /\1 - /p' Makefile

$(TOOLS)/bin/uv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 1; }
	@$(PYTHON) -m venv $(TOOLS) && $(TOOLS)/bin/pip install --quiet --disable-pip-version-check uv

.venv/.locked: $(UV) uv.lock pyproject.toml
	@$(UV) sync --locked --quiet --compile-bytecode && touch $@

demo: .venv/.locked  ## a whole synthetic Phayao cycle, issue to report
	@$(RUN) kbo demo --out demo

serve: .venv/.locked  ## Prefect server and UI, schedules, portal (on the demo's home if there is one)
	@$(RUN) kbo $(if $(wildcard demo/home),--home demo/home) serve

lint: .venv/.locked
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .

check: lint  ## lint, types, import contracts
	@$(RUN) mypy
	@$(RUN) lint-imports

test: lint  ## everything: lint, then types, contracts and every test on SQLite and PostgreSQL, the pages in Chromium
	@$(RUN) pytest

bench: .venv/.locked  ## ratios, measured in one run, with what it is measured against
	@$(UV) run --locked --quiet --group bench python -m benchmarks --out docs/performance.md

pictures: .venv/.locked  ## docs/pictures, taken anew; wants LibreOffice and a font with Thai letters
	@$(RUN) python -m tests.browser.pictures
	@$(RUN) python -m tests.reports.pictures

audit: .venv/.locked  ## known vulnerabilities of everything in the lock; asks PyPI
	@$(UV) export --locked --quiet --all-groups --no-emit-project --output-file .venv/audit.txt >/dev/null
	@$(UV) tool run pip-audit@2.10.1 --strict --require-hashes --disable-pip --requirement .venv/audit.txt

docs: .venv/.locked  ## the generated pages under docs/
	@$(RUN) python -m deployments.docs
