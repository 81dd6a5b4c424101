# shellcheck shell=bash
# What the scripts beside this file share. Sourced, never run.

project=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cache=${FUYAJO_CACHE:-${XDG_CACHE_HOME:-${HOME:-$project}/.cache}/fuyajo}
# Administrators' programs are not on every user's PATH.
PATH=$PATH:/usr/sbin:/sbin
: "$cache"

say() { printf '%s: %s\n' "$(basename -- "$0" .sh)" "$*" >&2; }

# fail WHAT WHY WHAT-TO-TYPE
fail() {
  say "$1"
  printf '  why:  %s\n  type: %s\n' "$2" "$3" >&2
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# The words that make a command an administrator's: none for root, sudo where it asks nothing (or can
# ask on a terminal). Fails when there is no way.
admin_prefix() {
  if is_root; then return 0; fi
  command -v sudo >/dev/null || return 1
  if sudo -n true 2>/dev/null; then
    echo "sudo -n"
  elif [ -t 0 ] && [ -t 2 ]; then
    echo "sudo"
  else
    return 1
  fi
}

# The first interpreter that really runs and is new enough: a shim on the PATH may be there and exit 127.
find_python() {
  local candidate
  for candidate in /usr/bin/python3 /usr/bin/python3.1{3,2,1} python3 python3.1{4,3,2,1}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

# A normal user's libvirt starts by itself, and keeps its socket in XDG_RUNTIME_DIR. Where that is not set
# (su, a container), it must not be a place of our own: the user's shell would reach a second daemon, which
# knows nothing of the first one's running machines.
runtime_directory() {
  local user_run
  if is_root || [ -n "${XDG_RUNTIME_DIR:-}" ]; then return 0; fi
  user_run=/run/user/$(id -u)
  if [ -d "$user_run" ] && [ -O "$user_run" ]; then
    export XDG_RUNTIME_DIR=$user_run
    say "XDG_RUNTIME_DIR was not set; for your own shell:  export XDG_RUNTIME_DIR=$user_run"
    return
  fi
  # Where libvirt goes by itself; it makes its own directory in there private.
  export XDG_RUNTIME_DIR=${XDG_CACHE_HOME:-$HOME/.cache}
  (umask 077 && mkdir -p -- "$XDG_RUNTIME_DIR/libvirt")
  say "XDG_RUNTIME_DIR was not set; your libvirt's socket is in $XDG_RUNTIME_DIR/libvirt"
}

# Start libvirt's daemons where no init system does. Prints the supervisor's pid if it started one.
start_daemons() {
  local python
  if ! is_root; then return 0; fi
  python=$(find_python) || return 1
  "$python" "$project/scripts/libvirt_daemons.py" start
}

# stop_daemons PID: end the daemons of that supervisor, and no other's.
stop_daemons() {
  local python
  [ -n "$1" ] || return 0
  python=$(find_python) || return 1
  "$python" "$project/scripts/libvirt_daemons.py" stop "$1"
}
