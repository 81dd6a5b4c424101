"""Two hundred calls cancelled at every moment: not a descriptor, socket, thread or task is left."""

from __future__ import annotations

import asyncio
import gc
import random
import threading
from collections import Counter
from pathlib import Path

import pytest

from fuyajo.planner.backend import Backend
from fuyajo.planner.dialogue import answer
from tests.support.messages_api import MessagesApi
from tests.support.remains import remains
from tests.support.servers import CHAT, backend, request

# Some have answered before they are cancelled, so there are as many calls as it takes.
CANCELLED = 200
AT_ONCE = 21
WAIT_S = 20
MOMENTS = ("starting", "later", "mid-stream")


class Storm:
    """Calls that are cancelled, each at a moment drawn from a fixed seed."""

    def __init__(self, quick: Backend, stuck: Backend, home: Path) -> None:
        # Whether a call may come to its end, or says half and waits for ever.
        self.quick, self.stuck, self.home = quick, stuck, home
        self.random = random.Random(4711)
        self.ended: Counter[str] = Counter()

    async def one(self, moment: str) -> None:
        heard = asyncio.Event()
        asked = self.stuck if moment == "mid-stream" else self.quick
        coming = answer(asked, request(self.home), on_event=lambda _event: heard.set())
        call = asyncio.create_task(coming)
        if moment == "starting":
            for _ in range(self.random.randrange(1, 40)):
                await asyncio.sleep(0)
        elif moment == "later":
            await asyncio.wait([call], timeout=self.random.uniform(0, 0.1))
        else:
            await asyncio.wait_for(heard.wait(), WAIT_S)
        call.cancel()
        (outcome,) = await asyncio.gather(call, return_exceptions=True)
        self.ended[type(outcome).__name__] += 1

    async def all(self) -> None:
        while self.ended["CancelledError"] < CANCELLED:
            moments = (MOMENTS[number % len(MOMENTS)] for number in range(AT_ONCE))
            await asyncio.gather(*map(self.one, moments))
        # The loop closes inner generators in tasks of its own, which take one turn.
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}


def _weather(name: str, home: Path) -> Counter[str]:
    """A storm and the servers it goes through; both are over afterwards."""
    with MessagesApi(CHAT) as quick, MessagesApi({**CHAT, "stall": True}) as stuck:
        storm = Storm(backend(name, quick), backend(name, stuck), home)
        asyncio.run(storm.all())
        assert stuck.idle.wait(WAIT_S)  # it saw every caller leave, while it was still there
    for thread in threading.enumerate():
        if "process_request" in thread.name:
            thread.join(WAIT_S)
    return storm.ended


@pytest.mark.slow
@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_two_hundred_cancelled_calls(name: str, tmp_path: Path) -> None:
    _weather(name, tmp_path)  # what is loaded once is no leak
    gc.collect()  # what earlier tests of this process left open is not closed in the middle of this one
    before, threads = remains(tmp_path), threading.active_count()
    ended = _weather(name, tmp_path)
    assert remains(tmp_path) == before
    assert threading.active_count() == threads
    assert set(ended) <= {"CancelledError", "Answer"}
