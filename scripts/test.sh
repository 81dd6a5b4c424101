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
# Only what this run started is stopped, whichever way it ends.
trap 'stop_daemons "$started"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$project"
scripts/lint.sh
# Cheap tests first, so that a plain mistake is told after seconds.
.venv/bin/pytest -m "$FUYAJO_FAST_TESTS" "$@"
.venv/bin/pytest -m "not ($FUYAJO_FAST_TESTS)" "$@" || {
  code=$?
  [ $code -eq 5 ] || exit $code # 5: no such test
}
