# Ways to run, test and check Parley; `make help` lists them.
# What they need is installed into $(VENV) once, from requirements/*.txt.

SYSTEM_PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
PIP := $(PYTHON) -m pip --quiet --disable-pip-version-check --no-input
RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp
LOCK := var/lock
# English holds only what we say otherwise than the libraries do.
TRANSLATED := $(patsubst locale/%/LC_MESSAGES,--locale %,$(filter-out locale/en/%,$(wildcard locale/*/LC_MESSAGES)))

.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgres prepare lint types migrations format messages bench budgets lock

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(RUN) ## Start Parley with demo content (PORT and DATA_DIR change the defaults, DEMO=0 starts empty)
	@DEMO=$${DEMO:-1} exec $(PYTHON) manage.py start

test: lint types migrations prepare test-sqlite test-postgres ## Check and test everything

test-sqlite: $(DEV) ## Run the tests on SQLite
	$(PYTHON) -m pytest --numprocesses auto --dist worksteal -m "not postgres"

test-postgres: $(DEV) ## Run the tests that need PostgreSQL, on a server of their own
	$(PYTHON) -m tests.servers run-postgres -- \
		$(PYTHON) -m pytest --numprocesses auto --dist worksteal -m "postgres or both"

prepare: $(DEV) ## Install PostgreSQL, Redis and Chromium where they are missing and we may
	$(PYTHON) -m tests.servers prepare

lint: $(DEV) ## Check style and which room imports which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(DEV) ## Check types
	$(BIN)/mypy community moderation

migrations: $(DEV) ## Check that the migrations are complete
	$(PYTHON) manage.py makemigrations --check --settings tests.settings

format: $(DEV) ## Put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(DEV) ## Gather the words of all pages for translators and compile what they wrote (wants gettext)
	$(PYTHON) manage.py makemessages $(TRANSLATED) --no-location --no-obsolete --no-wrap \
		--ignore "tests/*" --ignore "var/*" --ignore "$(VENV)/*" --settings tests.settings
	$(PYTHON) manage.py compilemessages --ignore "$(VENV)/*" --settings tests.settings

bench: $(DEV) prepare ## Measure speed beside yardsticks (ONLY="hot cold", SIZES=100,1000000, SCALE=0.01)
	$(PYTHON) -m tests.bench

budgets: $(DEV) prepare ## Measure what the pages of the demo cost a reader's browser, beside what they may
	$(PYTHON) -m tests.budgets
	LOOKS=all $(PYTHON) -m pytest --quiet --numprocesses auto tests/test_access.py

# Both files are pip's own choice for pyproject.toml, frozen; dev.txt holds what run.txt lacks.
# Made with the oldest Python we support, they hold what newer ones need as well.
lock: ## Choose the newest allowed packages anew and write requirements/*.txt
	$(SYSTEM_PYTHON) -m venv --clear $(LOCK)
	$(call wanted,project["dependencies"]) > $(LOCK)/run.in
	$(call wanted,project["optional-dependencies"]["dev"]) > $(LOCK)/dev.in
	$(LOCK)/bin/pip install --quiet --requirement $(LOCK)/run.in
	$(LOCK)/bin/pip freeze > requirements/run.txt
	$(LOCK)/bin/pip install --quiet --requirement requirements/run.txt --requirement $(LOCK)/dev.in
	$(LOCK)/bin/pip freeze > $(LOCK)/all.txt
	{ echo "--requirement run.txt"; grep -vxFf requirements/run.txt $(LOCK)/all.txt; } > requirements/dev.txt

wanted = $(SYSTEM_PYTHON) -c 'import tomllib; \
	project = tomllib.load(open("pyproject.toml", "rb"))["project"]; print(*$(1), sep="\n")'

$(BIN)/pip:
	@$(SYSTEM_PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Parley needs Python 3.11 or newer: make SYSTEM_PYTHON=python3.12 run" >&2; exit 1; }
	@$(SYSTEM_PYTHON) -m venv --clear $(VENV) || { \
		echo "“$(SYSTEM_PYTHON) -m venv” does not work here; on Debian: apt install python3-venv" >&2; exit 1; }

$(RUN): requirements/run.txt | $(BIN)/pip
	@echo "Installing what Parley runs on into $(VENV) (once, about a minute)"
	@$(PIP) install --requirement $<
	@touch $@

$(DEV): requirements/dev.txt $(RUN)
	@echo "Installing the test tools into $(VENV) (once, about a minute)"
	@$(PIP) install --requirement $<
	@touch $@
