"""A planner backend that says what a test wants, piece by piece."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from typing import TYPE_CHECKING, Any

from fuyajo.planner.backend import Completion, Partial, PlannerRequest, Usage

if TYPE_CHECKING:
    import pytest

CHAT: dict[str, Any] = {"type": "chat", "message": "hello there", "config": None}


def config(**parts: Any) -> dict[str, Any]:
    return {"type": "config", "message": "This is what would be done.", "config": parts}


class ScriptedBackend:
    """Says `replies` in order, the last one again and again; keeps every request."""

    name = "scripted"
    waits = True
    repairs = True
    deadline_s = 5.0

    def __init__(self, *replies: Any, pieces: Sequence[str] = (), hangs: bool = False) -> None:
        self.replies, self.pieces, self.hangs = list(replies), pieces, hangs
        self.requests: list[PlannerRequest] = []
        self.closed = 0

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        self.requests.append(request)
        try:
            for piece in self.pieces:
                yield Partial(piece)
            if self.hangs:
                await asyncio.Event().wait()
            said = self.replies[min(len(self.requests), len(self.replies)) - 1]
            yield Completion(said, "scripted-1", Usage(10, 5, 0.25))
        finally:
            self.closed += 1

    async def identity(self) -> dict[str, str]:
        return {"adapter": "scripted-1"}


def stand_in(patch: pytest.MonkeyPatch, backend: ScriptedBackend) -> ScriptedBackend:
    """`--backend claude` asks this one, which the gate trusts by that name; the rules stay themselves."""
    from fuyajo.planner.backends.rules import RulesBackend
    from fuyajo.service import answering

    backend.name = "claude"
    patch.setattr(answering, "make", lambda name, _: RulesBackend() if name == "rules" else backend)
    return backend


class Dictated(ScriptedBackend):
    """Says what a test says from another thread, piece by piece, until `done`."""

    deadline_s = 60.0

    def __init__(self, *replies: Any) -> None:
        super().__init__(*replies)
        self.began = threading.Event()

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        self.requests.append(request)
        self._loop, self._pieces = asyncio.get_running_loop(), asyncio.Queue[Partial | None]()
        self.began.set()
        try:
            while (piece := await self._pieces.get()) is not None:
                yield piece
            yield Completion(self.replies[-1], "scripted-1", Usage(10, 5, 0.25))
        finally:
            self.began.clear()
            self.closed += 1

    def say(self, *pieces: str, restarts: bool = False) -> None:
        for piece in pieces:
            self._put(Partial(piece, restarts))

    def done(self) -> None:
        self._put(None)

    def _put(self, piece: Partial | None) -> None:
        assert self.began.wait(20)
        self._loop.call_soon_threadsafe(self._pieces.put_nowait, piece)
