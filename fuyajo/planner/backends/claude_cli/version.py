"""Which CLI a binary is, and which of our options it knows. Asked once per binary and process."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from fuyajo.planner.backends.claude_cli.call import Room, environment
from fuyajo.planner.backends.claude_cli.outcome import fail
from fuyajo.planner.backends.claude_cli.process import Command, Completed, DeadlinePassed, run

PROBE_DEADLINE_S = 20.0
# From here on `--restricted` is known to be there (2.1.197 exits on it). `--version` takes the CLI 0.01 s and
# `--help` 0.25 s, so only older ones are asked for their help.
RESTRICTED_SINCE = (2, 1, 330)


@dataclass(frozen=True)
class Cli:
    """`version` is its own word for it ("2.1.330"), or what tells its file from another."""

    version: str
    restricted: bool


# By (path, mtime in ns, bytes). A memo, never invalid: a new binary has a new key.
_known: dict[tuple[str, int, int], Cli] = {}


async def learn(binary: Path, place: Room) -> Cli:
    """Raises `BackendError` when the binary does not even say its version, `OSError` when it cannot run."""
    found = binary.stat()
    key = (str(binary), found.st_mtime_ns, found.st_size)
    if key not in _known:
        said = (await _ask(binary, place, "--version")).stdout.decode("utf-8", "replace")
        number = re.match(r"(\d{1,9})\.(\d{1,9})\.(\d{1,9})\b", said)
        restricted = number is not None and tuple(map(int, number.groups())) >= RESTRICTED_SINCE
        if not restricted:
            restricted = b"--restricted" in (await _ask(binary, place, "--help")).stdout
        version = number[0] if number else f"{found.st_size}-{found.st_mtime_ns}"
        _known[key] = Cli(version, restricted)
    return _known[key]


async def _ask(binary: Path, place: Room, option: str) -> Completed:
    command = Command((str(binary), option), environment(place), place.cwd)
    try:
        told = await run(command, PROBE_DEADLINE_S)
    except DeadlinePassed:
        fail("timeout", f"{option}: {PROBE_DEADLINE_S:g} s")
    if told.exit != 0:
        fail("crashed", f"{option}: exit {told.exit}")
    return told
