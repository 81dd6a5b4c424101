"""Tokens that hold a stream open: one look at all of them together, and what is out ends its streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from fuyajo.domain.errors import FuyajoError
from fuyajo.service.authenticating import open_still
from fuyajo.store.people import PeopleStore

LOOK_SECONDS = 1.0


@dataclass(eq=False)
class Held:
    """One stream. `out` is set once; `wake` makes whoever waits look at it."""

    digest: str
    wake: Callable[[], None]
    out: bool = False


class Standing:
    """All streams of one service, in the order they came."""

    def __init__(self, people: PeopleStore, seconds: float = LOOK_SECONDS) -> None:
        self._people, self._seconds = people, seconds
        self._held: list[Held] = []
        self._none = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def of(self, digest: str, wake: Callable[[], None]) -> AsyncIterator[Held]:
        """For as long as the stream goes on; `digest` is that of its token."""
        held = Held(digest, wake)
        self._held.append(held)
        self._none.clear()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())
        try:
            yield held
        finally:
            self._held.remove(held)
            if not self._held:
                self._none.set()

    async def _look(self) -> None:
        while self._held:
            digests = {held.digest for held in self._held}
            with suppress(FuyajoError):  # the database is busy: the next look may do
                good = await asyncio.to_thread(open_still, self._people, digests)
                self._end(digests - good)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._none.wait(), self._seconds)

    def _end(self, over: set[str]) -> None:
        for held in self._held:
            if held.digest in over and not held.out:
                held.out = True
                held.wake()
