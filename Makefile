# The front door. `make run` and `make test` need Python 3.11+ (with venv and pip) and make, nothing else.
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help run run-fake-mureka test soak lint format messages lock music-report screenshots clean preflight

# Where this is set (many images set it), each of the product's processes would compile all of its code at each start.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes --no-deps
# Management commands that need no data get a directory of their own, so that none appears in the checkout.
MANAGE := DATA_DIR=$${TMPDIR:-/tmp}/reading-journey-make-$$(id -u) $(PY) manage.py

# The cases in which the database's server matters.
SERVER_FAULTS := $(addprefix tests/faults/test_,lost_database.py crash_points.py frozen_workers.py)
# Runs $(1) beside $(2), and shows what it said when both have ended.
beside = said=$$(mktemp); ( $(1) ) >$$said 2>&1 & other=$$!; ( $(2) ); one=$$?; wait $$other; two=$$?; \
	cat $$said; rm -f $$said; exit $$((one || two))

# Sets $$python to the virtual environment's Python, else to the first one on PATH that is new enough (PYTHON= chooses),
# else to whatever there is, so that preflight.py can say what is wrong with it.
find_python = python=$(PY); [ -x "$$python" ] || for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 \
	python3.11 python3); do "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; \
	command -v "$$python" >/dev/null || { echo "Python 3.11 or newer was not found: install it first." >&2; exit 1; }

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: preflight $(VENV)/installed ## install what is needed, then run the whole product (PORT=, HOST=, DATA_DIR=)
	@exec $(PY) manage.py up

run-fake-mureka: $(VENV)/installed-dev ## a Mureka of our own to try things against, on this machine (FAKE_PORT=)
	@exec $(PY) -m tests.fake_mureka --port $(or $(FAKE_PORT),8765)

test: $(VENV)/installed-dev ## run all the tests, on SQLite and on PostgreSQL
	@$(PY) -m pytest -n 2 tests/pure tests/db
	@$(PY) -m pytest -n 2 --dist loadfile tests/browser
	@$(call beside,\
		$(PY) -m pytest tests/faults && $(PY) -m pytest --database=postgres $(SERVER_FAULTS),\
		$(PY) -m pytest tests/process && nice -n 10 $(PY) -m pytest -n 2 --database=postgres tests/db)

soak: $(VENV)/installed-dev ## thousands of tracks and hundreds of kills, on both databases (TRACKS=, KILLS=, SEED=)
	@$(PY) -m bench.soak $(if $(TRACKS),--tracks $(TRACKS)) $(if $(KILLS),--kills $(KILLS)) $(if $(SEED),--seed $(SEED))

lint: $(VENV)/installed-dev ## check style, types, import contracts, migrations and the API's schema
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null
	@$(MANAGE) check --fail-level WARNING

format: $(VENV)/installed-dev ## put the code into the house's style
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

messages: $(VENV)/installed ## compile the translations (needs gettext)
	@$(MANAGE) compilemessages --ignore=$(VENV)

lock: $(VENV)/installed-dev ## pin every dependency, with hashes, from pyproject.toml
	@$(VENV)/bin/uv $(COMPILE) pyproject.toml -o requirements.txt
	@$(VENV)/bin/uv $(COMPILE) --extra dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	@$(VENV)/bin/uv $(COMPILE) --extra bench -c requirements.txt pyproject.toml -o requirements-bench.txt

music-report: $(VENV)/installed ## measure 200 finished pieces, and make a page to listen to them (OUT=)
	@$(INSTALL) -r requirements-bench.txt
	@$(PY) -m bench.music_report --out $(or $(OUT),var/music-report)

screenshots: $(VENV)/installed-dev ## picture every page in two widths, themes and languages, to be looked at (OUT=)
	@$(PY) -m tests.browser.screenshots --out $(or $(OUT),var/screenshots)

clean: ## remove what the other targets made; your data (var/) stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results

COMPILE = pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate

preflight:
	@$(find_python); "$$python" readingjourney/preflight.py

$(PY):
	@$(find_python); "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ "$$python" readingjourney/preflight.py; exit 1; }; \
	"$$python" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$$python cannot make virtual environments: install its venv module (apt install python3-venv)." >&2; exit 1; }; \
	echo "Making the virtual environment $(VENV)"; \
	"$$python" -m venv --clear $(VENV)

$(VENV)/installed: requirements.txt $(PY)
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@echo "Installing the pinned packages (only the first time, and when they change)"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(PY)
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip >/dev/null
	@echo "Installing the pinned packages for development (only the first time, and when they change)"
	@$(INSTALL) -r requirements-dev.txt
	@touch $(VENV)/installed $@
