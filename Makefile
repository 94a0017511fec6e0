# `make repro` runs the pipeline, `make test` the tests: each sets up .venv first.
# Another interpreter of Python 3.11: make PYTHON=/path/to/python3.11 repro

PYTHON ?= python3
# All tests but those that need published files: make test MARKERS='not real_data' (needs Chromium).
MARKERS ?= not real_data and not browser and not long
BIN := .venv/bin
# Stages run `python`: the environment's has to come first.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: repro report plots metrics compare verify check test real-data lint style types unit format lock clean

# `dvc repro` follows even if tools.reuse fails: it explains a fault of the pipeline best.
repro: .venv/run .venv/page.html
	@start=$$(date +%s); python -m tools.reuse; dvc repro && python -m tools.summary --since $$start

# Run the pipeline and open its report, report/index.html, in a browser if there is one.
report: repro
	@python -m webbrowser -t "file://$(CURDIR)/report/index.html" > /dev/null || true

# Draw dvc_plots/index.html, and open it in a browser if there is one.
plots: .venv/run .venv/page.html
	dvc plots show
	@python -m webbrowser -t "file://$(CURDIR)/dvc_plots/index.html" > /dev/null || true

# Changes of metrics/ since another commit, as a Markdown table.
BEFORE ?= HEAD
metrics: .venv/run
	@echo '## Metrics, against $(BEFORE)'
	@echo
	@dvc metrics diff --md $(BEFORE) --targets metrics

# One measure of all arms, in the workspace and the experiments, or in those that NAMES lists:
# make compare MEASURE=psnr NAMES='HEAD level-0.4'
MEASURE ?= accuracy
compare: .venv/run
	@python -m tools.compare $(MEASURE) $(NAMES)

# Run everything again in a fresh clone, and compare every byte of the outputs.
verify: repro
	python -m tools.verify

# The inner loop: style, types and unit tests, at once.
check: .venv/dev
	$(MAKE) --jobs --output-sync=target --no-print-directory style types unit

# In two processes: most tests wait for a command that they run.
test: .venv/dev
	python -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder -m "$(MARKERS)"

# With the published files, from the folder that DENOISE_RAW_DIR names.
real-data: .venv/dev
	python -m pytest -m real_data

lint: style types

style: .venv/dev
	ruff check --quiet .
	ruff format --check --quiet .

types: .venv/dev
	pyright

unit: .venv/dev
	python -m pytest tests/unit --numprocesses 2 --dist loadgroup

format: .venv/dev
	ruff check --fix .
	ruff format .

# Recompile the locks from pyproject.toml.
lock: .venv/dev
	uv pip compile --quiet --generate-hashes --python-version 3.11 --universal \
		--custom-compile-command 'make lock' --output-file requirements.txt \
		--extra pipeline pyproject.toml
	uv pip compile --quiet --generate-hashes --python-version 3.11 --universal \
		--custom-compile-command 'make lock' --constraint requirements.txt \
		--output-file requirements-dev.txt --group dev

# Remove the environment and the outputs; DVC's cache (.dvc/cache) stays.
clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis data models plots report logs dvc_plots

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and \
		"error: $(PYTHON) is Python " + sys.version.split()[0] + ", but 3.11 is needed." \
		" Name another interpreter: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/run: requirements.txt | .venv/python
	@python -m tools.install requirements.txt
	touch $@

# `dvc plots` draws on a page that needs no network.
.venv/page.html: $(wildcard denoising/plots/*.*) denoising/evaluation/arms.py | .venv/run
	python -m denoising.plots.html_template $@
	dvc config --local plots.html_template ../$@

.venv/dev: requirements-dev.txt | .venv/run
	@python -m tools.install requirements-dev.txt
	touch $@
