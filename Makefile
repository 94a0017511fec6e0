# `make repro` runs the pipeline, `make test` the tests: each sets up .venv first.
# Another interpreter of Python 3.11: make PYTHON=/path/to/python3.11 repro

PYTHON ?= python3
# All tests but those that need published files: make test MARKERS='not real_data' (needs Chromium).
MARKERS ?= not real_data and not browser and not long
BIN := .venv/bin
# Stages run `python`: the environment's has to come first.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: repro report plots metrics verify test real-data lint format lock clean

repro: .venv/run .venv/page.html
	dvc repro

# The page that answers the questions, report/index.html; it opens where there is a browser.
report: repro
	@python -m webbrowser -t "file://$(CURDIR)/report/index.html" > /dev/null || true

# The page is dvc_plots/index.html; it opens where there is a browser.
plots: .venv/run .venv/page.html
	dvc plots show
	@python -m webbrowser -t "file://$(CURDIR)/dvc_plots/index.html" > /dev/null || true

# What this run changed in metrics/ against another commit, as a table in Markdown.
BEFORE ?= HEAD
metrics: .venv/run
	@echo '## Metrics, against $(BEFORE)'
	@echo
	@dvc metrics diff --md $(BEFORE) --targets metrics

# A forced run in a fresh clone: the same bytes as here?
verify: repro
	python -m results.verify

# In two processes: most tests wait for a command that they run.
test: .venv/dev
	python -m pytest --numprocesses 2 --dist loadgroup -m "$(MARKERS)"

# Needs the published files, in the folder that DENOISE_RAW_DIR names.
real-data: .venv/dev
	python -m pytest -m real_data

lint: .venv/dev
	ruff check .
	ruff format --check .

format: .venv/dev
	ruff check --fix .
	ruff format .

# Recompile the locks from pyproject.toml.
lock: .venv/dev
	uv pip compile --quiet --generate-hashes --python-version 3.11 --universal \
		--custom-compile-command 'make lock' --output-file requirements.txt pyproject.toml
	uv pip compile --quiet --generate-hashes --python-version 3.11 --universal \
		--custom-compile-command 'make lock' --constraint requirements.txt \
		--output-file requirements-dev.txt --group dev

# Removes the environment and what the pipeline wrote; DVC's cache (.dvc/cache) stays.
clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis data models plots report logs dvc_plots \
		recipes/models recipes/*/models studies/*/models

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and \
		"error: Expected Python 3.11. Received: " + sys.version.split()[0] + " from $(PYTHON)." \
		" Name another one: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/run: requirements.txt | .venv/python
	python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

# `dvc plots` draws on a page that needs no network.
.venv/page.html: denoising/page.py | .venv/run
	python -m denoising.page $@
	dvc config --local plots.html_template ../$@

.venv/dev: requirements-dev.txt | .venv/run
	python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@
