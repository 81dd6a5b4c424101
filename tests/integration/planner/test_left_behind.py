"""Two hundred calls cancelled at every moment: not a descriptor, socket, thread or task is left."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from pathlib import Path

import pytest

from fuyajo.planner.backend import Backend
from fuyajo.planner.dialogue import answer
from tests.support.claude_planner import Script
from tests.support.messages_api import MessagesApi
from tests.support.remains import remains
from tests.support.servers import CHAT, ask, backend, request

# Some have answered before they are cancelled, so there are as many calls as it takes.
CANCELLED = 200
AT_ONCE = 21
WAIT_S = 20
MOMENTS = ("starting", "later", "mid-stream")


class Storm:
    """Calls that are cancelled, each at a moment drawn from a fixed seed."""

    def __init__(self, quick: Backend, stuck: Backend, home: Path) -> None:
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
        assert asyncio.all_tasks() == {asyncio.current_task()}


def _settled(*servers: MessagesApi) -> None:
    """Every answer of the servers has ended, and with it the thread and the socket it had here."""
    for server in servers:
        assert server.idle.wait(WAIT_S)
    ours = threading.current_thread()
    for thread in threading.enumerate():
        if thread is not ours and "process_request" in thread.name:
            thread.join(WAIT_S)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["openai", "anthropic"])
def test_two_hundred_cancelled_calls(name: str, scripted: Script, tmp_path: Path) -> None:
    quick, stuck = scripted(CHAT), scripted({**CHAT, "stall": True})
    storm = Storm(backend(name, quick), backend(name, stuck), tmp_path)
    ask(storm.quick, request(tmp_path))  # what is loaded once is no leak
    _settled(quick, stuck)
    before, threads = remains(tmp_path), threading.active_count()
    asyncio.run(storm.all())
    _settled(quick, stuck)
    assert remains(tmp_path) == before
    assert threading.active_count() == threads
    assert set(storm.ended) <= {"CancelledError", "Answer"}
