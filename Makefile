# make demo: set up and certify the bundled simulated container.  make test: set up and pass the tests.
# A distribution builds its own Python with more optimisation than most version managers do: the tests take a sixth less.
PYTHON ?= $(shell /usr/bin/python3.11 -c 'import ensurepip' 2>/dev/null && echo /usr/bin/python3.11 \
	|| command -v python3.11 || command -v python3)
BIN := .venv/bin
OUT ?= out

.PHONY: setup demo test test-slow lint bench coverage interop devices measurands picture lock clean

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@$(BIN)/conformance run smoke --output $(OUT)

# Hundreds of processes start in the tests: their modules are compiled once. By name the long campaigns come first, so
# that no worker waits for the other's last.
test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder

# What takes minutes, and every property with many new examples.
test-slow: setup
	$(BIN)/pytest -m slow
	EXAMPLES=exploring $(BIN)/pytest tests/profiles tests/fixtures tests/reports tests/oracle/test_other_units.py

lint: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/python -m tests.benchmarks > docs/benchmarks.md

# Judges thousands of simulated instruments whose truth is known, and draws how often U covers it anew.
coverage: setup
	$(BIN)/python -m tests.uncertainty_proof

# Judges published trees by published profiles next to DMTF's validator, and draws the table of the agreement anew.
interop: setup
	$(BIN)/python -m tests.interop

# Reads recordings of real devices through the device maps, and draws the table of the agreement anew.
devices: setup
	$(BIN)/python -m tests.oracle

# What profiles can ask, from the statistics themselves.
measurands: setup
	$(BIN)/python -m tests.reports.measurands_page > docs/measurands.md

# Two pages of a report on a container whose generator starts late (poppler-utils and imagemagick draw them).
picture: setup
	-$(BIN)/conformance run mains-loss --preset lc-120 --arm lc-120 --fault gen.slow_start:delay=15 --output $(OUT)/picture
	$(BIN)/conformance report $$(ls -t $(OUT)/picture/*.zip | head -n 1) --format pdf --language en --output $(OUT)/picture/report.pdf
	pdftoppm -r 72 -png $(OUT)/picture/report.pdf $(OUT)/picture/page
	montage $(OUT)/picture/page-1.png $(OUT)/picture/page-3.png -geometry +8+8 -background '#d9dfe5' -strip docs/report.png

# Rewrites the lock from pyproject.toml; the lock names packages and hashes, never where they came from.
lock:
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --all-extras --allow-unsafe --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv out build *.egg-info
