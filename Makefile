# Each target makes .venv first, or brings it up to date with requirements.txt.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif

.PHONY: help run lab yours grade handout slides site check test refresh results benchmark heads

help:
	@echo "make run        execute lessons 01 to 04 into build/ and print their results"
	@echo "make lab        open the notebooks in JupyterLab"
	@echo "make yours      train on your own labelled photos; FOLDER=path"
	@echo "make grade      check all exercises: table, CSV, a page a student; FOLDER=path, a folder for each student"
	@echo "make handout    the course as a zip file for students, without solutions: build/handout/"
	@echo "make slides     the lessons as slides, build/slides/; needs the network the first time"
	@echo "make site       lessons, glossary and reference as a website, build/site/"
	@echo "make check      the quick part of make test, and the notebooks that changed since the last commit"
	@echo "make test       lint, unit and property tests, every notebook re-run and compared"
	@echo "make refresh    execute all notebooks in place; outputs that are equal stay as they are"
	@echo "make results    write the tables of RESULTS.md and README.md from what was measured"
	@echo "make heads      train the heads in saved-models/ again"
	@echo "make benchmark  the original's recipes next to this course's (about 40 min; 70 with RACE=--full)"

.venv/ready: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -r requirements.txt
	@$(BIN)/python -c "open('.venv/ready', 'w')"

# What only the website needs.
.venv/site: .venv/ready site/requirements.txt
	$(BIN)/python -m pip install -r site/requirements.txt
	@$(BIN)/python -c "open('.venv/site', 'w')"

# What only the export to ONNX needs, and its test.
.venv/exports: .venv/ready requirements-export.txt
	$(BIN)/python -m pip install -r requirements-export.txt
	@$(BIN)/python -c "open('.venv/exports', 'w')"

run: .venv/ready
	$(BIN)/python -m tools.notebooks run

lab: .venv/ready
	$(BIN)/jupyter lab notebooks

yours: .venv/ready
	$(BIN)/python -m tools.yours "$(FOLDER)"

grade: .venv/ready
	$(BIN)/python -m tools.grade $(if $(FOLDER),"$(FOLDER)")

handout: .venv/ready
	$(BIN)/python -m tools.handout

slides: .venv/ready
	$(BIN)/python -m tools.slides

site: .venv/site
	$(BIN)/python -m sphinx -qWEa --keep-going -c site -d build/doctrees . build/site

# Several workers with a thread each get more training done than as many with all threads.
test: export TF_NUM_INTRAOP_THREADS = 1
test: .venv/site .venv/exports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -n auto --dist loadscope --no-loadscope-reorder

# What to run before each commit: of the lessons those that changed, of the tests the quick ones.
check: export TF_NUM_INTRAOP_THREADS = 1
check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest -n auto --dist loadscope -m "not slow" \
		--ignore tests/test_browser.py tests $$(git diff --name-only --diff-filter=d HEAD -- notebooks)

refresh: .venv/ready
	$(BIN)/python -m tools.notebooks refresh
	$(BIN)/python -m tools.files build/gallery.png assets/gallery.png

results: .venv/ready
	$(BIN)/python -m tools.results

heads: .venv/ready
	$(BIN)/python -m tools.notebooks run 02
	$(BIN)/python -m tools.notebooks run 07 TRAIN_IMAGES=1536 EPOCHS=10
	$(BIN)/python -m tools.notebooks run 08 TRAIN_IMAGES=1536
	$(BIN)/python -m tools.notebooks run 09 TRAIN_IMAGES=3072 EPOCHS=16
	$(BIN)/python -m tools.notebooks run 10 TRAIN_IMAGES=3072 EPOCHS=16
	$(BIN)/python -m tools.notebooks run 11 TRAIN_IMAGES=3072 EPOCHS=20
	$(BIN)/python -m tools.notebooks run 12 TRAIN_IMAGES=6144 EPOCHS=10
	$(BIN)/python -m tools.notebooks run 14 TRAIN_IMAGES=6144 EPOCHS=12
	$(BIN)/python -m tools.ship localization-1 edges sprites backgrounds presence classes anything photographs

benchmark: .venv/ready
	$(BIN)/python -m tools.benchmark
	$(BIN)/python -m tools.race $(RACE)
	$(BIN)/python -m tools.originals
