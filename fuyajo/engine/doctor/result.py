"""What a probe found, and the frame that keeps every probe short and harmless."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from fuyajo.domain.errors import Param, shown

Status = Literal["ok", "warn", "fail"]
DEADLINE_SECONDS = 6.0
# The tools of file systems and boot loaders live outside a normal user's search path.
_EXTRA_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


@dataclass(frozen=True)
class Result:
    """One answer of a probe.

    `code` and `params` name a text (`doctor.<check>.<code>`); `fix` is a command for a terminal, None when
    nothing is wrong or when no command could help.
    """

    status: Status
    code: str
    params: Mapping[str, Param] = field(default_factory=dict)
    fix: str | None = None


Probe = Callable[[], list[Result]]


def bounded(probe: Probe, seconds: float = DEADLINE_SECONDS) -> list[Result] | Exception | None:
    """The probe's results, the exception it ended with, or None when it took longer than that.

    It runs in a thread of its own, which is left behind when the time is up: a library call that hangs
    (opening a stopped libvirtd, a dead NFS mount) cannot be interrupted otherwise.
    """
    box: list[list[Result] | Exception] = []

    def work() -> None:
        try:
            box.append(probe())
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits, nothing is lost
            box.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    return box[0] if box else None


def as_root(command: str) -> str:
    """The command as this user has to type it."""
    return command if os.geteuid() == 0 else f"sudo {command}"


def find(command: str) -> str | None:
    return shutil.which(command, path=f"{os.environ.get('PATH', os.defpath)}:{_EXTRA_PATH}")


def account() -> str:
    """This account's name. Not from the environment, which may say anything."""
    import pwd

    try:
        return shown(pwd.getpwuid(os.geteuid()).pw_name)
    except KeyError:
        return str(os.geteuid())
