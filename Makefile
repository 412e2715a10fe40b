# Each target makes .venv first, or brings it up to date with requirements.txt.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

.PHONY: help run lab test refresh benchmark heads

help:
	@echo "make run        execute lessons 01 to 04 into build/ and print their results"
	@echo "make lab        open the notebooks in JupyterLab"
	@echo "make test       lint, unit and property tests, every notebook re-run and compared"
	@echo "make refresh    execute all notebooks in place; outputs that say the same stay as they are"
	@echo "make heads      train the heads in saved-models/ anew"
	@echo "make benchmark  race against the original's recipe (8 min; 40 with RACE=--full)"

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -r requirements.txt
	@$(BIN)/python -c "open('.venv/ready', 'w')"

run: .venv/ready
	$(BIN)/python -m tools.notebooks run

lab: .venv/ready
	$(BIN)/jupyter lab notebooks

test: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

refresh: .venv/ready
	$(BIN)/python -m tools.notebooks refresh
	cp build/gallery.png assets/gallery.png

heads: .venv/ready
	$(BIN)/python -m tools.notebooks run 02 07 08
	$(BIN)/python -m tools.ship my-localization-1 localization-1
	$(BIN)/python -m tools.ship my-edges edges
	$(BIN)/python -m tools.ship my-sprites sprites

benchmark: .venv/ready
	$(BIN)/python -m tools.benchmark
	$(BIN)/python -m tools.race $(RACE)
