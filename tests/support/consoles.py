"""A guest with a serial console that is only a value: it prints what a test says, and keeps what is typed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fuyajo.domain.errors import Conflict, Problem
from fuyajo.service.auditing import Wanted, entries
from fuyajo.service.context import Actor

SECONDS = 15.0


def rows(actor: Actor, count: int) -> list[dict[str, Any]]:
    """What the audit says of consoles, the oldest first, as soon as there is so much."""
    until, pause = time.monotonic() + SECONDS, threading.Event()
    while True:
        found = [one.body for one in entries(actor, Wanted())]
        found = [body for body in found if str(body["event"]).startswith("console.")]
        if len(found) >= count or time.monotonic() > until:
            return found
        pause.wait(0.05)


@dataclass(eq=False)
class Line:
    """As `fuyajo.engine.console.Line`. It repeats what is typed."""

    guest: Guest
    wake: Callable[[], None]
    waiting: bytearray = field(default_factory=bytearray)
    left_out: int = 0
    over: bool = False
    closed: bool = False

    def take(self) -> tuple[bytes, int]:
        with self.guest.changed:
            found, left_out = bytes(self.waiting), self.left_out
            self.waiting.clear()
            self.left_out = 0
        return found, left_out

    def send(self, typed: bytes) -> int:
        with self.guest.changed:
            self.guest.typed += typed
            self.guest.changed.notify_all()
            if self.guest.echoes:
                self.waiting += typed
        self.wake()
        return len(typed)

    def running(self) -> bool:
        return self.guest.running

    def end(self) -> None:
        self.over = True
        self.wake()

    def close(self) -> None:
        with self.guest.changed:
            self.closed = self.over = True
            self.guest.changed.notify_all()


@dataclass
class Guest:
    typed: bytearray = field(default_factory=bytearray)
    lines: list[Line] = field(default_factory=list)
    running: bool = True
    echoes: bool = True
    greeting: bytes = b"login: "
    changed: threading.Condition = field(default_factory=threading.Condition)

    def dial(self, _uri: str, _uuid: str, wake: Callable[[], None], take_over: bool) -> Line:
        there = [line for line in self.lines if not line.over]
        if there and not take_over:
            raise Conflict(Problem("", "console_in_use"))
        for line in there:
            line.end()
        made = Line(self, wake, bytearray(self.greeting))
        with self.changed:
            self.lines.append(made)
            self.changed.notify_all()
        return made

    def print(self, text: bytes) -> None:
        line = self.lines[-1]
        with self.changed:
            line.waiting += text
        line.wake()

    def stop(self) -> None:
        self.running = False
        self.lines[-1].end()

    def until(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, SECONDS)
