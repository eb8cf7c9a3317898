# make run        the window on the demo county (without a display: the main job headless, into out/)
# make test       all tests            make check        style, types, import contracts, translations
# make bench      the budgets beside what is measured     make screenshots  the pictures of the guide
# Everything installs what it needs on first use, into .venv.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check bench screenshots translations lock clean

run: $(VENV)/run.stamp
	@$(BIN)/gis-app first-look --out out

test: $(VENV)/test.stamp
	@$(BIN)/python -m pytest -n 2

check: $(VENV)/test.stamp
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest tests/test_contracts.py tests/test_translations.py

bench: $(VENV)/test.stamp
	@$(BIN)/python -m benchmarks

screenshots: $(VENV)/run.stamp
	@$(BIN)/python docs/screenshots.py

# Bring the catalogues up to date with the texts in the code: one catalogue a room, new texts are left empty to be filled in.
translations: $(VENV)/test.stamp
	@$(BIN)/python -m tests.catalogues --update

# Pin what is installed now. Debian 12 has Python 3.11.2: a version that asks for a later 3.11 cannot be pinned (soupsieve above 2.10).
lock: $(VENV)/test.stamp
	@$(BIN)/pip freeze --exclude-editable | grep -v ' @ ' > requirements.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "Python 3.11 is needed (set PYTHON=...)" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

# Runtime packages only, so that a newcomer waits for nothing else.
$(VENV)/run.stamp: $(VENV)/bin/python requirements.lock pyproject.toml system.sh
	@sh system.sh run
	@echo "Installing Python packages into $(VENV) ..."
	@$(BIN)/python -c "import tomllib,re,pathlib;names=lambda xs:{re.split(r'[<>=! ]',x)[0].lower().replace('_','-') for x in xs};p=tomllib.loads(pathlib.Path('pyproject.toml').read_text())['project'];only=names(p['optional-dependencies']['test']);print(*[l for l in pathlib.Path('requirements.lock').read_text().splitlines() if l.split('==')[0].lower().replace('_','-') not in only],sep='\n')" > $(VENV)/run.lock
	@$(BIN)/pip install -qq -r $(VENV)/run.lock
	@$(BIN)/pip install -qq --no-deps -e .
	@$(BIN)/python -m gis_app.language
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@sh system.sh test
	@$(BIN)/pip install -qq -r requirements.lock
	@touch $@

clean:
	rm -rf $(VENV) out
