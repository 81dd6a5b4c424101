"""The file that libvirt lets QEMU write for each machine. libvirt has no call for it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from fuyajo.domain.errors import Problem, Unavailable, shown
from fuyajo.engine.reader import is_local

SYSTEM = Path("/var/log/libvirt/qemu")
MOST_BYTES = 4 * 1024 * 1024  # of each file; virtlogd begins another after 2 MiB
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_log(uri: str, name: str) -> str:
    """The end of what is kept, the file before the last included; empty where nothing was written.

    Raises `Unavailable` where it lies elsewhere or may not be read.
    """
    if not is_local(uri) or not uri.startswith("qemu:"):
        raise Unavailable(
            Problem("", "vm_log_elsewhere", {"value": shown(name), "uri": shown(uri)})
        )
    directory = folder(uri)
    try:
        opened = os.open(directory, _FLAGS | os.O_DIRECTORY)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise _unreadable(directory, error) from None
    try:
        files = (_tail(opened, f"{name}.log{end}") for end in (".0", ""))
        return b"".join(files).decode("utf-8", "replace")
    except OSError as error:
        raise _unreadable(directory / f"{name}.log", error) from None
    finally:
        os.close(opened)


def folder(uri: str) -> Path:
    """Where the libvirt at this address has its logs."""
    if not uri.partition("?")[0].endswith("/session"):
        return SYSTEM
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "libvirt" / "qemu" / "log"


def _tail(directory: int, name: str) -> bytes:
    """Nothing of a link, a pipe or a name with a way in it."""
    if "/" in name or name.startswith("."):
        return b""
    try:
        opened = os.open(name, _FLAGS, dir_fd=directory)
    except FileNotFoundError:
        return b""
    with os.fdopen(opened, "rb") as file:
        about = os.fstat(opened)
        if not stat.S_ISREG(about.st_mode):
            return b""
        file.seek(max(0, about.st_size - MOST_BYTES))
        return file.read(MOST_BYTES)


def _unreadable(path: Path, error: OSError) -> Unavailable:
    params = {"file": shown(str(path), 200), "detail": shown(error.strerror or str(error), 200)}
    return Unavailable(Problem("", "vm_log_unreadable", dict(params)))
