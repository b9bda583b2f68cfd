# Two commands matter: `make run` opens the page, `make test` runs the tests. Both set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PORT ?= 8501

.DEFAULT_GOAL := help
.PHONY: help setup run test check quality compile bench reading fuzz robustness peers peers-durations curve card train samples clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 18

setup: $(READY) ## make the virtual environment

$(READY): pyproject.toml tools/setup.sh
	sh tools/setup.sh "$(PYTHON)" "$(VENV)"
	@touch $@

run: $(READY) ## open the page, with sample contracts at hand
	@$(BIN)/clause-analyzer model >/dev/null 2>&1 || $(MAKE) train
	$(BIN)/clause-analyzer app --port $(PORT)

test: $(READY) ## run all tests, the page in a real Chromium included
	sh tools/browser.sh
	sh tools/ocr.sh
	@$(BIN)/clause-analyzer model >/dev/null 2>&1 || $(MAKE) train
	$(BIN)/python -m pytest -rs

check: $(READY) ## format, lint, types, import directions, data, then all tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/clause-analyzer data check
	$(MAKE) test

quality: $(READY) ## measure on real contracts (REAL=folder) and write docs/quality.md
	$(BIN)/python benchmarks/quality.py --real "$${REAL:-../shared/real}" --out docs/quality.md

compile: $(READY) ## compile the innermost modules again after their sources have changed, where there is a C compiler
	$(BIN)/clause-analyzer compile --if-possible

bench: compile ## measure speed as ratios against the raw libraries
	$(BIN)/python benchmarks/speed.py

fuzz: $(READY) ## read broken samples for FUZZ_SECONDS (300); what breaks the reading is kept in out/fuzz
	$(BIN)/python tools/fuzz.py

robustness: $(READY) ## read a FOLDER of odd and broken files, such as the test suites of PDF readers, and list how they end
	$(BIN)/python benchmarks/robustness.py "$(FOLDER)"

reading: $(READY) ## measure reading against the raw libraries (minutes), also on real contracts (REAL=folder), and write docs/reading.md
	sh tools/ocr.sh
	$(BIN)/python benchmarks/reading.py --install --real "$${REAL:-../shared/real}/files" --out docs/reading.md

peers: $(READY) ## measure the classifier against scikit-learn's usual pair and spaCy's text classifier (minutes)
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/classifier.py

peers-durations: $(READY) ## measure the reader of durations against those of others (installs them in build/peers; minutes) and write docs/quantities-peers.md
	OMP_NUM_THREADS=1 $(BIN)/python benchmarks/durations.py --install --real "$${REAL:-../shared/real}" --out docs/quantities-peers.md

curve: $(READY) ## measure whether more data still helps (minutes), and draw docs/learning-curve.png
	$(BIN)/python benchmarks/learning_curve.py --real "$${REAL:-../shared/real}"

card: $(READY) ## write counts and agreement into the data card
	$(BIN)/python tools/data_card.py

train: $(READY) ## rebuild the shipped model from data/
	$(BIN)/python tools/train_shipped.py

samples: $(READY) ## rebuild the sample contracts (PDF, DOCX) from their sources
	$(BIN)/python tools/build_samples.py

clean: ## remove what can be rebuilt
	rm -rf analyzer/_native $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist out
