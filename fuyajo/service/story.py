"""The events of one answer while it is written: bounded in memory, whatever a model says; heard by many.

A listener that was away for longer than the memory reaches gets `again`, which takes back what it was shown,
and one `delta` with the whole message so far.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from fuyajo.domain.talks import Asked
from fuyajo.planner.backend import Partial
from fuyajo.planner.dialogue import Again
from fuyajo.planner.prompt import plain

KEPT = 512  # events
MOST_CHARS = 20_000  # of a message, as of a reply; what is more is in no event before the end
Kind = Literal["delta", "again", "end"]


class Told(NamedTuple):
    """One event; `data` is JSON data. Without a `seq` it stands for no place to resume at."""

    seq: int | None
    kind: Kind
    data: Mapping[str, Any]


class Story:
    """Written by one thread, read by others. `wake` of each listener is called with every event."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: deque[Told] = deque(maxlen=KEPT)
        self._text = ""
        self._seq = 0
        self._over: Mapping[str, Any] | None = None
        self._listeners: list[Callable[[], object]] = []

    def __call__(self, event: Partial | Again) -> None:
        """What a planner says on its way, as `OnEvent` wants it. Not checked by anybody yet."""
        if isinstance(event, Partial):
            if event.restarts:
                self._again(())
            self._delta(plain(event.text, MOST_CHARS))
        else:
            self._again(tuple(problem.code for problem in event.problems))

    def _delta(self, piece: str) -> None:
        piece = piece[: MOST_CHARS - len(self._text)]
        if piece:
            self._tell("delta", {"text": piece}, self._text + piece)

    def _again(self, why: tuple[str, ...]) -> None:
        if self._text:
            self._tell("again", {"why": list(why)}, "")

    def complete(self, message: str) -> int:
        """See that the pieces together are the message. The number that the end will have."""
        if message[:MOST_CHARS] != self._text:
            self._again(())
            self._delta(message)
        return self._seq + 1

    def end(self, turn: Mapping[str, Any]) -> None:
        """The last one: the turn with what came of it."""
        self._tell("end", turn, self._text)

    def _tell(self, kind: Kind, data: Mapping[str, Any], so_far: str) -> None:
        with self._lock:
            self._seq += 1
            self._text = so_far
            self._events.append(Told(self._seq, kind, data))
            self._over = data if kind == "end" else None
            listeners = list(self._listeners)
        for wake in listeners:
            with suppress(RuntimeError):  # its event loop is closed: the service ends
                wake()

    def listen(self, wake: Callable[[], object]) -> Callable[[], None]:
        """Until what is returned is called."""
        with self._lock:
            self._listeners.append(wake)

        def leave() -> None:
            with self._lock:
                self._listeners.remove(wake)

        return leave

    def after(self, seq: int) -> list[Told]:
        """What came behind that event, the end always. Empty: nothing for now."""
        with self._lock:
            if seq >= self._seq:
                return [] if self._over is None else [self._events[-1]]
            if seq >= self._seq - len(self._events):
                return [event for event in self._events if (event.seq or 0) > seq]
            return whole(seq, self._text, self._seq, self._over)


def whole(seq: int, text: str, last: int, over: Mapping[str, Any] | None) -> list[Told]:
    """Everything for somebody whose next event is not kept any more; `last` is the number of the last one."""
    before = last - 1 if over is not None else last
    told: list[Told] = []
    if seq:
        # The place to resume at is behind the message; where there is none, behind this.
        told.append(Told(None if text else before, "again", {"why": []}))
    if text:
        told.append(Told(before, "delta", {"text": text}))
    if over is not None:
        told.append(Told(last, "end", over))
    return told


def stored(seq: int, turn: Asked, told: Mapping[str, Any]) -> list[Told]:
    """The same of a turn that is over, from what is kept of it."""
    last = turn.events or seq + 1
    if seq >= last - 1:
        return [Told(last, "end", told)]
    return whole(seq, turn.reply[:MOST_CHARS], last, told)
