"""A console over a WebSocket: bytes in binary messages both ways, everything else as text.

The page says how much it has shown (a number as text), so that no more than a window of output is on its way:
a browser that is slower than the guest costs output, never memory. The service says `{"kind": …}`: `open`,
`left-out` (with `bytes`), `over` (with why), and `beat`, which a page answers with 0. The server's own pings
would hold its end up until the next one is due.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import WebSocket, WebSocketDisconnect

from fuyajo.domain.errors import FuyajoError
from fuyajo.http.standing import Held
from fuyajo.http.stream import SEND_SECONDS, Streams
from fuyajo.service.consoling import TYPED_MESSAGE, Consoles, Session, Why

WINDOW = 128 * 1024  # bytes that were sent and not shown yet
PIECE = 32 * 1024
LOOK_SECONDS = 1.0
RIGHTS_LOOKS = 5  # looks for each look at the rights
BEAT_LOOKS = (
    20  # looks from one beat to the next; after three without an answer the browser is gone
)
RETRY_SECONDS = 0.05  # a guest that takes no keys now
#: What WebSockets call a message that is too large, or makes no sense.
TOO_LARGE, POLICY = 1009, 1008


class Broken(Exception):
    """The page said something that no page of ours says."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass
class Talk:
    """One session on one socket, until either ends."""

    socket: WebSocket
    session: Session
    streams: Streams
    held: Held
    woken: asyncio.Event
    out: asyncio.Event
    on_way: int = 0
    silent: int = 0  # looks since the page said anything

    async def run(self) -> Why:
        """Why it is over. Raises `Broken`."""
        parts: tuple[Coroutine[Any, Any, Why], ...] = (self._out(), self._in(), self._look())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return next(task for task in tasks if task in done).result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _out(self) -> Why:
        """What is printed, as long as the page keeps up."""
        while True:
            self.woken.clear()
            if self.on_way < WINDOW:
                over = self.session.line.over  # before it is asked for the last time
                printed, left_out = self.session.take()
                try:
                    # Not `wait_for`: in Python 3.11 it may swallow the cancellation that ends this.
                    async with asyncio.timeout(SEND_SECONDS):
                        await self._tell(printed, left_out)
                except TimeoutError:
                    return "slow"
                if printed:
                    continue
                if over:
                    return await asyncio.to_thread(self.session.why_over)
            await self.woken.wait()

    async def _tell(self, printed: bytes, left_out: int) -> None:
        if left_out:
            await tell(self.socket, {"kind": "left-out", "bytes": left_out})
        for start in range(0, len(printed), PIECE):
            piece = printed[start : start + PIECE]
            self.on_way += len(piece)
            await self.socket.send_bytes(piece)

    async def _in(self) -> Why:
        """What is typed, no faster than anybody types."""
        while True:
            try:
                message = await self.socket.receive()
            except WebSocketDisconnect:
                return "left"
            if message["type"] == "websocket.disconnect":
                return "left"
            self.silent = 0
            typed = message.get("bytes")
            if typed is None:
                self._shown(message.get("text") or "")
                continue
            if len(typed) > TYPED_MESSAGE:
                raise Broken(TOO_LARGE)
            await self._type(typed)

    def _shown(self, said: str) -> None:
        if not (said.isascii() and said.isdigit() and len(said) < 10):
            raise Broken(POLICY)
        self.on_way = max(0, self.on_way - int(said))
        self.woken.set()

    async def _type(self, typed: bytes) -> None:
        while typed and not self.session.line.over:
            taken = await asyncio.to_thread(self.session.type, typed)
            typed = typed[taken:]
            pause = self.session.pause() or (RETRY_SECONDS if not taken else 0.0)
            if pause:
                await self._wait(pause)

    async def _look(self) -> Why:
        looks = 0
        while True:
            await self._wait(LOOK_SECONDS)
            looks += 1
            self.silent += 1
            if self.held.out:
                return "signed_out"
            if self.streams.ending:
                return "ending"
            if self.session.idle:
                return "idle"
            if looks % RIGHTS_LOOKS == 0 and not await self._still_allowed():
                return "rights"
            if looks % BEAT_LOOKS == 0 and not await self._beat():
                return "slow"

    async def _still_allowed(self) -> bool:
        with suppress(FuyajoError):  # the database is busy: the next look may do
            return await asyncio.to_thread(self.session.still_allowed)
        return True

    async def _beat(self) -> bool:
        """Whether somebody is there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SEND_SECONDS):
                await tell(self.socket, {"kind": "beat"})
            return self.silent < 3 * BEAT_LOOKS
        return False

    async def _wait(self, seconds: float) -> None:
        """So long, or until somebody is signed out."""
        if not self.held.out:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.out.wait()


async def tell(socket: WebSocket, said: dict[str, Any]) -> None:
    await socket.send_text(json.dumps(said))


async def connected(
    socket: WebSocket, consoles: Consoles, session: Session, digest: str, woken: asyncio.Event
) -> Why | None:
    """Until it is over, and why; None when the page broke the rules. The session is closed then."""
    streams: Streams = socket.app.state.streams
    why: Why = "lost"
    out = asyncio.Event()
    try:
        async with streams.holding(digest, out.set) as held:
            talk = Talk(socket, session, streams, held, woken, out)
            await tell(socket, {"kind": "open"})
            why = await talk.run()
            return why
    except Broken as broken:
        why = "left"
        with suppress(RuntimeError):
            await socket.close(broken.code)
        return None
    finally:
        await asyncio.shield(asyncio.to_thread(consoles.close, session, why))
