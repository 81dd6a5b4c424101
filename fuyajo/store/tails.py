"""The events of a run as they come: lines of a growing file, or rows of a table.

Both hand on what is there piece by piece, once and in order, and remember where they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

CHUNK = 1 << 16  # bytes read at a time
SHORT = 2048  # bytes of a line
LONGEST = 1 << 20  # bytes of one line; the runner caps them far below that


class Tail(Protocol):
    """`after` is the `seq` of the event that was handed on last."""

    after: int

    def size(self) -> int:
        """Grows when there is something new."""

    def more(self) -> list[tuple[int, str]]:
        """(seq, line) of the next events; nothing when there are none for now. Raises `Unavailable`."""


@dataclass
class FileTail:
    """Reads a growing file of events piece by piece; memory is bounded by one piece and one line."""

    path: Path
    after: int = 0
    _offset: int = 0
    _rest: bytes = field(default=b"", repr=False)

    def size(self) -> int:
        """Bytes that are there now."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def more(self) -> list[tuple[int, str]]:
        """(seq, line) of the next events; nothing when there are none for now."""
        found: list[tuple[int, str]] = []
        while not found:
            piece = self._read()
            if not piece:
                break
            *lines, self._rest = (self._rest + piece).split(b"\n")
            if len(self._rest) > LONGEST:
                self._rest = b""
            found += self._wanted(lines)
        return found

    def _read(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                piece = file.read(CHUNK)
        except OSError:
            return b""
        self._offset += len(piece)
        return piece

    def _wanted(self, lines: list[bytes]) -> Iterator[tuple[int, str]]:
        for line in lines:
            seq, text = _short(line) if len(line) < SHORT else _read(line)
            if seq > self.after:
                self.after = seq
                yield seq, text


@lru_cache(maxsize=1024)
def _short(line: bytes) -> tuple[int, str]:
    """Hundreds may listen to one run: what was read for one of them is remembered for the next."""
    return _read(line)


def _read(line: bytes) -> tuple[int, str]:
    """(seq, the line as text); (-1, nothing) for one that was cut off with a run that was killed."""
    try:
        seq, text = json.loads(line)["seq"], line.decode("utf-8")
    except (ValueError, KeyError, TypeError):
        return -1, ""
    return (seq, text) if isinstance(seq, int) else (-1, "")
