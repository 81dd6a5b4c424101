#!/usr/bin/env bash
# Install what is missing, and nothing else: system packages, uv, the locked Python environment.
#   scripts/setup.sh --for demo|test
# Asks nothing, downloads no Python build, and takes well under a second when everything is there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

uv_version=0.13.9 # installed where no uv is found
uv_oldest=0.5.0   # an older one on the PATH is passed over

packages=(
  # libvirt, QEMU, and what libvirt-python is built with
  libvirt-daemon-system libvirt-daemon-driver-qemu libvirt-clients libvirt-dev dnsmasq-base
  qemu-system-x86 qemu-utils python3 python3-dev gcc pkg-config
  # base images
  mmdebstrap debian-archive-keyring e2fsprogs grub-common grub-pc-bin ca-certificates
  # runs
  bubblewrap openssh-client
  # encrypted copies of backups
  restic
)

usage() {
  echo "usage: scripts/setup.sh --for demo|test" >&2
  exit 2
}

# Packages of the list that are not installed.
missing_packages() {
  local installed package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    grep -qx "installed $package" <<<"$installed" || echo "$package"
  done
}

# Programs that must be here on a system without dpkg, where we install nothing.
require_programs() {
  local program missing=()
  for program in virsh qemu-system-x86_64 qemu-img mmdebstrap bwrap pkg-config gcc ssh; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [ ${#missing[@]} -eq 0 ] || fail "programs are missing: ${missing[*]}" \
    "this system has no apt-get; Debian 12, Debian 13 and Ubuntu 24.04 are set up by themselves" \
    "install them with this system's package manager, then run the same command again"
}

install_packages() {
  local admin line missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    require_programs
    return
  fi
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  line="apt-get install --no-install-recommends ${missing[*]}"
  admin=$(admin_prefix) || fail "system packages are missing: ${missing[*]}" \
    "you are not root, and sudo is missing or would ask for a password" "sudo $line"
  say "installing system packages (${#missing[@]}): ${missing[*]}"
  # Old package lists may still do, so only the installation has to succeed.
  as_admin_apt "$admin" update || true
  if grep -qx postgresql <<<"$(printf '%s\n' "${missing[@]}")"; then no_cluster "$admin" add; fi
  as_admin_apt "$admin" install --yes --no-install-recommends "${missing[@]}" ||
    fail "the system packages could not be installed" "$(last_words)" "${admin:+sudo }$line"
  no_cluster "$admin" remove
  # For whoever wants to take them away again; `make demo-clean` shows it.
  printf '%s\n' "${missing[@]}" >>"$project/.cache/installed-packages"
}

# While PostgreSQL is installed for the first time, nothing may make or start a cluster for it. What the
# machine has already is not touched, and what is installed later behaves as always.
no_cluster() {
  local admin=$1 verb=$2 file=/etc/postgresql-common/createcluster.d/fuyajo-tests.conf
  if [ "$verb" = remove ] && [ ! -e "$file" ]; then return 0; fi
  # shellcheck disable=SC2086  # "sudo -n" is two words
  if [ "$verb" = add ]; then
    $admin install -D -m 644 /dev/stdin "$file" <<<"create_main_cluster = false"
  else
    $admin rm -f -- "$file"
  fi
}

as_admin_apt() {
  local admin=$1
  shift
  # shellcheck disable=SC2086  # "sudo -n" is two words
  $admin env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get --quiet --quiet \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" </dev/null >>"$log" 2>&1
}

last_words() {
  grep -aE '^(E:|error|  *×|  *╰)' "$log" | tail -n 1 | grep . || echo "see $log"
}

# Whether $1 is a uv that runs and is new enough.
good_uv() {
  local found
  found=$("$1" --version 2>/dev/null) || return 1
  found=${found#uv }
  found=${found%% *}
  [ "$(printf '%s\n' "$uv_oldest" "$found" | sort -V | head -n 1)" = "$uv_oldest" ]
}

# Sets `uv`: the one on the PATH, or one in a virtual environment of ours.
find_uv() {
  uv=$(command -v uv || true)
  if [ -n "$uv" ] && good_uv "$uv"; then return; fi
  uv=$project/.cache/uv/bin/uv
  if good_uv "$uv"; then return; fi
  say "installing uv $uv_version into .cache/uv"
  if ! "$UV_PYTHON" -c 'import ensurepip' 2>/dev/null; then install_packages python3-venv; fi
  {
    "$UV_PYTHON" -m venv --clear "$project/.cache/uv" &&
      "$project/.cache/uv/bin/pip" install --quiet --disable-pip-version-check "uv==$uv_version"
  } >>"$log" 2>&1 || fail "uv could not be installed" "$(last_words)" \
    "python3 -m venv .cache/uv && .cache/uv/bin/pip install uv==$uv_version"
}

# What the environment was made from; another lock, interpreter or place makes it again.
fingerprint() {
  {
    cat "$project/uv.lock" "$project/pyproject.toml" "${BASH_SOURCE[0]}"
    "$UV_PYTHON" -V
    echo "$project $UV_PYTHON"
  } | sha256sum | cut -d ' ' -f 1
}

# Whether the environment is what the lock says, for this purpose ("test" has all that "demo" needs).
environment_is_current() {
  local stamp=$project/.venv/.fuyajo-setup
  [ -r "$stamp" ] && "$project/.venv/bin/python" -c '' 2>/dev/null || return 1
  case "$(cat "$stamp")" in
    "$1 test") return 0 ;;
    "$1 $2") return 0 ;;
    *) return 1 ;;
  esac
}

install_environment() {
  local purpose=$1 key groups=()
  UV_PYTHON=$(find_python) || fail "no Python 3.11 or newer was found" \
    "none of the interpreters on this machine runs and is new enough" "sudo apt-get install python3"
  export UV_PYTHON
  key=$(fingerprint)
  if environment_is_current "$key" "$purpose"; then return; fi
  find_uv
  say "installing the locked Python environment into .venv (the first time: a minute or two)"
  # demo: what is installed for tests may stay.
  [ "$purpose" = test ] || groups=(--no-dev --inexact)
  (cd "$project" && "$uv" sync --locked "${groups[@]}" </dev/null >>"$log" 2>&1) ||
    fail "the Python environment could not be installed" "$(last_words)" \
      "cd $project && UV_PYTHON=$UV_PYTHON $uv sync --locked"
  echo "$key $purpose" >"$project/.venv/.fuyajo-setup"
}

is_ubuntu() { grep -qsx 'ID=ubuntu' /etc/os-release; }

# What pages serve from npm packages, what checks our scripts, and Playwright's browser where there is no other.
install_browser_and_assets() {
  local python=$project/.venv/bin/python
  "$python" "$project/scripts/vendor_assets.py" --tools >>"$log" 2>&1 ||
    fail "the assets of the pages could not be fetched" "$(last_words)" "$python scripts/vendor_assets.py --tools"
  if is_ubuntu; then
    "$project/.venv/bin/playwright" install chromium-headless-shell >>"$log" 2>&1 ||
      fail "the browser for tests could not be fetched" "$(last_words)" ".venv/bin/playwright install chromium-headless-shell"
  fi
}

case $* in
  "--for demo") ;;
  # Firmware and TPM: without them only tests of UEFI machines are skipped.
  "--for test")
    packages+=(shellcheck openssl python3-libvirt ovmf swtpm swtpm-tools)
    # Its package starts a server. Where an init system would really do so, the tests that need it are skipped.
    [ -d /run/systemd/system ] || packages+=(openssh-server)
    # Tests start servers of their own, in a directory each.
    packages+=(postgresql)
    # Pages are tested in a real browser, in Japanese too. Ubuntu's is a snap, which needs an init system.
    packages+=(fonts-noto-cjk)
    is_ubuntu || packages+=(chromium)
    ;;
  *) usage ;;
esac
is_root || packages+=(uidmap)

# Ansible starts three times slower without bytecode.
unset PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME VIRTUAL_ENV UV_PROJECT_ENVIRONMENT
export UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1

mkdir -p -- "$project/.cache"
log=$project/.cache/setup.log
exec 9>"$project/.cache/setup.lock"
flock 9
: >"$log"

began=$SECONDS
install_packages "${packages[@]}"
install_environment "$2"
if [ "$2" = test ]; then install_browser_and_assets; fi
[ $((SECONDS - began)) -lt 2 ] || say "ready after $((SECONDS - began)) s"
