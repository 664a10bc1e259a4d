# The targets for people are listed by `make help`. Each sets up .venv by itself.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCK := .requirements.lock
READY := $(VENV)/.ready
SAMPLES := $(sort $(wildcard samples/*.pdf))
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help ingest watch test quick coverage lint format bench schemas lock man release wheelhouse clean
.DELETE_ON_ERROR:

help:
	@printf '%s\n' \
	  'make ingest                         load the samples; show what changed from 12.7 to 12.8' \
	  'make ingest PDF=path FIRMWARE=12.8  load a document (FIRMWARE only if it names no release)' \
	  'make watch URL=https://...          load what is new there, and show what changed; for cron' \
	  'make test                           run the tests; with ARGS="..." for pytest' \
	  'make quick                          run those that need nothing else and take a minute at most' \
	  'make coverage                       run the tests; show which branches they take' \
	  'make lint                           check style, types and imports' \
	  'make format                         put the style right' \
	  'make bench                          measure speed against plain scripts' \
	  'make schemas                        write the schemas of the JSON of all commands anew' \
	  'make lock                           pin the newest versions of all dependencies, with hashes' \
	  'make man                            write the manual page, dist/trustlist.1' \
  'make release                        build the wheel, and its bill of materials (CycloneDX)' \
	  'make wheelhouse                     build the wheel and all it needs, for a machine without network' \
	  'make clean                          remove what these targets made, but for the database'

ifdef PDF
ingest: $(READY)
	@$(BIN)/trustlist ingest "$$PDF" $${FIRMWARE:+--firmware "$$FIRMWARE"}
else
ingest: $(READY)
	@$(BIN)/trustlist ingest $(SAMPLES)
	@trap '' PIPE; echo 2>/dev/null || true  # who pipes it into head has seen enough
	@$(BIN)/trustlist diff '12.7(1)' '12.8(1)'
endif

watch: $(READY)
	@$(BIN)/trustlist watch "$$URL"

test: $(READY)
	@$(BIN)/pytest $(ARGS)

quick: $(READY)
	@$(BIN)/pytest -m 'not slow and not browser and not postgresql and not java and not openssl102' \
	  $(ARGS)

coverage: $(READY)
	@$(BIN)/pytest --cov --cov-report=term:skip-covered $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo

format: $(READY)
	@$(BIN)/ruff check --quiet --fix
	@$(BIN)/ruff format --quiet

bench: $(READY)
	@for each in tests/benchmarks/[!_]*.py; do $(BIN)/python $$each || exit; done

schemas: $(READY)
	@$(BIN)/python -m schemas.build.make_schemas
	@$(BIN)/python -m schemas.build.make_dictionary

release: $(READY)
	@rm -rf build/release dist
	@$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	@$(PYTHON) -m venv --without-pip build/release/wheel
	@grep -o '^[A-Za-z0-9._-]*==[^ ;]*' $(LOCK) > build/release/pins.txt
	@$(PIP) --python build/release/wheel install --constraint build/release/pins.txt dist/*.whl
	@$(PYTHON) -m venv build/release/tools
	@build/release/tools/bin/python -m pip -qq install cyclonedx-bom
	@build/release/tools/bin/cyclonedx-py environment build/release/wheel \
	  --pyproject pyproject.toml --mc-type application --output-reproducible \
	  --output-format JSON --output-file dist/trustlist.cdx.json

man: $(READY)
	@mkdir -p dist
	@$(BIN)/python -m pipeline.cli.manual > dist/trustlist.1
	@echo 'To read it: man dist/trustlist.1'

wheelhouse: $(READY)
	@mkdir -p build dist
	@grep -o '^[A-Za-z0-9._-]*==[^ ;]*' $(LOCK) > build/pins.txt  # of the wheel itself there is no hash
	@$(PIP) wheel --constraint build/pins.txt --wheel-dir dist/wheelhouse .
	@echo 'On the other machine: pip install --no-index --find-links dist/wheelhouse trustlist'

lock: pyproject.toml
	@rm -rf build/lock
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip -qq install uv
	@printf 'pip\nsetuptools>=77\n' | build/lock/bin/uv pip compile --quiet --upgrade --universal --fork-strategy fewest \
	  --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev \
	  --output-file $(LOCK) - pyproject.toml
	@rm -rf build/lock

clean:
	@rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .*_cache
	@find pipeline schemas samples tests -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml $(LOCK)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'trustlist needs Python 3.11 or later: make PYTHON=/path/to/python3.11'; exit 1; } >&2
	@echo 'Setting up $(VENV); this takes a minute, once.' >&2
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --requirement $(LOCK)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
