# Two commands set everything up on a fresh machine with Python 3.11 and make:
#   make run    demo data on SQLite, http://127.0.0.1:8000 (PORT respected)
#   make test   the first test tier
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
STAMP := $(VENV)/.stamp
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help setup run test test-full bench lint lock fmt messages

help:
	@sed -n 's/^\([a-z-]*\):.*##/\1\t/p' Makefile

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(STAMP)-web: requirements/web.txt pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements/web.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(STAMP)-dev: requirements/dev.txt $(STAMP)-web
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMP)-bench: requirements/bench.txt $(STAMP)-dev
	$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@

setup: $(STAMP)-web ## prepare .venv with the shian command

run: setup ## demo data and server on 127.0.0.1
	$(BIN)/shian demo --if-empty
	$(BIN)/shian serve --port $(PORT)

test: $(STAMP)-dev lint ## SQLite, core, generated, stories (<= 6 minutes on 2 cores)
	$(BIN)/python -m pytest -n 2 -m "not full and not peer" tests

test-full: $(STAMP)-dev ## PostgreSQL, browser, schemathesis, leak test, random order (<= 30 minutes)
	bash tests/full.sh

bench: $(STAMP)-bench bench/peers/node_modules ## figures, each with its peer (FULL=1: the sizes of the goals)
	$(BIN)/python bench/run.py $(if $(FULL),--full)

bench/peers/node_modules: bench/peers/package-lock.json
	if command -v npm >/dev/null; then cd bench/peers && npm ci --silent --no-fund --no-audit --ignore-scripts; fi

messages: $(STAMP)-dev ## renew and compile the English catalogues, one an app (needs gettext)
	for app in src/shian/apps/*/apps.py; do mkdir -p "$${app%/apps.py}/locale"; done
	cd src/shian && ../../$(BIN)/python ../../manage.py makemessages -l en --add-location file --no-wrap --no-obsolete
	for po in src/shian/*/locale/en/LC_MESSAGES/django.po src/shian/apps/*/locale/en/LC_MESSAGES/django.po; do \
	  msgfmt --check-format -o "$${po%.po}.mo" "$$po" || exit 1; done

lint: $(STAMP)-dev
	$(BIN)/ruff check src tests bench demo
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

fmt: $(STAMP)-dev
	$(BIN)/ruff check --fix src tests bench demo
	$(BIN)/ruff format src tests bench demo

lock: ## renew requirements/*.txt (hashes, no addresses)
	$(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet uv
	build/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate pyproject.toml --extra postgres -o requirements/web.txt
	build/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate pyproject.toml --extra postgres --extra dev -o requirements/dev.txt
	build/lock/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate pyproject.toml --extra postgres --extra dev --extra bench -o requirements/bench.txt
