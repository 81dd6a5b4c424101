#!/usr/bin/env bash
# Every check that reads the source and runs nothing of it. All are run; one failure fails the whole.
set -uo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 1
PATH=$PWD/.venv/bin:$PATH
failed=0

check() {
  local output
  if output=$("$@" 2>&1); then
    printf 'ok    %s\n' "$*"
  else
    printf 'FAIL  %s\n%s\n' "$*" "$output"
    failed=1
  fi
}

check ruff check .
check ruff format --check .
check mypy --strict
check lint-imports
check python scripts/check_scripts.py
check shellcheck scripts/*.sh .ci/run
check pytest --quiet tests/test_shape.py
exit $failed
