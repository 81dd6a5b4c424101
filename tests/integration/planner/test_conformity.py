"""Whatever a server does, every planner that asks one says the same about it, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fuyajo.planner.backend import Answer, Backend
from fuyajo.planner.dialogue import Again, answer
from tests.support.claude_planner import Script
from tests.support.messages_api import MessagesApi
from tests.support.remains import remains
from tests.support.servers import (
    CHAT,
    MESSAGE,
    SECRET,
    WRONG,
    ask,
    backend,
    failure,
    last_message,
    request,
)

SOON = {"headers": {"retry-after": "0.01"}}
WAIT_S = 20

# Starts a server with this script and makes the planner that asks it.
Set = Callable[..., tuple[MessagesApi, Backend]]
EVERY = ["openai", "anthropic", pytest.param("claude", marks=pytest.mark.claude)]
OURS = ["openai", "anthropic"]


@pytest.fixture
def set_up(request: pytest.FixtureRequest, scripted: Script) -> Set:
    name = request.param
    binary = request.getfixturevalue("claude_binary") if name == "claude" else None

    def start(*script: Any, **options: Any) -> tuple[MessagesApi, Backend]:
        api = scripted(*script)
        return api, backend(name, api, binary=binary, **options)

    return start


def every(names: list[Any] = EVERY) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("set_up", names, indirect=True)


@every()
def test_a_reply_is_streamed(set_up: Set, tmp_path: Path) -> None:
    api, planner = set_up(CHAT)
    heard: list[Any] = []
    got = ask(planner, request(tmp_path), heard.append)
    assert (got.reply.type, got.reply.message) == ("chat", MESSAGE)
    assert len(heard) > 2
    assert last_message(heard) == MESSAGE
    assert (got.backend, len(api.messages), len(got.attempts)) == (planner.name, 1, 1)
    assert (got.usage.input_tokens, got.usage.output_tokens) == (100, 20)


@every()
def test_a_wrong_reply_is_repaired_once(set_up: Set, tmp_path: Path) -> None:
    api, planner = set_up(WRONG, CHAT)
    heard: list[Any] = []
    got = ask(planner, request(tmp_path), heard.append)
    assert got.reply.message == MESSAGE
    assert [type(event) for event in heard].count(Again) == 1
    assert last_message(heard) == MESSAGE
    assert len(api.messages) == len(got.attempts) == 2
    assert "your_refused_reply" in api.messages[1].body.decode()
    # Both tries are paid for.
    assert (got.usage.input_tokens, got.usage.output_tokens) == (200, 40)
    once = (100 * 2 + 20 * 10) / 1_000_000  # dollars of a Sonnet
    assert planner.name == "claude" or got.usage.cost_usd == pytest.approx(
        2 * once if planner.name == "anthropic" else 0
    )


@every()
def test_two_wrong_replies_are_an_honest_failure(set_up: Set, tmp_path: Path) -> None:
    api, planner = set_up(WRONG)
    error = failure(planner, request(tmp_path))
    assert (error.kind, len(error.attempts), len(api.messages)) == ("invalid_reply", 2, 2)
    assert "config" in str(error)


@dataclass(frozen=True)
class Case:
    """What a server does, the kind of failure that it is, and how often each planner asks."""

    name: str
    reply: dict[str, Any]
    kind: str
    openai: int = 1
    anthropic: int = 1


CASES = (
    Case("words only", {"text": "Sure, I will do that!"}, "invalid_reply", 2, 2),
    Case("401", {"status": 401, "message": f"key {SECRET} is wrong"}, "auth"),
    Case("403", {"status": 403, "message": f"key {SECRET} was revoked"}, "auth"),
    Case("404", {"status": 404, "message": "no such model"}, "api"),
    Case("429", {"status": 429, **SOON}, "quota", 3, 3),
    Case("429, tomorrow", {"status": 429, "headers": {"retry-after": "86400"}}, "quota"),
    Case("500", {"status": 500, "message": f"{SECRET} broke it", **SOON}, "api", 1, 3),
    Case("503", {"status": 503, **SOON}, "overloaded", 3, 3),
    Case("529", {"status": 529, **SOON}, "overloaded", 3, 3),
    Case("redirect", {"status": 307, "headers": {"location": "http://127.0.0.1:9/"}}, "api"),
    Case("refusal", {**CHAT, "stop_reason": "refusal"}, "refused"),
    Case("too long", {**CHAT, "stop_reason": "max_tokens"}, "no_structure"),
    Case("truncated", {**CHAT, "truncate": True}, "api"),
    Case("half", {**CHAT, "fault": "half"}, "api"),
    Case("html", {**CHAT, "fault": "html"}, "api"),
    Case("empty", {**CHAT, "fault": "empty"}, "api"),
    Case("reset", {**CHAT, "fault": "reset"}, "api", 3, 3),
    Case("huge reply", {**CHAT, "fault": "huge"}, "crashed"),
    Case("huge event", {**CHAT, "fault": "flood"}, "crashed"),
)


@every(OURS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_failures(set_up: Set, case: Case, tmp_path: Path) -> None:
    api, planner = set_up(case.reply)
    error = failure(planner, request(tmp_path))
    assert error.kind == case.kind
    assert len(api.messages) == getattr(case, planner.name)
    (problem,) = error.problems
    for lang in ("en", "ja"):
        assert SECRET not in problem.message(lang)
        assert problem.hint(lang)


# Each of these costs the CLI a start and its own retries; `tests/integration/claude` has the others.
CHEAP = [case for case in CASES if case.name in {"403", "refusal", "words only"}]


@pytest.mark.claude
@pytest.mark.parametrize("set_up", ["claude"], indirect=True)
@pytest.mark.parametrize("case", CHEAP, ids=lambda case: case.name)
def test_failures_of_the_cli(set_up: Set, case: Case, tmp_path: Path) -> None:
    _api, planner = set_up(case.reply)
    error = failure(planner, request(tmp_path))
    # The CLI itself asks once more after mere words, and then there is nothing to judge.
    assert error.kind == ("no_structure" if case.name == "words only" else case.kind)
    assert SECRET not in str(error)


@every(OURS)
def test_one_busy_moment_is_waited_for(set_up: Set, tmp_path: Path) -> None:
    api, planner = set_up({"status": 429, **SOON}, CHAT)
    assert ask(planner, request(tmp_path)).reply.message == MESSAGE
    assert len(api.messages) == 2


@every(OURS)
@pytest.mark.parametrize("reply", [{"hang": True}, {**CHAT, "stall": True}, {"fault": "trickle"}])
def test_the_deadline_ends_it(set_up: Set, reply: dict[str, Any], tmp_path: Path) -> None:
    api, planner = set_up({**CHAT, **reply}, deadline_s=2.0)
    assert failure(planner, request(tmp_path)).kind == "timeout"
    assert api.idle.wait(WAIT_S)
    assert api.left == 1


async def _mid_stream(planner: Backend, home: Path) -> asyncio.Task[Answer]:
    """A call that has heard something and waits for more."""
    heard = asyncio.Event()
    coming = answer(planner, request(home), on_event=lambda _event: heard.set())
    call = asyncio.create_task(coming)
    await asyncio.wait_for(heard.wait(), WAIT_S)
    return call


@every()
def test_cancelled_mid_stream(set_up: Set, tmp_path: Path) -> None:
    api, planner = set_up({**CHAT, "stall": True})

    async def cancel() -> tuple[Any, Any]:
        call = await _mid_stream(planner, tmp_path)
        call.cancel()
        await asyncio.wait([call])
        assert call.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        # The server sees it now, not when the loop ends.
        gone = await asyncio.to_thread(api.idle.wait, WAIT_S)
        return gone, api.left

    before = remains()
    assert asyncio.run(cancel()) == (True, 1)
    after = remains()
    assert (after.children, after.descriptors) == (before.children, before.descriptors)


@every(OURS)
def test_a_reader_who_leaves_early(set_up: Set, tmp_path: Path) -> None:
    """Closing the generator after the first piece closes the connection."""
    api, planner = set_up({**CHAT, "stall": True})

    async def leave() -> bool:
        coming = planner.complete(request(tmp_path))
        await anext(coming)
        await coming.aclose()
        return await asyncio.to_thread(api.idle.wait, WAIT_S)

    assert asyncio.run(leave())
    assert api.left == 1
