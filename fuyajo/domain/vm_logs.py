"""What was written about a machine, line by line: bounded, inert, chosen by text and time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Source = Literal["runs", "qemu", "journal", "cloud-init"]
SOURCES: tuple[Source, ...] = get_args(Source)
#: What a guest says of itself: anything, by whoever is root in there.
OF_GUESTS: tuple[Source, ...] = ("journal", "cloud-init")
MOST_LINES, LINES = 2000, 200
MOST_GREP = 200
WIDEST = 500  # characters of one line
_START = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+0000): starting up libvirt version: ")
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d\.\d+\+0000: |T\d\d:\d\d:\d\d\.\d+Z ))"  # libvirt's, QEMU's
)
_VERSION = re.compile(r"qemu version: ?([\w.]+)")
_PATH = re.compile(r"(?<![\w.…])/(?:[^\s'\"/,:;()]+/)+([^\s'\"/,:;()]*)")


@dataclass(frozen=True)
class Wanted:
    """Which lines: those with this text in them, from a time to another, the last so many."""

    source: Source = "runs"
    grep: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    lines: int = LINES


@dataclass(frozen=True)
class LogLine:
    """`at` is None where the line has no time of its own."""

    at: datetime | None
    text: str


@dataclass(frozen=True)
class VmLog:
    """`more`: older lines that fit were left out."""

    vm: str
    uuid: str
    source: Source
    lines: tuple[LogLine, ...]
    more: bool


def plain(said: str) -> str:
    """One bounded line in which nothing is an order to a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in said.replace("\t", " "))[:WIDEST]


def chosen(lines: Iterable[LogLine], wanted: Wanted) -> tuple[tuple[LogLine, ...], bool]:
    """The last of those that fit. A line without a time is taken to be of the time of the one before it."""
    found, last = [], None
    for line in lines:
        last = line.at or last
        if _within(last, wanted) and (wanted.grep is None or wanted.grep in line.text):
            found.append(line)
    return tuple(found[-wanted.lines :]), len(found) > wanted.lines


def _within(at: datetime | None, wanted: Wanted) -> bool:
    if at is None:
        return wanted.since is None and wanted.until is None
    return not (
        (wanted.since is not None and at < wanted.since)
        or (wanted.until is not None and at >= wanted.until)
    )


def qemu_lines(raw: str, uuid: str) -> list[LogLine]:
    """QEMU's log of one machine, without its command line and without folders of the host.

    The file goes by the name, and outlives a machine: who has the name today must not read what an earlier
    machine left. So a start counts only when the command line behind it has this UUID, and what stands before
    the first start is nobody's.
    """
    found: list[LogLine] = []
    ours, lines = False, iter(raw.splitlines())
    for line in lines:
        if start := _START.match(line):
            version = _VERSION.search(line)
            command = _command(lines)
            ours = {word for word in command if word.startswith("-uuid ")} == {f"-uuid {uuid}"}
            line = f"{start[1]}: starting up, QEMU {version[1] if version else '?'}"
        if ours:
            found.append(_line(line))
    return found


_JOURNAL = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,6})?[+-]\d\d:?\d\d) ", re.ASCII)


def journal_lines(raw: str) -> list[LogLine]:
    """What `journalctl -o short-iso-precise` printed. A message of several lines has a time once."""
    return [_journal_line(line) for line in raw.splitlines()]


def _journal_line(said: str) -> LogLine:
    match = _JOURNAL.match(said)
    if match is None:
        return LogLine(None, plain(said))
    try:
        at = datetime.fromisoformat(match[1])
    except ValueError:
        return LogLine(None, plain(said))
    return LogLine(at, plain(said[match.end() :]))


def _command(lines: Iterable[str]) -> list[str]:
    """The lines of a command, up to the one that is not continued."""
    found = []
    for line in lines:
        found.append(line.removesuffix("\\").strip())
        if not line.endswith("\\"):
            break
    return found


def _line(said: str) -> LogLine:
    at = None
    if match := _TIME.match(said):
        try:
            at = datetime.fromisoformat(match[1].rstrip(": "))
        except ValueError:
            at = None  # the 31st of a month that has none: then it is a line without a time
        else:
            said = said[match.end() :]
    return LogLine(at, plain(_PATH.sub(r"…/\1", said)))
