"""Probes of the machine itself: room, memory, programs, ports, isolation."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fuyajo.engine.doctor.result import Result, Status, account, as_root, find

GIB = 1024**3
# An image build needs about 4 GiB for a while; a machine that runs needs little more than it writes.
DISK_WARN_GIB, DISK_FAIL_GIB = 6, 1
MEMORY_WARN_MIB, MEMORY_FAIL_MIB = 1536, 512
TRY_SECONDS = 5
RUN_TOOLS = {
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "qemu-system-x86_64": "qemu-system-x86",
}
_SYSCTLS = {  # file → (value that forbids, value that allows)
    "kernel/apparmor_restrict_unprivileged_userns": ("1", "0"),
    "kernel/unprivileged_userns_clone": ("0", "1"),
    "user/max_user_namespaces": ("0", "15000"),
}


def home(path: Path) -> list[Result]:
    """Write a file where everything of Fuyajo lies, or would lie."""
    place = _existing(path)
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".fuyajo-doctor-"):
            pass
    except OSError as error:
        fix = f"export FUYAJO_HOME={shlex.quote(str(Path.home() / 'fuyajo'))}"
        return [Result("fail", "readonly", {"path": str(place), "detail": error.strerror}, fix)]
    if path.is_dir() and path.stat().st_mode & 0o077:
        return [Result("warn", "open", {"path": str(path)}, f"chmod 0700 {shlex.quote(str(path))}")]
    return [Result("ok", "writable", {"path": str(path)})]


def disk(path: Path, variable: str) -> list[Result]:
    """Room where `path` is, or will be; `variable` moves it elsewhere."""
    free = shutil.disk_usage(_existing(path)).free / GIB
    params = {"path": str(path), "free": f"{free:.1f}", "need": str(DISK_WARN_GIB)}
    if free >= DISK_WARN_GIB:
        return [Result("ok", "room", params)]
    fix = f"export {variable}=/a/directory/on/a/larger/disk"
    return [Result("fail" if free < DISK_FAIL_GIB else "warn", "small", params, fix)]


def _existing(path: Path) -> Path:
    """The path, or the nearest of its parents that exists."""
    return next(p for p in (path, *path.parents) if p.exists())


def memory(meminfo: Path = Path("/proc/meminfo")) -> list[Result]:
    lines = (line.split() for line in meminfo.read_text(encoding="ascii").splitlines())
    kib = {words[0].rstrip(":"): int(words[1]) for words in lines}
    total, free = kib["MemTotal"] // 1024, kib["MemAvailable"] // 1024
    params = {"total": total, "free": free, "need": MEMORY_WARN_MIB}
    if free >= MEMORY_WARN_MIB:
        return [Result("ok", "room", params)]
    status: Status = "fail" if free < MEMORY_FAIL_MIB else "warn"
    return [Result(status, "small", params, "ps -eo rss,comm --sort -rss | head")]


def tools() -> list[Result]:
    """What every run needs."""
    if _programs_missing(RUN_TOOLS):
        return [_install("fail", _programs_missing(RUN_TOOLS))]
    playbook = Path(sys.executable).parent / "ansible-playbook"
    if not playbook.is_file():
        fix = f"{shlex.quote(sys.executable)} -m pip install ansible-core"
        return [Result("fail", "no_ansible", {"path": str(playbook)}, fix)]
    return [Result("ok", "there")]


def build_tools(image_there: bool) -> list[Result]:
    """What building and importing images needs; no failure once an image is there."""
    from fuyajo.engine.images.catalogue import (
        BUILD_FILES,
        BUILD_TOOLS,
        IMPORT_TOOLS,
        USER_BUILD_TOOLS,
    )

    wanted = {**BUILD_TOOLS, **IMPORT_TOOLS, **({} if os.geteuid() == 0 else USER_BUILD_TOOLS)}
    missing = _programs_missing(wanted)
    missing |= {name: pack for name, pack in BUILD_FILES.items() if not os.access(name, os.R_OK)}
    if missing:
        return [_install("warn" if image_there else "fail", missing)]
    return [Result("ok", "there")]


def _programs_missing(wanted: Mapping[str, str]) -> dict[str, str]:
    return {command: package for command, package in wanted.items() if find(command) is None}


def _install(status: Status, missing: Mapping[str, str]) -> Result:
    packages = " ".join(sorted(set(missing.values())))
    fix = as_root(f"apt-get install --no-install-recommends {packages}")
    return Result(status, "missing", {"missing": ", ".join(sorted(missing))}, fix)


def port() -> list[Result]:
    """Bind and reach a port of 127.0.0.1, as forwarded ports of guests will."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(TRY_SECONDS)
            with socket.create_connection(server.getsockname(), timeout=TRY_SECONDS):
                return [Result("ok", "bound")]
    except OSError as error:
        return [Result("fail", "refused", {"detail": str(error)}, as_root("ip link set lo up"))]


def containment() -> list[Result]:
    """How a run's processes are kept together."""
    from fuyajo.engine.runner import containment as probe

    if probe() == "bubblewrap":
        return [Result("ok", "bubblewrap")]
    if find("bwrap") is None:
        fix: str | None = as_root("apt-get install --no-install-recommends bubblewrap")
    else:
        fix = _sysctl_fix()
    return [Result("warn", "subreaper", {}, fix)]


def user_namespaces() -> list[Result]:
    """A normal user builds images in one; try it with the numbers that were given to the account."""
    if os.geteuid() == 0:
        return [Result("ok", "root")]
    tried = subprocess.run(
        ["unshare", "--user", "--map-root-user", "true"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TRY_SECONDS,
        check=False,
    )
    if tried.returncode != 0:
        return [Result("warn", "forbidden", {}, _sysctl_fix())]
    if not all(_has_range(Path(file)) for file in ("/etc/subuid", "/etc/subgid")):
        numbers = "--add-subuids 100000-165535 --add-subgids 100000-165535"
        return [
            Result("warn", "no_range", {"user": account()}, f"sudo usermod {numbers} {account()}")
        ]
    return [Result("ok", "usable")]


def _has_range(file: Path) -> bool:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.split(":")[0] in (account(), str(os.geteuid())) for line in lines)


def _sysctl_fix() -> str | None:
    """The kernel setting that forbids user namespaces here, if one does."""
    for name, (forbids, allows) in _SYSCTLS.items():
        try:
            value = Path("/proc/sys", name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if value == forbids:
            return as_root(f"sysctl -w {name.replace('/', '.')}={allows}")
    return None
