"""Probes of libvirt, its daemons, and the accelerator."""

from __future__ import annotations

import grp
import os
import shlex
import socket
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from fuyajo.domain.errors import Unavailable
from fuyajo.engine.doctor.result import Result, account, as_root

SYSTEM = "qemu:///system"
SESSION = "qemu:///session"
VIRTLOGD = Path("/run/libvirt/virtlogd-sock")
CONNECT_SECONDS = 5.0
SOCKET_PATH_BYTES = 107  # of a UNIX socket, without its final NUL
NAME_IN_PATH = 20
_DAEMONS = Path(__file__).resolve().parents[3] / "scripts" / "libvirt_daemons.py"
_SYSTEMD = Path("/run/systemd/system")


def start_daemons() -> str:
    """The command that starts libvirt's system daemons on this machine."""
    if _SYSTEMD.is_dir():
        return as_root("systemctl start virtlogd.socket libvirtd.socket")
    if _DAEMONS.is_file():
        return as_root(f"{shlex.quote(sys.executable)} {shlex.quote(str(_DAEMONS))} start")
    return as_root("virtlogd --daemon") + " && " + as_root("libvirtd --daemon")


def libvirt(uri: str) -> list[Result]:
    """Connect, and ask for something."""
    from fuyajo.engine.reader import connection

    try:
        with connection(uri) as host:
            host.capacity()
    except Unavailable as error:
        detail = error.problems[0].params.get("detail")
        return [Result("fail", "silent", {"uri": uri, "detail": detail}, _libvirt_fix(uri))]
    return [Result("ok", "answers", {"uri": uri})]


def _libvirt_fix(uri: str) -> str:
    if uri == SYSTEM and os.geteuid() != 0 and not _in_group("libvirt"):
        return f"sudo usermod --append --groups libvirt {account()}"
    if uri == SYSTEM:
        return start_daemons()
    return f"virsh --connect {shlex.quote(uri)} version"


def virtlogd(uri: str) -> list[Result]:
    """Without it every start of a guest fails, and libvirt's message does not say so."""
    if uri != SYSTEM:
        return []
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(CONNECT_SECONDS)
        try:
            client.connect(str(VIRTLOGD))
        except PermissionError:
            return [Result("ok", "there")]  # only root may talk to it
        except OSError:
            return [Result("fail", "missing", {}, start_daemons())]
    return [Result("ok", "answers")]


def groups(uri: str) -> list[Result]:
    """Who may use which libvirt."""
    if os.geteuid() == 0:
        return [Result("ok", "root")]
    if uri != SYSTEM:
        return [Result("ok", "session")]
    if _in_group("libvirt"):
        return [Result("ok", "member")]
    fix = f"sudo usermod --append --groups libvirt {account()}"
    return [Result("warn", "outside", {"user": account()}, fix)]


def _in_group(name: str) -> bool:
    try:
        return grp.getgrnam(name).gr_gid in {os.getegid(), *os.getgroups()}
    except KeyError:
        return False


def runtime_directory(
    uri: str, environ: Mapping[str, str], user_run: Path | None = None
) -> list[Result]:
    """Where a user's own libvirt keeps its socket. Two places would mean two daemons."""
    if uri != SESSION:
        return []
    said = environ.get("XDG_RUNTIME_DIR", "")
    usual = user_run or Path(f"/run/user/{os.geteuid()}")
    if not said and usual.is_dir():
        return [Result("warn", "unset", {"path": str(usual)}, _runtime_fix(usual))]
    if not said:  # libvirt then uses the cache directory, in every shell alike
        return [Result("ok", "cache")]
    try:
        found = Path(said).stat()
    except OSError:
        possible = os.access(Path(said).parent, os.W_OK | os.X_OK)
        fix = f"mkdir -m 0700 {shlex.quote(said)}" if possible else _runtime_fix(usual)
        return [Result("fail", "missing", {"path": said}, fix)]
    if found.st_uid != os.geteuid() or not stat.S_ISDIR(found.st_mode):
        return [Result("fail", "open", {"path": said}, _runtime_fix(usual))]
    if stat.S_IMODE(found.st_mode) & 0o022:
        return [Result("fail", "open", {"path": said}, f"chmod 0700 {shlex.quote(said)}")]
    return [Result("ok", "ours", {"path": said})]


def _runtime_fix(usual: Path) -> str:
    """Go to this account's own directory, or let libvirt choose (a shell may keep another's, as su does)."""
    if usual.is_dir():
        return f"export XDG_RUNTIME_DIR={shlex.quote(str(usual))}"
    return "unset XDG_RUNTIME_DIR"


def socket_room(uri: str, environ: Mapping[str, str]) -> list[Result]:
    """A session's libvirt binds each guest agent's socket below the home; the kernel bounds the path.

    libvirt keeps 20 letters of a machine's name in it, so with room for those every name is fine.
    """
    if uri != SESSION:
        return []
    config = environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    agent = f"{config}/libvirt/qemu/channel/target/domain-99-/org.qemu.guest_agent.0"
    letters = SOCKET_PATH_BYTES - len(os.fsencode(agent))
    if letters >= NAME_IN_PATH:
        return [Result("ok", "room")]
    if letters < 1:
        return [Result("fail", "none", {"path": config})]
    return [Result("warn", "short", {"path": config, "letters": letters})]


def kvm() -> list[Result]:
    """Only a guest that ran tells. Without KVM everything works, slower."""
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.probe import probe_kvm

    usable, reason = probe_kvm()
    if usable:
        return [Result("ok", "usable", {"reason": reason})]
    return [Result("warn", "emulated", {"reason": reason}, _kvm_fix())]


def _kvm_fix() -> str | None:
    device = Path("/dev/kvm")
    if device.exists() and not os.access(device, os.R_OK | os.W_OK):
        return f"sudo usermod --append --groups kvm {account()}"
    if not device.exists() and _cpu_has_virtualisation():
        return as_root("modprobe kvm_intel") + " || " + as_root("modprobe kvm_amd")
    return None  # the machine around this one would have to allow it


def _cpu_has_virtualisation() -> bool:
    flags = set(Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").split())
    return bool(flags & {"vmx", "svm"})
