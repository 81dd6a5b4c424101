#!/usr/bin/env bash
# The main job once, on the embedded defaults; `clean` removes what it made.
#   scripts/demo.sh [clean]
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

daemons_record=$project/.cache/demo-daemons
packages_record=$project/.cache/installed-packages

demo() {
  local pid
  say "looking for what is missing"
  "$project/scripts/setup.sh" --for demo
  runtime_directory
  pid=$(start_daemons) || fail "libvirt's daemons did not start" \
    "see /var/log/libvirt/fuyajo-daemons.log" "python3 scripts/libvirt_daemons.py start"
  if [ -n "$pid" ]; then
    echo "$pid" >"$daemons_record"
    say "libvirt's daemons started (pid $pid)"
  fi
  "$project/.venv/bin/fuyajo" demo
  say "to remove it again:  make demo-clean"
}

clean() {
  [ -x "$project/.venv/bin/fuyajo" ] || fail "there is nothing to clean with" \
    "the environment .venv is missing" "make demo"
  runtime_directory
  "$project/.venv/bin/fuyajo" demo --clean
  if [ -r "$daemons_record" ]; then
    clean_daemons
  fi
  if [ -s "$packages_record" ]; then
    say "system packages stay; to remove those that were installed here:"
    printf '  sudo apt-get remove --auto-remove %s\n' \
      "$(sort -u "$packages_record" | tr '\n' ' ')" >&2
  fi
}

# The daemons that `make demo` started go, unless somebody's machines need them.
clean_daemons() {
  local domains
  domains=$(virsh --quiet --connect qemu:///system list --all --name 2>/dev/null | grep -c . || true)
  if [ "${domains:-0}" -gt 0 ]; then
    say "libvirt's daemons stay: $domains other machines are defined"
    return
  fi
  stop_daemons "$(cat "$daemons_record")"
  rm -f -- "$daemons_record"
}

case ${1:-} in
  "") demo ;;
  clean) clean ;;
  *)
    echo "usage: scripts/demo.sh [clean]" >&2
    exit 2
    ;;
esac
