"""Tells a run's story from inside the box: ansible-runner's events in; pipe, file and tally out.
Bounded.
"""

from __future__ import annotations

import os
import select
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from fuyajo.engine.box import outcome
from fuyajo.engine.box.events import Event, Translator
from fuyajo.engine.box.hiding import Secrets
from fuyajo.engine.box.outcome import Tally

MAX_EVENTS = 20_000
MAX_BYTES = 16 * 1024 * 1024
# What is still told when the rest is left out: how it went, not what it said.
_ALWAYS = frozenset({"stage", "failed", "unreachable", "recap"})
_ROOM = 2  # times the limits, for those
_LEFT_OUT = "too many events: from here on only failures and the recap are kept"


class Narrator:
    """Use as a context manager. A lost owner is remembered, never raised: see `abandoned`."""

    def __init__(self, directory: Path, pipe: int, secrets: Secrets | None = None) -> None:
        self._secrets = secrets or Secrets(iter(()))
        self.tally = Tally()
        self._translator = Translator()
        self._pipe = pipe
        self._file = open(directory / outcome.EVENTS, "ab", opener=outcome.private)  # noqa: SIM115
        self._events = 0
        self._bytes = 0
        self._said_full = False
        self._lost = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def handle(self, raw: Mapping[str, object]) -> bool:
        """ansible-runner's event handler; False keeps its own copy of the event off the disk."""
        # Before anything is cut to its length; and again, for a secret that something else stood within.
        whole = cast("Mapping[str, object]", self._secrets.hidden(raw))
        for cleaned in self._translator.translate(whole):
            event = self._without(cleaned)
            self.tally.add(event)
            if self._fits(event):
                self._write(event)
        return False

    def abandoned(self) -> bool:
        """Whether nobody reads the pipe any more."""
        poller = select.poll()
        poller.register(self._pipe, 0)
        self._lost = self._lost or bool(poller.poll(0))
        return self._lost

    def _without(self, event: Event) -> Event:
        message = self._secrets.hide(event.message)
        data = cast("dict[str, object]", self._secrets.hidden(event.data))
        return replace(event, message=message, data=data)

    def _fits(self, event: Event) -> bool:
        full = self._events >= MAX_EVENTS or self._bytes >= MAX_BYTES
        if full and not self._said_full:
            self._said_full = True
            self._write(self._translator.note(_LEFT_OUT))
        if event.kind == "recap" or not full:
            return True
        over = self._events >= MAX_EVENTS * _ROOM or self._bytes >= MAX_BYTES * _ROOM
        return event.kind in _ALWAYS and not over

    def _write(self, event: Event) -> None:
        line = event.to_json().encode("ascii") + b"\n"
        self._events += 1
        self._bytes += len(line)
        self._send(line)
        self._file.write(line)
        self._file.flush()

    def _send(self, line: bytes) -> None:
        try:
            while line and not self._lost:
                line = line[os.write(self._pipe, line) :]
        except BrokenPipeError:
            self._lost = True
