"""`auto` at work: the rules read first and once, who fails is replaced and that is said."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.errors import InvalidInput, Param, Problem, Unavailable
from fuyajo.planner.backend import BackendError, Completion, Partial, PlannerRequest
from fuyajo.planner.dialogue import Again, no_check
from fuyajo.planner.registry import BackendSettings
from fuyajo.planner.standing import Standing
from fuyajo.service import answering
from fuyajo.service.answering import Answered, Asking
from tests.support.scripted_backend import CHAT, ScriptedBackend, config

REQUEST = PlannerRequest("a web server", "en", Path("/nonexistent"))


class Rules(ScriptedBackend):
    name = "rules"
    waits = False
    kind: str | None = "create"
    confidence = 1.0

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        self.requests.append(request)
        yield Completion(self.replies[0], kind=self.kind, confidence=self.confidence)


class Failing(ScriptedBackend):
    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        self.requests.append(request)
        for piece in self.pieces:
            yield Partial(piece)
        raise BackendError(self.name, "overloaded", "529")


class Stage:
    """Backends by name, the cheapest first."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.backends: dict[str, Any] = {"rules": Rules(CHAT)}
        self.standings = {"rules": Standing(True, {"create": 1.0})}
        self.out: set[str] = set()  # who may not serve, whatever its scores were
        self.slips: list[tuple[str, Any]] = []
        self.idle = False  # whether nothing was asked for
        self.seen: list[Any] = []
        patch.setattr(answering, "make", lambda name, _: self.backends[name])
        patch.setattr(answering, "set_up", lambda _: list(self.backends))

    def add(self, name: str, backend: Any, standing: Standing | None = None) -> Any:
        backend.name = name
        self.backends[name] = backend
        self.standings[name] = standing or Standing(True)
        return backend

    def require(self, backend: Any) -> None:
        if backend.name in self.out:
            raise _unavailable(backend.name)

    def refuse_slip(self, words: str, assessed: Completion, said: Any) -> None:
        self.slips.append((said.backend, said.attempts))
        if self.idle and any(one["type"] == "config" for one in said.attempts):
            raise _unavailable(said.backend)

    def ask(self, name: str = "auto", check: Any = no_check) -> Answered:
        settings = BackendSettings()
        asking = Asking(REQUEST, check, self.seen.append, settings, self)
        return asking.answered(name)


def _unavailable(name: str) -> Unavailable:
    params: dict[str, Param] = {"backend": name, "command": "admit"}
    return Unavailable(Problem("backend", "gate_not_admitted", params))


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    return Stage(monkeypatch)


def test_sure_rules_are_asked_once_and_nobody_else(stage: Stage) -> None:
    claude = stage.add("claude", ScriptedBackend(CHAT))
    got = stage.ask()
    assert got.answer.backend == got.note.backend == "rules"
    assert len(stage.backends["rules"].requests) == 1
    assert (claude.requests, got.notices) == ([], ())
    assert "creating" in got.note.why


def test_unsure_rules_hand_over(stage: Stage) -> None:
    stage.backends["rules"].confidence = 0.3
    stage.add("claude", ScriptedBackend(CHAT, pieces=["hel", "lo"]))
    got = stage.ask()
    assert (got.answer.backend, got.notices) == ("claude", ())
    assert stage.seen == [Partial("hel"), Partial("lo")]
    assert got.note.cost_usd == 0.25 and got.note.model == "scripted-1"


def test_who_fails_is_replaced_and_that_is_said(stage: Stage) -> None:
    stage.backends["rules"].confidence = 0.3
    stage.add("openai", Failing(pieces=["I wo"]), Standing(True, {"create": 1.0}))
    stage.add("claude", ScriptedBackend(CHAT, pieces=["hello"]))
    got = stage.ask()
    assert got.answer.backend == "claude"
    (notice,) = got.notices
    assert "openai failed" in notice and "529" in notice
    assert notice in got.note.why
    assert stage.seen == [Partial("I wo"), Again(()), Partial("hello")]


def test_when_all_fail_the_rules_answer_and_say_so(stage: Stage) -> None:
    stage.backends["rules"].confidence = 0.3
    stage.add("claude", Failing())
    stage.add("anthropic", Failing())
    got = stage.ask()
    assert got.answer.backend == "rules"
    assert len(got.notices) == 3
    assert got.notices[-1].startswith("no other planner can answer this; the rules are only sure")
    assert len(stage.backends["rules"].requests) == 1
    assert stage.seen == []  # nothing had been shown


def test_by_name_nobody_takes_its_place(stage: Stage) -> None:
    stage.add("claude", Failing())
    with pytest.raises(BackendError) as caught:
        stage.ask("claude")
    assert (caught.value.backend, caught.value.kind) == ("claude", "overloaded")
    stage.out.add("claude")
    with pytest.raises(Unavailable, match="claude"):
        stage.ask("claude")
    assert len(stage.backends["claude"].requests) == 1


def test_a_wish_that_cannot_be_is_no_failure_of_the_planner(stage: Stage) -> None:
    def check(_config: object) -> list[Problem]:
        return [Problem("", "name_taken", {"value": "web"})]

    stage.backends["rules"].confidence = 0.3
    claude = stage.add("claude", ScriptedBackend(config(vms=[{"name": "web"}])))
    other = stage.add("anthropic", ScriptedBackend(CHAT))
    with pytest.raises(InvalidInput):
        stage.ask(check=check)
    assert (len(claude.requests), other.requests) == (2, [])


def test_alone_and_unsure_the_rules_are_honest(stage: Stage) -> None:
    stage.backends["rules"].kind = None
    got = stage.ask()
    assert got.answer.backend == "rules"
    assert got.notices == ("no other planner is set up; the rules are only sure of: creating",)


CONFIG = config(vms=[{"name": "web"}])


def test_who_does_not_stand_is_not_asked(stage: Stage) -> None:
    stage.backends["rules"].confidence = 0.3
    openai = stage.add("openai", ScriptedBackend(CHAT), Standing(True, {"create": 1.0}))
    stage.add("claude", ScriptedBackend(CHAT))
    stage.out.add("openai")  # its canary has just failed
    got = stage.ask()
    assert (got.answer.backend, openai.requests) == ("claude", [])
    assert "openai failed" in got.notices[0]


def test_a_slip_is_no_answer(stage: Stage) -> None:
    stage.backends["rules"].confidence = 0.3
    stage.add("claude", ScriptedBackend(CONFIG))
    stage.add("anthropic", ScriptedBackend(CHAT))
    stage.idle = True
    assert stage.ask().answer.backend == "anthropic"
    with pytest.raises(Unavailable):
        stage.ask("claude")
    assert stage.slips[0] == ("claude", (CONFIG,))


def test_a_slip_that_the_host_refuses_is_one_all_the_same(stage: Stage) -> None:
    def check(_config: object) -> list[Problem]:
        return [Problem("", "name_taken", {"value": "web"})]

    stage.add("claude", ScriptedBackend(CONFIG))
    stage.idle = True
    with pytest.raises(Unavailable, match="claude"):
        stage.ask("claude", check)
    assert stage.slips == [("claude", (CONFIG, CONFIG))]


def test_the_rules_do_not_judge_themselves(stage: Stage) -> None:
    stage.idle = True
    stage.backends["rules"].replies = [CONFIG]
    assert stage.ask().answer.reply.config is not None
    assert stage.slips == []


def test_who_could_be_admitted_is_named(stage: Stage) -> None:
    stage.backends["rules"].kind = None
    why = _unavailable("openai").problems[0]
    stage.add("openai", ScriptedBackend(CHAT), Standing(False, {}, why))
    notices = stage.ask().notices
    assert notices[0] == why.message() and notices[1].startswith("no other planner can answer")
