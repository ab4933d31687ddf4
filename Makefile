# Set-up is part of every target: a machine with Python 3.11 or later, make and git is enough.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3 python,$(if $(shell $(name) -c 'import sys; print(*[1] * ((3, 11) <= sys.version_info < (3, 15)))' 2>/dev/null),$(name))))
BIN := .venv/bin
# Whatever the user has set: tests begin many processes, each of which would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test slow docs notebooks site gallery validation forecast lint types check lowest baselines clean

demo: .venv/installed
	$(BIN)/deter sweep headline --fresh
	$(BIN)/deter report results/headline

# One process for each processor, none of which begins threads for its algebra; a file's tests stay together, for they
# share what is costly to make.
test: .venv/tested
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile

# What takes too long for every change.
slow: .venv/tested .venv/documented
	$(BIN)/python -m pytest -n auto --dist loadfile -m slow

# The pages of docs/reference that are generated from the code, and what commands print on all pages.
docs: .venv/tested
	$(BIN)/python -m experiments.listing.reference
	PYTHONPATH=.:tests $(BIN)/python tests/renew_docs.py

# The notebooks of docs/notebooks run anew, with what they show stored in them.
notebooks: .venv/tested
	PYTHONPATH=.:tests $(BIN)/python tests/renew_notebooks.py

# The documentation as a site, to read without network: open site/index.html.
site: .venv/documented
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "open site/index.html"

# Pictures of the gallery that are missing, and its page; FIGURES=all draws all anew, FIGURES=NAME one.
gallery: .venv/tested
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[ema]'
	$(BIN)/python docs/site/gallery.py $(FIGURES)

# What the model shows against what theory and experiments expect, and the page that says so.
validation: .venv/installed
	$(BIN)/deter validate --page docs/validation.md

# What the model says of the years to come, dated and stamped, in the place of the forecast made before.
forecast: .venv/installed
	$(BIN)/python -m experiments.history.forecast

lint: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/tested
	$(BIN)/mypy

check: lint types test

# Every dependency at the lowest version that pyproject.toml allows, on Python 3.11: the installed package, results to
# the bit, and what each extra is for.
lowest: .venv-lowest/tested
	.ci/smoke .venv-lowest/bin
	.venv-lowest/bin/python -m pytest tests/model/test_baselines.py::test_results_are_those_kept tests/test_peers.py \
		tests/experiments/clients/test_workbench.py \
		tests/analysis/discovery/test_discovery.py::test_a_planted_box_is_found_and_nothing_else_is_restricted \
		tests/analysis/search/test_search.py::test_a_known_front_is_found \
		tests/experiments/running/test_workers.py::test_a_cluster_gives_the_same_bytes

baselines: .venv/tested
	PYTHONPATH=. $(BIN)/python tests/renew_baselines.py

.venv/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "deter needs Python 3.11, 3.12, 3.13 or 3.14; name one: make demo PYTHON=/path/to/python"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

.venv/documented: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	touch $@

.venv-lowest/tested: pyproject.toml
	test -x .venv-lowest/bin/python || $(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'
	.venv-lowest/bin/python -m uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct \
		--editable '.[dev,ema]'
	touch $@

clean:
	rm -rf .venv .venv-* build site *.egg-info
