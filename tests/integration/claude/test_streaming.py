"""The message while it arrives from the real CLI, as many at once as there are cores, and calls cut short."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import replace
from typing import Any

import pytest

from fuyajo.planner.backend import Answer, BackendError, Partial
from fuyajo.planner.backends.claude_cli.slots import cores
from fuyajo.planner.dialogue import Again, answer
from tests.support.claude import survivors
from tests.support.claude_planner import CHAT, Planner, Script
from tests.support.messages_api import Call, MessagesApi
from tests.support.remains import Remains, remains

pytestmark = pytest.mark.claude

LONG = 'これは長い返事です。\n"quoted" \\ 😀 ' * 8


def chat(message: str, **more: Any) -> dict[str, Any]:
    return {"structured": {"type": "chat", "message": message, "config": None}, **more}


def follow(planner: Planner, api: MessagesApi) -> tuple[Answer, list[Partial | Again]]:
    seen: list[Partial | Again] = []
    wish = answer(planner.backend(api), planner.request("hello"), on_event=seen.append)
    return asyncio.run(wish), seen


def shown(seen: list[Partial | Again]) -> str:
    """What a person sees in the end."""
    text = ""
    for event in seen:
        text = "" if isinstance(event, Again) or event.restarts else text
        text += event.text if isinstance(event, Partial) else ""
    return text


def test_the_message_comes_in_pieces(planner: Planner, scripted: Script) -> None:
    got, seen = follow(planner, scripted(chat(LONG)))
    assert got.reply.message == shown(seen) == LONG
    assert len(seen) > 10


def test_a_piece_comes_long_before_the_end(planner: Planner, scripted: Script) -> None:
    """The API stops in the middle, so that only a stream can have brought anything."""
    seen: list[Any] = []

    async def listen() -> None:
        heard = asyncio.Event()

        def note(event: Partial | Again) -> None:
            seen.append(event)
            heard.set()

        backend = planner.backend(scripted(chat(LONG, stall=True)))
        task = asyncio.create_task(answer(backend, planner.request("hello"), on_event=note))
        async with asyncio.timeout(20):
            await heard.wait()
        task.cancel()
        await asyncio.wait([task])

    asyncio.run(listen())
    assert LONG.startswith(shown(seen))
    assert survivors(str(planner.home)) == []
    assert planner.left_behind() == []


@pytest.mark.parametrize(
    "script",
    [
        # The CLI itself refuses this one and asks again.
        ({"structured": {"type": "maybe", "message": "nothing but a first try"}}, chat(LONG)),
        ({"status": 529}, chat(LONG)),
        (chat("this stream breaks off in the middle", truncate=True), chat(LONG)),
        ({"text": '{"message": "mere words"}'}, chat(LONG)),
        (chat(LONG, words='{"message": "words beside it"}'),),
    ],
    ids=["bad shape", "overloaded", "truncated", "words", "words beside"],
)
def test_the_last_try_is_what_is_shown(
    planner: Planner, scripted: Script, script: tuple[dict[str, Any], ...]
) -> None:
    api = scripted(*script)
    got, seen = follow(planner, api)
    assert got.reply.message == shown(seen) == LONG
    assert len(api.messages) == len(script)


def test_our_own_refusal_starts_anew_too(planner: Planner, scripted: Script) -> None:
    wrong = {"type": "chat", "message": "not yet", "config": {"template": "web-server"}}
    api = scripted({"structured": wrong}, chat(LONG))
    got, seen = follow(planner, api)
    assert got.reply.message == shown(seen) == LONG
    assert [type(event) for event in seen].count(Again) == 1
    assert got.attempts == (wrong, chat(LONG)["structured"])


def test_eight_at_once_take_the_cores_in_turns(planner: Planner, scripted: Script) -> None:
    def echo(call: Call) -> dict[str, Any]:
        sent = json.loads(call.json["messages"][0]["content"].splitlines()[2])
        return chat(f"heard {sent['user_message']}", hold=0.2)

    async def all_of_them() -> list[str]:
        backend = planner.backend(api)
        wishes = (answer(backend, planner.request(f"wish {n}")) for n in range(8))
        return [answer.reply.message for answer in await asyncio.gather(*wishes)]

    api = scripted(echo)
    assert asyncio.run(all_of_them()) == [f"heard wish {n}" for n in range(8)]
    assert 1 <= api.max_active <= cores()
    assert planner.left_behind() == []


def test_calls_cut_short_at_any_moment_leave_nothing(planner: Planner, scripted: Script) -> None:
    drawn = random.Random(4711)
    api = scripted(CHAT, {**CHAT, "stall": True})

    def held() -> Remains:
        """Without sockets: those of the scripted API are ours, too. The stub's calls count them."""
        found = remains(planner.temp)
        return replace(found, descriptors=tuple(x for x in found.descriptors if x[0] != "socket"))

    async def cut(seconds: float) -> None:
        backend = planner.backend(api, deadline_s=seconds)
        with pytest.raises(BackendError) as caught:
            await answer(backend, planner.request("hello"))
        assert caught.value.kind == "timeout"

    async def compare() -> None:
        await answer(planner.backend(api), planner.request("hello"))
        before = held()
        for _ in range(4):
            await asyncio.gather(*(cut(drawn.uniform(0.01, 0.9)) for _ in range(2)))
        assert held() == before
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(compare())
    assert survivors(str(planner.home)) == []
    assert planner.left_behind() == []
