"""The one judge of every backend: shape, grounding, references, host; once more, then an honest failure."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.request import Config
from fuyajo.planner.backend import BackendError, Partial, PlannerRequest, Usage
from fuyajo.planner.dialogue import Again, answer, ask
from tests.support.scripted_backend import CHAT, ScriptedBackend, config

WEB = VmBrief("web", "running", "web-server", 1, 1024, 10, uuid="u-web")
WISH = PlannerRequest("stop web", "en", Path("/nonexistent"), (WEB,))
STOP = config(operations=[{"op": "stop", "vm": "web"}])
WRONG = config(vms=[{"memory": "lots", "colour": "red"}])


def test_pieces_then_the_answer() -> None:
    backend = ScriptedBackend(STOP, pieces=["I would ", "stop it."])
    seen: list[Any] = []
    got = ask(backend, WISH, on_event=seen.append)
    assert seen == [Partial("I would "), Partial("stop it.")]
    assert got.reply.config is not None and got.reply.config.operations[0].vm == "web"
    assert (got.backend, got.model, got.usage) == ("scripted", "scripted-1", Usage(10, 5, 0.25))
    assert got.attempts == (STOP,)
    assert backend.closed == 1


def test_a_wrong_reply_goes_back_once_with_every_path() -> None:
    backend, seen = ScriptedBackend(WRONG, STOP), []
    got = ask(backend, WISH, on_event=seen.append)
    repair = backend.requests[1].repair
    assert repair is not None and '"lots"' in repair.said
    paths = {problem.path for problem in repair.problems}
    assert paths == {"config.vms[0].memory", "config.vms[0].colour"}
    assert [type(event) for event in seen] == [Again]
    assert got.usage == Usage(20, 10, 0.5)
    assert got.attempts == (WRONG, STOP)


def test_wrong_twice_is_told_and_nothing_is_guessed() -> None:
    backend = ScriptedBackend(WRONG)
    with pytest.raises(BackendError) as caught:
        ask(backend, WISH)
    assert caught.value.kind == "invalid_reply"
    assert "config.vms[0].memory" in str(caught.value)
    assert len(backend.requests) == 2
    assert caught.value.attempts == (WRONG, WRONG)


def test_what_the_host_refuses_goes_back_and_is_then_the_wishs_own_problem() -> None:
    def check(_config: Config) -> list[Problem]:
        return [Problem("vms[0].name", "name_taken", {"value": "web"})]

    backend = ScriptedBackend(STOP)
    with pytest.raises(InvalidInput) as caught:
        ask(backend, WISH, check)
    assert [problem.code for problem in caught.value.problems] == ["name_taken"]
    assert ask(ScriptedBackend(STOP, CHAT), WISH, check).reply.type == "chat"


DB = VmBrief("db", "running", "basic-server", 1, 1024, 10, uuid="u-db")
TWO = replace(WISH, vms=(WEB, DB))


@pytest.mark.parametrize(
    "text",
    ["stop the web-1 server", "stop webby", "止めて", "stop my server", "do it", "stop db"],
)
def test_a_name_that_nobody_said_is_refused_or_asked_about(text: str) -> None:
    try:
        got = ask(ScriptedBackend(STOP), replace(TWO, text=text))
    except BackendError as error:
        assert "nobody said the name web" in str(error)
    else:
        assert got.reply.type == "chat"


@pytest.mark.parametrize("text", ["stop the web server", "ウェブサーバーを止めて"])
def test_a_description_that_fits_one_stands(text: str) -> None:
    got = ask(ScriptedBackend(STOP), replace(TWO, text=text))
    assert got.reply.config is not None and got.reply.config.operations[0].vm == "web"


def test_what_our_reading_looked_up_is_kept_beside_a_models_own_name() -> None:
    wish = replace(TWO, text="stop the last one I made", turns=())
    newer = replace(wish, vms=(replace(WEB, created="2026-11-22T10:00:00Z"), DB))
    got = ask(ScriptedBackend(STOP), newer)
    assert [vm.uuid for reference in got.references for vm in reference.vms] == ["u-web"]


def test_where_our_reading_finds_several_its_question_is_the_answer() -> None:
    got = ask(ScriptedBackend(STOP), replace(TWO, text="stop the server"))
    assert got.reply.type == "chat"
    assert "web" in got.reply.message and "db" in got.reply.message


@pytest.mark.parametrize("text", ["WEBを止めて", "stop (web).", "ｗｅｂを止めて", 'stop "web"'])
def test_a_name_may_be_said_in_any_way(text: str) -> None:
    assert ask(ScriptedBackend(STOP), replace(WISH, text=text)).reply.type == "config"


def test_a_name_of_an_earlier_turn_was_said() -> None:
    for turn in (Turn("make web"), Turn("a web server", made=("web",))):
        wish = replace(WISH, text="stop it", turns=(turn,))
        assert ask(ScriptedBackend(STOP), wish).reply.type == "config"


def test_our_own_question_may_have_named_it() -> None:
    wish = replace(WISH, text="both", turns=(Turn("stop my server", "web or db?"),))
    assert ask(ScriptedBackend(STOP), wish).reply.type == "config"
    turns = (*wish.turns, Turn("hello", "Hello!"))
    forgotten = replace(TWO, turns=turns, text="xyzzy")
    with pytest.raises(BackendError, match="nobody said the name web"):
        ask(ScriptedBackend(STOP), forgotten)


@pytest.mark.parametrize(
    "parts",
    [
        {"operations": [{"op": "stop", "select": {"which": "named", "names": ["web"]}}]},
        {"vms": [{"like": {"which": "named", "names": ["web"]}}]},
    ],
)
def test_a_selector_may_not_guess_a_name_either(parts: dict[str, Any]) -> None:
    with pytest.raises(BackendError, match="nobody said the name web"):
        ask(ScriptedBackend(config(**parts)), replace(TWO, text="xyzzy, please"))


def test_a_reference_is_looked_up_on_our_side() -> None:
    select = config(operations=[{"op": "stop", "select": {"which": "last_mentioned"}}])
    wish = replace(WISH, text="stop it", turns=(Turn("start web", touched=("web",)),))
    got = ask(ScriptedBackend(select), wish)
    assert got.reply.config is not None and got.reply.config.operations[0].vm == "web"
    assert got.references[0].vms[0].uuid == "u-web"


def test_an_ambiguous_reference_becomes_a_question() -> None:
    select = config(operations=[{"op": "delete", "select": {"which": "last_created"}}])
    wish = replace(WISH, vms=(WEB, replace(WEB, name="db")), text="delete the last one")
    backend = ScriptedBackend(select)
    got = ask(backend, wish)
    assert got.reply.type == "chat"
    assert "web, db" in got.reply.message
    assert len(backend.requests) == 1


def test_the_deadline_is_kept_and_everything_closed() -> None:
    backend = ScriptedBackend(CHAT, hangs=True)
    backend.deadline_s = 0.05
    with pytest.raises(BackendError) as caught:
        ask(backend, WISH)
    assert caught.value.kind == "timeout"
    assert backend.closed == 1


def test_cancelling_closes_the_backend() -> None:
    backend = ScriptedBackend(CHAT, hangs=True, pieces=["…"])

    async def cancel() -> None:
        begun = asyncio.Event()
        task = asyncio.create_task(answer(backend, WISH, on_event=lambda _: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert backend.closed == 1


def test_no_reply_at_all_is_a_failure() -> None:
    class Silent(ScriptedBackend):
        async def complete(self, request: PlannerRequest) -> Any:
            yield Partial("hm")

    with pytest.raises(BackendError, match="no reply came"):
        ask(Silent(), WISH)
