"""Turns as references may mean them: only VMs that are there, the same ones, within the hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fuyajo.domain.plan import Change
from fuyajo.domain.references import Named
from fuyajo.service import conversing
from fuyajo.service.context import Actor, Settings
from fuyajo.service.conversing import CLOCKS_APART, SILENCE, Talk, settled, turn
from fuyajo.store.conversations import Exchange
from tests.support.command_line import machine

NOW = datetime.now(UTC)


@pytest.fixture
def actor(tmp_path: Path) -> Actor:
    return Actor("mika", Settings(tmp_path / "home", "test:///default", "p", tmp_path))


def plan_of(*changes: Change) -> Any:
    return SimpleNamespace(id="p-00000000", changes=changes)


CREATE = Change(object="vm", name="shop", action="create")
STOP = Change(object="vm", name="web", action="stop", uuid="uuid-web")
SAME = Change(object="vm", name="db", action="noop")
NETWORK = Change(object="network", name="lan", action="create")
OWN = {name: machine(name) for name in ("web", "db")}


def test_what_a_turn_was_about(actor: Actor) -> None:
    talk = Talk(actor, "n-x")
    talk.add("do it", "done", OWN, plan=plan_of(CREATE, STOP, SAME, NETWORK))
    (kept,) = talk.exchanges()
    assert kept.made == (Named(name="shop", uuid=""),)
    assert [named.name for named in kept.touched] == ["web", "db"]
    assert [named.uuid for named in kept.touched] == ["uuid-web", "uuid-db"]
    assert (kept.user, kept.reply, kept.plan) == ("do it", "done", "p-00000000")


def test_planned_but_never_made_means_nothing(actor: Actor) -> None:
    talk = Talk(actor, "n-x")
    talk.add("a shop", "…", OWN, plan=plan_of(CREATE))
    (only,) = talk.turns(OWN)
    assert (only.made, only.about, only.unmade) == ((), (), ("shop",))


def test_made_meanwhile_is_known_and_a_later_namesake_is_not(actor: Actor) -> None:
    talk = Talk(actor, "n-x")
    talk.add("a shop", "…", OWN, plan=plan_of(CREATE))
    now = datetime.now(UTC)
    first = machine("shop", uuid="first", created=now.isoformat())
    assert talk.turns({"shop": first})[0].made == ("shop",)
    talk.add("thanks", "…", {"shop": first})
    later = machine("shop", uuid="second", created=(now + timedelta(minutes=5)).isoformat())
    before, _ = talk.turns({"shop": later})
    assert (before.made, before.unmade) == ((), ("shop",))


@pytest.mark.parametrize(
    ("created", "is_it"),
    [
        (NOW + timedelta(minutes=2), True),
        (NOW - CLOCKS_APART / 2, True),
        (NOW - timedelta(hours=3), False),
        (None, True),
    ],
)
def test_an_older_machine_of_that_name_is_another_one(
    created: datetime | None, is_it: bool
) -> None:
    there = machine("shop", created=created.isoformat() if created else None)
    exchange = Exchange(at=NOW, user="x", made=(Named(name="shop", uuid=""),))
    assert (turn(exchange, {"shop": there}).made == ("shop",)) is is_it
    assert settled(exchange, {"shop": there}).made[0].uuid == ("uuid-shop" if is_it else "")


def test_a_machine_that_was_replaced_is_gone() -> None:
    exchange = Exchange(at=NOW, user="x", touched=(Named(name="web", uuid="old"),))
    seen = turn(exchange, {"web": machine("web")})
    assert (seen.touched, seen.gone) == ((), ("web",))


def test_an_hour_of_silence_forgets(actor: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = Talk(actor, "n-x")
    talk.add("hello", "hi", {})
    assert len(Talk(actor, "n-x").exchanges()) == 1
    monkeypatch.setattr(
        conversing, "datetime", _at(datetime.now(UTC) + SILENCE + timedelta(minutes=1))
    )
    assert Talk(actor, "n-x").exchanges() == ()
    talk.add("again", "hi", {})
    assert [kept.user for kept in talk.exchanges()] == ["again"]


def _at(moment: datetime) -> type[datetime]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return moment

    return Clock


def test_without_an_id_nothing_is_written(actor: Actor) -> None:
    talk = Talk(actor)
    talk.add("hello", "hi", {})
    assert [seen.user for seen in talk.turns({})] == ["hello"]
    assert not actor.settings.home.exists()
    assert Talk(actor).turns({}) == ()


def test_afresh_forgets_at_once(actor: Actor) -> None:
    Talk(actor, "n-x").add("hello", "hi", {})
    Talk(actor, "n-x", fresh=True)
    assert Talk(actor, "n-x").exchanges() == ()
