"""Rules of their owners, and what a round of measuring makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from math import nan
from pathlib import Path

import pytest

from fuyajo.domain.alerts import Rule
from fuyajo.domain.errors import Conflict, InvalidInput, NotFound, Problem, Unavailable
from fuyajo.domain.history import METRICS
from fuyajo.domain.machine import HostFacts, HostView
from fuyajo.service import alerting, planning
from fuyajo.service.alerting import MOST, Lookout
from fuyajo.service.context import Actor, Settings
from fuyajo.store.alerts import AlertStore
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from tests.support.command_line import machine

URI = "qemu:///system"
BUSY = Rule("cpu", 80, lasting=20, clear_lasting=0)


@pytest.fixture
def actor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Actor]:
    settings = Settings(tmp_path / "home", URI, "p", Path("/p"))
    mine = machine("web", uuid="u-web", owner="mika")
    other = machine("theirs", uuid="u-theirs", owner="jun")
    view = HostView(HostFacts(URI, 8192), {"web": mine, "theirs": other})
    monkeypatch.setattr(planning, "look", lambda _actor: view)
    with closing(Database(Home(settings.home))) as database:
        yield Actor("mika", settings, opened=database)


def cpu(**said: float) -> Mapping[str, tuple[float, ...]]:
    return {
        f"u-{name}": tuple(value if key == "cpu" else nan for key in METRICS)
        for name, value in said.items()
    }


def test_everything_wrong_is_said_at_once_and_nothing_is_kept(actor: Actor) -> None:
    with pytest.raises(InvalidInput) as refused:
        alerting.add(actor, Rule("cpu", 120), "x" * 81, ["theirs", "web"], channels=["pager"])
    assert [(one.path, one.code) for one in refused.value.problems] == [
        ("threshold", "alert_per_cent"),
        ("title", "too_long"),
        ("channels[0]", "unknown_channel"),
        ("vms[0]", "unknown_vm"),
    ]
    assert "theirs" not in str(refused.value.problems[-1].params["known"])
    assert alerting.of(actor) == []


def test_it_is_its_owners_and_there_is_an_end_to_them(actor: Actor) -> None:
    made = alerting.add(actor, BUSY, vms=["web", "web"])
    assert made.vms == ("web",) and alerting.of(actor) == [made]
    jun = replace(actor, user="jun")
    assert alerting.of(jun) == []
    for attempt in (alerting.get, alerting.remove, lambda a, i: alerting.set_enabled(a, i, False)):
        with pytest.raises(NotFound):
            attempt(jun, made.id)
    assert not alerting.set_enabled(actor, made.id, False).enabled
    alerting.remove(actor, made.id)
    for _ in range(MOST):
        alerting.add(actor, BUSY)
    with pytest.raises(Conflict):
        alerting.add(actor, BUSY)


def test_rounds_fire_once_across_a_restart_of_the_service(actor: Actor) -> None:
    made = alerting.add(actor, BUSY)
    store = AlertStore(actor.database)
    for at in (1_000, 1_010):
        Lookout(actor, 10).round(at, cpu(web=99, theirs=99))
    assert store.due(9_999, 9) == []
    for at in (1_020, 1_030):  # each another process
        Lookout(actor, 10).round(at, cpu(web=99, theirs=99))
    (said,) = store.due(9_999, 9)
    assert (said.alert, said.name, said.channel, said.event.kind) == (
        made.id,
        "web",
        "log",
        "fired",
    )
    Lookout(actor, 10).round(1_040, cpu(web=1))
    assert [one.event.kind for one in store.due(9_999, 9)] == ["fired", "cleared"]


def test_machines_are_looked_at_only_for_a_rule_and_not_every_time(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Actor] = []

    def counted(one: Actor) -> HostView:
        looks.append(one)
        return HostView(HostFacts(URI, 8192), {})

    monkeypatch.setattr(planning, "look", counted)
    lookout = Lookout(actor, 10)
    lookout.round(1_000, cpu(web=99))
    assert looks == []
    alerting.add(actor, BUSY)
    for at in (1_010, 1_020, 1_030):
        lookout.round(at, cpu(web=99))
    assert len(looks) == 1


def test_a_host_that_is_silent_for_alerts_does_not_end_measuring(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    alerting.add(actor, BUSY)

    def silent(_actor: Actor) -> HostView:
        raise Unavailable(Problem("", "libvirt_unavailable", {"uri": URI, "detail": "gone"}))

    monkeypatch.setattr(planning, "look", silent)
    Lookout(actor, 10).round(1_000, cpu(web=99))
    assert "alerts not looked at" in caplog.text
    assert AlertStore(actor.database).due(9_999, 9) == []
