"""Server-sent events of runs: each listener reads for itself, one watcher per run wakes them all.

Memory is one piece of the story per listener, however long the run is and however slow the listener.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache

from sse_starlette import EventSourceResponse, ServerSentEvent

from fuyajo.domain.errors import FuyajoError, NotFound
from fuyajo.http.standing import Held, Standing
from fuyajo.service.context import Actor
from fuyajo.service.following import Seen, seen
from fuyajo.store.tails import Tail
from fuyajo.views.run import run_json

LOOK_SECONDS = 0.2  # between two looks at the size of what another process writes
# The same while a run has told nothing yet: whoever has just asked for it looks at nothing else.
FIRST_LOOK_SECONDS = 0.04
FIRST_LOOKS = 250  # so many of those at most
STATE_LOOKS = 5  # so many of those for one look at the state of the run
HEARTBEAT_SECONDS = 15.0
SHORT = 2048  # characters of a line
SEND_SECONDS = 30.0  # a listener that takes nothing for so long is gone
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@dataclass
class _Watch:
    """What is known of one run; `changed` is set once, and then another one is there."""

    actor: Actor
    run: str
    tail: Tail
    listeners: int = 0
    size: int = 0
    state: Seen | None = None
    over: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class Streams:
    """All listeners of one service. `end` closes them: the service stops. So does the end of their token."""

    def __init__(self, standing: Standing, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._standing, self._heartbeat = standing, heartbeat
        self._ending = asyncio.Event()
        self._watches: dict[tuple[str, str], _Watch] = {}

    def end(self) -> None:
        self._ending.set()
        for watch in self._watches.values():
            watch.wake()

    @property
    def ending(self) -> bool:
        """Whether listeners are to go: they come again when the service is back."""
        return self._ending.is_set()

    def follow(self, actor: Actor, tail: Tail, run_id: str, digest: str) -> EventSourceResponse:
        """Everything of the run from where `tail` begins to its end, and then how it ended.

        `digest` is that of the token that asks: when it opens nothing any more, nothing more is said.
        """
        return self.send(self._events(actor, tail, run_id, digest))

    def holding(self, digest: str, wake: Callable[[], None]) -> AbstractAsyncContextManager[Held]:
        """For as long as the stream goes on; `wake` is called when that token opens nothing any more."""
        return self._standing.of(digest, wake)

    def send(self, events: AsyncIterator[ServerSentEvent | bytes]) -> EventSourceResponse:
        """With heartbeats, and not for ever to somebody who takes nothing."""
        return EventSourceResponse(
            events,
            ping=self._heartbeat,
            sep="\n",
            send_timeout=SEND_SECONDS,
            headers=_HEADERS,
        )

    def replay(self, tail: Tail) -> EventSourceResponse:
        """What is there now, from where `tail` begins."""
        return EventSourceResponse(
            _written(tail), sep="\n", send_timeout=SEND_SECONDS, headers=_HEADERS
        )

    async def _events(
        self, actor: Actor, tail: Tail, run_id: str, digest: str
    ) -> AsyncIterator[ServerSentEvent | bytes]:
        async with (
            self._watching(actor, run_id, tail) as watch,
            self._standing.of(digest, watch.wake) as held,
        ):
            while not held.out:
                # In this order: what is written before the end is read before the end is told.
                over, changed = watch.over, watch.changed
                try:
                    found = await asyncio.to_thread(tail.more)
                except FuyajoError:  # the database is away: the listener comes again
                    return
                if held.out:
                    return
                if found:
                    # One piece, one write: with hundreds of listeners the writes are what costs.
                    yield b"".join(_told(seq, line) for seq, line in found)
                    continue
                if over and watch.state is not None:
                    yield _end(watch.state, tail.after)
                if over or self._ending.is_set():
                    return
                await changed.wait()

    @asynccontextmanager
    async def _watching(self, actor: Actor, run_id: str, tail: Tail) -> AsyncIterator[_Watch]:
        key = (actor.user, run_id)
        watch = self._watches.get(key)
        if watch is None:
            watch = self._watches[key] = _Watch(actor, run_id, tail)
            watch.task = asyncio.get_running_loop().create_task(self._look(watch))
        watch.listeners += 1
        try:
            yield watch
        finally:
            watch.listeners -= 1
            if not watch.listeners:
                self._watches.pop(key, None)
                if watch.task is not None:
                    watch.task.cancel()

    async def _look(self, watch: _Watch) -> None:
        """Until nobody listens any more, or the run is over."""
        looks, gone = 0, False
        while not self._ending.is_set():
            if looks % STATE_LOOKS == 0:
                gone = await _gone(watch)
            looks += 1
            over = gone or (watch.state is not None and watch.state.over)
            size = await asyncio.to_thread(watch.tail.size)
            if over or size != watch.size:
                watch.size, watch.over = size, over
                watch.wake()
            if over:
                return
            pause = FIRST_LOOK_SECONDS if not size and looks < FIRST_LOOKS else LOOK_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), pause)


async def _written(tail: Tail) -> AsyncIterator[bytes]:
    while found := await asyncio.to_thread(tail.more):
        yield b"".join(_told(seq, line) for seq, line in found)


async def _gone(watch: _Watch) -> bool:
    """Look at the state; whether the run is not there any more (old ones are removed)."""
    try:
        watch.state = await asyncio.to_thread(seen, watch.actor, watch.run)
    except NotFound:
        return True
    except FuyajoError:  # the database is busy: the next look may do
        return False
    return False


def _told(seq: int, line: str) -> bytes:
    """As it goes to a listener. Others are told the same in a moment: short lines are remembered."""
    return _short(seq, line) if len(line) < SHORT else _event(seq, line)


@lru_cache(maxsize=1024)
def _short(seq: int, line: str) -> bytes:
    return _event(seq, line)


def _event(seq: int, line: str) -> bytes:
    return ServerSentEvent(line, id=str(seq), event=_kind(line), sep="\n").encode()


def heard(last_event_id: str | None, after: int = 0) -> int:
    """The number of the event that a listener had last; what is no number is none."""
    said = last_event_id or ""
    return int(said) if said.isascii() and said.isdigit() else after


def _kind(line: str) -> str:
    kind = json.loads(line).get("kind")
    return kind if isinstance(kind, str) and kind.isidentifier() else "event"


def _end(state: Seen, after: int) -> ServerSentEvent:
    return ServerSentEvent(json.dumps(run_json(state)), id=str(after), event="end", sep="\n")
