"""Which conversation a terminal has: one from the log-in, or the opened window, to its end."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from fuyajo.domain.errors import InvalidInput, Problem, shown

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_PROC = Path("/proc")


def conversation_id(name: str | None) -> str | None:
    """The named conversation, else this terminal's; None without a terminal. Raises `InvalidInput`."""
    if name is None:
        return terminal_conversation()
    if not _NAME.fullmatch(name):
        raise InvalidInput(Problem("conversation", "bad_conversation", {"value": shown(name)}))
    return f"n-{name}"


def terminal_conversation(proc: Path = _PROC) -> str | None:
    """By the controlling terminal and the session's leader: numbers are used again, moments are not."""
    try:
        own = _fields(proc / "self" / "stat")
        session, terminal = int(own[3]), int(own[4])
        if terminal == 0:
            return None
        began = _fields(proc / str(session) / "stat")[19]
        boot = (proc / "sys/kernel/random/boot_id").read_text(encoding="ascii")
    except (OSError, ValueError, IndexError):
        return None
    mark = f"{boot}:{terminal}:{session}:{began}"
    return f"t-{hashlib.sha256(mark.encode()).hexdigest()[:32]}"


def _fields(stat: Path) -> list[str]:
    """What follows the program's name, which may hold anything: state, parent, group, session, tty …"""
    return stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
