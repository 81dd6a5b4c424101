#!/usr/bin/env bash
# Every check and every test, with all the set-up they need; leaves nothing running.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

"$project/scripts/setup.sh" --for test
runtime_directory
# Images and other large inputs of tests are kept here, for every clone.
export FUYAJO_TEST_CACHE=${FUYAJO_TEST_CACHE:-$cache}

started=$(start_daemons) || fail "libvirt's daemons did not start" \
  "see /var/log/libvirt/fuyajo-daemons.log" "python3 scripts/libvirt_daemons.py start"
report=$(mktemp)
beside=
# Only what this run started is stopped, whichever way it ends.
trap 'if [ -n "$beside" ]; then kill -INT "$beside"; wait "$beside"; fi; rm -f "$report"; stop_daemons "$started"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# pytest's 5 is that there are no such tests, which is no failure.
passed() { [ "$1" -eq 0 ] || [ "$1" -eq 5 ]; }

cd "$project"
scripts/lint.sh
# Cheap tests first, so that a plain mistake is told after seconds.
.venv/bin/pytest -m "$FUYAJO_FAST_TESTS" "$@" || passed $?
# Tests of guests and libvirt mostly wait for emulated machines: the others run beside them, and tell at the end.
real="libvirt or guest"
env --default-signal=INT \
  .venv/bin/pytest -m "not ($FUYAJO_FAST_TESTS) and not ($real)" "$@" >"$report" 2>&1 &
beside=$!
first=0 second=0
.venv/bin/pytest -m "$real" "$@" || first=$?
wait "$beside" || second=$?
beside=
cat "$report"
passed "$first" && passed "$second"
