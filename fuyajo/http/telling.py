"""Answers as they are told: while they are written, or, of one that is over, from what is kept.

`told` is for every door; `follow` tells it the API's way, as server-sent events.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress

from sse_starlette import EventSourceResponse, ServerSentEvent

from fuyajo.domain.errors import FuyajoError
from fuyajo.http.stream import Streams
from fuyajo.http.who import Caller
from fuyajo.service import talks
from fuyajo.service.context import Actor
from fuyajo.service.story import Story, Told
from fuyajo.service.tending import LOOK_SECONDS as ELSEWHERE_SECONDS
from fuyajo.service.tending import elsewhere
from fuyajo.service.turning import Desk

LOOK_SECONDS = 1.0  # between two looks whether the service ends
Batches = AsyncGenerator[list[Told]]


async def follow(
    caller: Caller, talk_id: str, number: int, after: int, desk: Desk, streams: Streams
) -> EventSourceResponse:
    """Everything behind the event `after`, and the end. Raises `NotFound`."""
    return streams.send(_events(await told(caller, talk_id, number, after, desk, streams)))


async def told(
    caller: Caller,
    talk_id: str,
    number: int,
    after: int,
    desk: Desk,
    streams: Streams,
    pause: float = 0.0,
) -> Batches:
    """The same as what there is at a time; the last ends with the end, unless nobody may hear it any more.

    `pause`: so many seconds at least from one batch to the next. Raises `NotFound`.
    """
    actor = caller.actor
    turn = await asyncio.to_thread(talks.turn, actor, talk_id, number)
    going = desk.going(turn)
    if going is not None:
        return _live(going.story, after, streams, caller.digest, pause)
    return _kept(actor, talk_id, number, after, streams, caller.digest)


async def _live(
    story: Story, after: int, streams: Streams, digest: str, pause: float
) -> AsyncGenerator[list[Told]]:
    """`digest` is that of the token that asks: when it opens nothing any more, nothing more is said."""
    loop, changed, out = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    leave = story.listen(lambda: loop.call_soon_threadsafe(changed.set))

    def wake() -> None:
        changed.set()
        out.set()

    try:
        async with streams.holding(digest, wake) as held:
            while not (held.out or streams.ending):
                changed.clear()
                if batch := story.after(after):
                    after = _last(batch, after)
                    yield batch
                    if batch[-1].kind == "end":
                        return
                    with suppress(TimeoutError):
                        await asyncio.wait_for(out.wait(), pause)
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), LOOK_SECONDS)
    finally:
        leave()


async def _kept(
    actor: Actor, talk_id: str, number: int, after: int, streams: Streams, digest: str
) -> AsyncGenerator[list[Told]]:
    """It is over, or another service is writing it."""
    woken = asyncio.Event()
    async with streams.holding(digest, woken.set) as held:
        while not (held.out or streams.ending):
            try:
                batch = await asyncio.to_thread(elsewhere, actor, talk_id, number, after)
            except (
                FuyajoError
            ):  # deleted meanwhile, or the database is away: the listener comes again
                return
            if held.out:
                return
            if batch:
                after = _last(batch, after)
                yield batch
                if batch[-1].kind == "end":
                    return
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), ELSEWHERE_SECONDS)


def _last(batch: list[Told], after: int) -> int:
    """The place to go on at."""
    return next((one.seq for one in reversed(batch) if one.seq), after)


async def _events(batches: Batches) -> AsyncIterator[ServerSentEvent]:
    async with aclosing(batches):
        async for batch in batches:
            for one in batch:
                number = None if one.seq is None else str(one.seq)
                yield ServerSentEvent(json.dumps(one.data), id=number, event=one.kind)
