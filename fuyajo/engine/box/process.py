"""Processes by identity: a number alone may have been given to somebody else since.

Linux only: `/proc`, pidfd, prctl.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_PAUSE = 0.01  # seconds between two looks at a dying tree
_GONE = frozenset("ZXx")


@dataclass(frozen=True)
class Identity:
    """A process that cannot be mistaken for a later one with the same number.

    `start` is in clock ticks since boot (field 22 of /proc/PID/stat), `boot` names that boot.
    """

    pid: int
    start: int
    boot: str


@dataclass(frozen=True)
class Stat:
    """The fields of /proc/PID/stat that matter here."""

    state: str
    parent: int
    start: int


def read_stat(pid: int) -> Stat | None:
    """None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return parse_stat(text)


def parse_stat(text: str) -> Stat:
    """The command name may hold spaces and parentheses, so the fields count from the last `)`."""
    fields = text.rpartition(")")[2].split()
    return Stat(state=fields[0], parent=int(fields[1]), start=int(fields[19]))


def identify(pid: int) -> Identity | None:
    """The identity of a live process, None when it is gone (a zombie is gone)."""
    stat = read_stat(pid)
    if stat is None or stat.state in _GONE:
        return None
    return Identity(pid, stat.start, boot_id())


def boot_id() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def alive(identity: Identity) -> bool:
    """Whether exactly this process still runs."""
    return identify(identity.pid) == identity


def has_argument(pid: int, argument: str) -> bool:
    """Whether `argument` is one of the words of this process's command line (a second witness)."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(argument) in words


def open_pidfd(identity: Identity) -> int | None:
    """A handle on exactly this process, None when it is gone. The caller closes it."""
    try:
        handle = os.pidfd_open(identity.pid)
    except ProcessLookupError:
        return None
    # Looked at again with the handle held: the number cannot change hands any more.
    if alive(identity):
        return handle
    os.close(handle)
    return None


def send(handle: int, number: signal.Signals) -> None:
    """Signal through a pidfd; a process that is already gone is fine."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(handle, number)


def wait_gone(handle: int, seconds: float) -> bool:
    """Whether the process behind a pidfd ends within that time.

    For the first process of a pid namespace this means that the whole namespace is empty: the
    kernel lets it end only after everything in there has been reaped.
    """
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    return bool(poller.poll(max(0, seconds) * 1000))


def descendants(root: int) -> list[int]:
    """Every process below `root`, zombies included, the nearest first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := read_stat(int(entry.name))):
            children.setdefault(stat.parent, []).append(int(entry.name))
    found = list(children.get(root, []))
    for pid in found:  # grows while it is walked: breadth first
        found.extend(children.get(pid, []))
    return found


def kill_descendants(seconds: float) -> bool:
    """SIGKILL everything below this process, which must be a subreaper, until nothing is left.

    A child that forks faster than it is found is found in the next round. True when all are gone in
    time.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        kill(descendants(os.getpid()))
        if _reap_all():
            return True
        time.sleep(_PAUSE)
    return False


def kill(pids: Iterable[int]) -> None:
    """SIGKILL each; one that has ended meanwhile is fine."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _reap_all() -> bool:
    """Collect the dead; True when this process has no children left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def become_subreaper() -> None:
    """Orphans below this process become its children instead of init's."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def signal_on_parent_death(number: signal.Signals) -> None:
    """Be told when the *thread* that started this process ends. Does not catch a parent already
    gone.
    """
    _prctl(PR_SET_PDEATHSIG, number)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
