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
failures=$(mktemp -d)
beside=
# Only what this run started is stopped, whichever way it ends.
trap 'if [ -n "$beside" ]; then kill -INT "$beside"; wait "$beside"; fi; rm -rf "$report" "$failures"; stop_daemons "$started"' EXIT
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
others="not ($FUYAJO_FAST_TESTS) and not ($real)"
env --default-signal=INT \
  .venv/bin/pytest -o cache_dir="$failures/others" -m "$others" "$@" >"$report" 2>&1 &
beside=$!
first=0 second=0
.venv/bin/pytest -o cache_dir="$failures/real" -m "$real" "$@" || first=$?
wait "$beside" || second=$?
beside=
cat "$report"

# Two halves on two cores starve each other now and then. So a few tests that failed beside the other half are
# asked once more, alone, and named: what fails alone fails the run, and so does more than a handful.
alone() { # STATUS CACHE MARKERS
  local failed="$2/v/cache/lastfailed" names
  passed "$1" && return
  [ "$1" -eq 1 ] && [ -s "$failed" ] || return 1
  names=$(.venv/bin/python -c 'import json, sys; print(*json.load(open(sys.argv[1])), sep="\n")' "$failed")
  [ "$(wc -l <<<"$names")" -le 5 ] || return 1
  printf 'test: NOT STEADY, failed beside the other half, now alone:\n%s\n' "$names" >&2
  .venv/bin/pytest -o cache_dir="$2" --last-failed --last-failed-no-failures none -m "$3"
}
alone "$first" "$failures/real" "$real" && alone "$second" "$failures/others" "$others"
