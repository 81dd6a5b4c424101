# `make` lists the targets. Everything a target needs, it sets up itself.
.DEFAULT_GOAL := help
.PHONY: help demo demo-clean test unit lint bench doctor
.NOTPARALLEL:
# Ansible starts three times slower without bytecode.
unexport PYTHONDONTWRITEBYTECODE

# Tests that need no libvirt, no guest and no network, and take seconds.
export FUYAJO_FAST_TESTS := not libvirt and not guest and not claude and not browser and not slow

help: ## list the targets
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1 \2/p' Makefile | \
	  awk '{ name = $$2; $$1 = $$2 = ""; printf "  make %-12s%s\n", name, $$0 }'

demo: ## the main job once: install what is missing, build the base image, make a web server
	@scripts/demo.sh

demo-clean: ## remove exactly what `make demo` made
	@scripts/demo.sh clean

test: ## every check and every test; what CI runs
	@scripts/test.sh

unit: ## the fast tests only
	@scripts/setup.sh --for test
	@.venv/bin/pytest -m "$(FUYAJO_FAST_TESTS)"

lint: ## ruff, mypy, import contracts, shellcheck, size ratchet
	@scripts/setup.sh --for test
	@scripts/lint.sh

bench: ## measure plan, planners, apply, the collection and assistants' lists, each against a floor and against other tools
	@scripts/setup.sh --for test
	@set -e; for name in plan_startup planner_overhead apply_to_started collection history service mcp_lists backups; do .venv/bin/python bench/$$name.py; echo; done

doctor: ## find what is missing here and how to mend it
	@scripts/setup.sh --for demo
	@.venv/bin/fuyajo doctor
