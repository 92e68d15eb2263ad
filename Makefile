# The commands of the project. `make` or `make help` lists them.
#
# Settings: PYTHON=python3.12      the interpreter for .venv
#           EXAMPLE=my_case.yaml   the case that `make run` assesses
#           ARGS="-k triage"       passed on to pytest (test), the benchmarks (bench) or soak

EXAMPLE = src/kinechain/examples/thigh_pain_from_the_hip.yaml
REPORT = build/report.html
ARGS =
BIN = .venv/bin
SETUP = sh scripts/bootstrap.sh

help:
	@echo "Kinechain. Needs Python 3.11 or newer with its venv module, and make; nothing else."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do \
		printf '  make %-11s %s\n' "$$name" "$$what"; done
	@echo
	@echo "After make run: $(BIN)/kinechain --help"

run: ## set up and assess a published case; writes build/report.html
	@$(SETUP) run
	@mkdir -p build
	@$(BIN)/kinechain assess $(EXAMPLE) --html $(REPORT)
	@echo
	@echo "The report with the body map: $(REPORT) (open it in a browser)"
	@echo "Your own case:                $(BIN)/kinechain case new > case.yaml, then $(BIN)/kinechain assess case.yaml"

serve: ## set up and start the clinic with demonstration patients
	@$(SETUP) run clinic
	@$(BIN)/kinechain serve $(ARGS)

test: ## set up and run all tests; names what it skips and why
	@$(SETUP) run clinic test
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

bench: ## measure speed and accuracy; tables, and JSON in benchmarks/results
	@$(SETUP) run clinic test
	@$(BIN)/python -m benchmarks $(ARGS)

soak: ## kill the clinic while it saves, then load it for minutes (ARGS="--minutes 60")
	@$(SETUP) run clinic test
	@KINECHAIN_SOAK=200 $(BIN)/python -m pytest -q tests/unit/store/test_kill.py
	@$(BIN)/python -m scripts.soak $(ARGS)

lint: ## style, format, types, and the rules of the house
	@$(SETUP) run clinic test lint
	@echo "ruff check"
	@$(BIN)/ruff check .
	@echo "ruff format --check"
	@$(BIN)/ruff format --check .
	@echo "types (basedpyright, strict)"
	@$(BIN)/basedpyright
	@echo "house rules"
	@$(BIN)/python -m pytest -q tests/house

format: ## put the code into the house's format
	@$(SETUP) run lint
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

coverage: ## run the tests and show which branches they leave out
	@$(SETUP) run clinic test
	@$(BIN)/coverage run -m pytest $(ARGS)
	@$(BIN)/coverage report

docs: ## build the documentation into build/docs/index.html
	@$(SETUP) run docs
	@$(BIN)/python -m sphinx --fail-on-warning --keep-going -q -b html docs build/docs
	@echo "The documentation: build/docs/index.html"

reference: ## write docs/reference/cli.md and docs/gallery.md anew from the program
	@$(SETUP) run
	@$(BIN)/python scripts/write_cli_reference.py
	@$(BIN)/python -m scripts.write_gallery

wheel-test: ## build the wheel, install it in an empty environment, use it there
	@$(SETUP) run
	@$(BIN)/python scripts/try_wheel.py

lock: ## make the lock files anew (needs uv; UPGRADE=1 takes newer versions)
	@sh scripts/lock.sh

clean: ## remove .venv and everything built
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .coverage

.DEFAULT:
	@echo "There is no target '$@'. Remedy: make help lists the targets." >&2; exit 2

.PHONY: help run serve test bench soak lint format coverage docs reference wheel-test lock clean
