# Everything a person does with the checkout. `bin/setup` installs what a target lacks, once.

PORT ?= 6543
DATA ?= var
ARGS ?=

PYTHON_FILES = portal tests setup.py
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" setup.py --extra postgres

.DEFAULT_GOAL := help
.PHONY: help run test lint bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve the portal, with a demo in a new data folder (PORT=6543 DATA=var)
	@bin/setup run
	@.venv/bin/portal serve --data "$(DATA)" --port "$(PORT)"

test: ## Run every test, on SQLite and on PostgreSQL (ARGS="-k letter")
	@bin/setup test
	@.venv/bin/python -m pytest -n auto --dist loadscope $(ARGS)

lint: ## Check style, direction of imports and types
	@bin/setup test
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports
	@.venv/bin/mypy portal

bench: ## Measure the portal under load
	@bin/setup test
	@.venv/bin/python -m bench $(ARGS)

lock: ## Choose the newest allowed versions and write them, with hashes, to requirements/
	@bin/setup test
	@.venv/bin/python -m pip install --quiet uv
	@$(COMPILE) --upgrade --output-file requirements/run.txt
	@$(COMPILE) --upgrade --extra test --constraint requirements/run.txt --output-file requirements/test.txt

clean: ## Remove what was built and installed; the data folder stays
	@rm -rf .venv build dist *.egg-info .cache .hypothesis .grimp_cache .mypy_cache .pytest_cache .ruff_cache .coverage* htmlcov
	@find $(PYTHON_FILES) -name __pycache__ -prune -exec rm -rf {} +
