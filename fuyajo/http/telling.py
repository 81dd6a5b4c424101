"""Server-sent events of answers: as they are written, or, of one that is over, from what is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

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


async def follow(
    caller: Caller, talk_id: str, number: int, after: int, desk: Desk, streams: Streams
) -> EventSourceResponse:
    """Everything behind the event `after`, and the end. Raises `NotFound`."""
    actor = caller.actor
    turn = await asyncio.to_thread(talks.turn, actor, talk_id, number)
    going = desk.going(turn)
    if going is not None:
        return streams.send(_live(going.story, after, streams, caller.digest))
    coming = _kept(actor, talk_id, number, after, streams, caller.digest)
    return streams.send(coming)


async def _live(
    story: Story, after: int, streams: Streams, digest: str
) -> AsyncIterator[ServerSentEvent]:
    """`digest` is that of the token that asks: when it opens nothing any more, nothing more is said."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    leave = story.listen(lambda: loop.call_soon_threadsafe(changed.set))
    try:
        async with streams.holding(digest, changed.set) as held:
            while not (held.out or streams.ending):
                changed.clear()
                for told in story.after(after):
                    after = told.seq or after
                    yield _event(told)
                    if told.kind == "end":
                        return
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), LOOK_SECONDS)
    finally:
        leave()


async def _kept(
    actor: Actor, talk_id: str, number: int, after: int, streams: Streams, digest: str
) -> AsyncIterator[ServerSentEvent]:
    """It is over, or another service is writing it."""
    woken = asyncio.Event()
    async with streams.holding(digest, woken.set) as held:
        while not (held.out or streams.ending):
            try:
                found = await asyncio.to_thread(elsewhere, actor, talk_id, number, after)
            except (
                FuyajoError
            ):  # deleted meanwhile, or the database is away: the listener comes again
                return
            if held.out:
                return
            for told in found:
                after = told.seq or after
                yield _event(told)
                if told.kind == "end":
                    return
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), ELSEWHERE_SECONDS)


def _event(told: Told) -> ServerSentEvent:
    number = None if told.seq is None else str(told.seq)
    return ServerSentEvent(json.dumps(told.data), id=number, event=told.kind)
