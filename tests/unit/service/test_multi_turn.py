"""Several wishes in one conversation, through the service: who is meant is looked up on our side."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.errors import InvalidInput, Unavailable
from fuyajo.domain.texts import Lang
from fuyajo.service.context import Actor, local_actor
from fuyajo.service.conversing import Talk
from fuyajo.service.planning import Planned, from_words
from tests.support.command_line import World, machine
from tests.support.command_line import world as make_world
from tests.support.scripted_backend import ScriptedBackend, config, stand_in

CREATE = config(vms=[{"name": "shop", "template": "web-server"}])


def select(op: str, which: str, **more: Any) -> dict[str, Any]:
    return config(operations=[{"op": op, "select": {"which": which, **more}}])


@pytest.fixture
def world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    with make_world(tmp_path / "home", monkeypatch, capsys) as made:
        yield made


class Conversation:
    """Says wishes to a scripted planner, one after the other, each as a process of its own would."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self._patch = world, monkeypatch
        self.actor: Actor = local_actor(os.environ)
        self.asked: list[Any] = []

    def say(self, words: str, reply: Any, lang: Lang = "en") -> Planned:
        backend = stand_in(self._patch, ScriptedBackend(reply))
        talk = Talk(self.actor, "n-test")
        planned = from_words(self.actor, words, lang, "claude", talk=talk)
        self.asked.append(backend.requests[0])
        return planned

    def made(self, name: str, minutes: float = 0.1, **more: Any) -> None:
        created = datetime.now(UTC) + timedelta(minutes=minutes)
        self.world.have(machine(name, created=created.isoformat(), **more))


@pytest.fixture
def talk(world: World, monkeypatch: pytest.MonkeyPatch) -> Conversation:
    return Conversation(world, monkeypatch)


def did(planned: Planned) -> list[tuple[str, str]]:
    assert planned.plan is not None, planned.reply.message
    return [(change.action, change.name) for change in planned.plan.changes]


def test_create_apply_stop_it(talk: Conversation) -> None:
    talk.made("web", -600)
    assert did(talk.say("a web server called shop", CREATE)) == [("create", "shop")]
    talk.made("shop")
    planned = talk.say("stop it", select("stop", "last_mentioned"))
    assert did(planned) == [("stop", "shop")]
    assert planned.plan is not None
    (reference,) = planned.plan.references
    assert [(vm.name, vm.uuid) for vm in reference.vms] == [("shop", "uuid-shop")]
    turns = talk.asked[1].turns
    assert [(turn.user, turn.made) for turn in turns] == [("a web server called shop", ("shop",))]


def test_what_was_planned_but_never_made_is_asked_about(talk: Conversation) -> None:
    talk.made("web", -600)
    talk.say("restart web", select("restart", "named", names=["web"]))
    talk.say("a web server called shop", CREATE)
    for which in ("last_mentioned", "them", "last_created"):
        planned = talk.say("delete it", select("delete", which))
        assert planned.plan is None  # web was talked about before that, and is not what was meant
        assert "web" in planned.reply.message


def test_in_japanese(talk: Conversation) -> None:
    talk.made("web", -600)
    talk.say("shopというWebサーバーを作って", CREATE, "ja")
    talk.made("shop")
    planned = talk.say("さっき作ったやつを消して", select("delete", "last_created"), "ja")
    assert did(planned) == [("delete", "shop")]


def test_the_same_again_but_larger(talk: Conversation) -> None:
    talk.say("a web server called shop", CREATE)
    talk.made("shop", cpus=2, disk_gib=30)
    again = config(vms=[{"like": {"which": "last_mentioned"}, "memory": "8 GB"}])
    planned = talk.say("the same again but with 8 GB", again)
    assert planned.plan is not None
    (change,) = planned.plan.changes
    values = {field.path: field.after for field in change.fields}
    assert change.name != "shop" and change.template == "web-server"
    assert (values["cpus"], values["memory_mib"], values["disk_gib"]) == (2, 8192, 30)
    assert planned.plan.references[0].vms[0].name == "shop"


def test_all_but_one(talk: Conversation) -> None:
    for name in ("shop-1", "shop-2", "shop-3"):
        talk.made(name)
    talk.made("db", template="basic-server")
    every = select("stop", "all", template="web-server", without=["shop-2"])
    planned = talk.say("stop all web servers except shop-2", every)
    assert did(planned) == [("stop", "shop-1"), ("stop", "shop-3")]
    back = talk.say("start them again", select("restart", "them"))
    assert [name for _, name in did(back)] == ["shop-1", "shop-3"]


def test_an_ambiguous_one_is_a_question_with_the_candidates(talk: Conversation) -> None:
    talk.made("a")
    talk.made("b")
    both = config(operations=[{"op": "stop", "vm": "a"}, {"op": "stop", "vm": "b"}])
    talk.say("stop a and b", both)
    planned = talk.say("start it", select("start", "last_mentioned"))
    assert planned.plan is None
    assert "a, b" in planned.reply.message


def test_nothing_of_anothers_is_meant(talk: Conversation) -> None:
    talk.made("mine", -600)
    talk.made("theirs", owner="ken")
    planned = talk.say("stop the newest", select("stop", "last_created"))
    assert did(planned) == [("stop", "mine")]
    assert [vm.name for vm in talk.asked[0].vms] == ["mine"]


def test_without_a_host_nobody_is_meant_by_it(talk: Conversation) -> None:
    talk.world.down = True
    with pytest.raises(Unavailable):
        talk.say("stop it", select("stop", "last_mentioned"))


def test_a_wish_that_could_not_be_is_remembered(talk: Conversation) -> None:
    talk.made("shop", owner="ken")
    with pytest.raises(InvalidInput):
        talk.say("a web server called shop", CREATE)
    talk.say("why?", {"type": "chat", "message": "It is taken."})
    (turn,) = talk.asked[-1].turns
    assert turn.user == "a web server called shop" and "taken" in turn.reply


def test_who_answered_is_kept_with_plan_and_conversation(talk: Conversation) -> None:
    planned = talk.say("a web server called shop", CREATE)
    (kept,) = Talk(talk.actor, "n-test").exchanges()
    assert planned.plan is not None and planned.plan.planner is not None
    assert kept.planner == planned.plan.planner
    assert (kept.planner.model, kept.planner.cost_usd) == ("scripted-1", 0.25)
