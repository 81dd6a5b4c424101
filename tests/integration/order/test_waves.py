"""The real playbook with `after`: who is made, started and configured when, and who never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan, cost_of, risk_of
from fuyajo.domain.planning import changes_of
from fuyajo.domain.spec import normalise
from fuyajo.engine.render import Surroundings, run_document
from tests.support.stand_in import StandIn, stand_in

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FACTS = HostFacts("qemu:///system", 1 << 30, images=frozenset({"debian-12"}))
AROUND = Surroundings("qemu:///system", "p", Path("/p"), "key", Path("/k"), Path("/h"), ())


def document(there: dict[str, Any], **vms: Any) -> dict[str, Any]:
    """The run document of these VMs, held against the machines that are there."""
    wanted = [{"name": name, **more} for name, more in vms.items()]
    spec = normalise(parse_config({"vms": wanted}))
    found = {
        name: Machine(
            name,
            one["uuid"],
            one["state"],
            1,
            1024,
            10,
            owner="mika",
            template="basic-server",
            configured=one.get("configured"),
        )
        for name, one in there.items()
    }
    changes, problems = changes_of(spec, HostView(FACTS, found), "mika")
    assert problems == []
    plan = Plan(
        id="p-0123abcd",
        owner="mika",
        created=NOW,
        expires=NOW + timedelta(hours=1),
        digest="",
        fingerprint="",
        risk=risk_of(changes),
        cost=cost_of(changes),
        spec=spec,
        changes=changes,
        reason="test",
    )
    return run_document(plan, "r-1", AROUND)


@pytest.fixture
def place(tmp_path: Path) -> StandIn:
    return stand_in(tmp_path)


CHAIN = {"app": {"after": ["db"]}, "db": {}, "edge": {"after": ["app", "db"]}, "free": {}}


def test_one_after_the_other_and_the_second_run_changes_nothing(place: StandIn) -> None:
    checked = place.play(document({}, **CHAIN), "--check")
    assert (checked.code, checked.changed, place.log) == (0, 1, []), checked.said
    ran = place.play(document({}, **CHAIN))
    assert ran.code == 0, ran.said
    log = place.log
    assert set(log[:4]) == {
        "make app stopped",
        "make db running",
        "make edge stopped",
        "make free running",
    }
    assert set(log[4:6]) == {"configure db", "configure free"}
    rest = [line for line in log[6:] if not line.startswith("mark")]
    assert rest == ["set app running", "configure app", "set edge running", "configure edge"]
    place.forget()
    for options in ((), ("--check",)):
        again = place.play(document(place.machines(), **CHAIN), *options)
        assert (again.code, again.changed) == (0, 0), again.said
    assert not [line for line in place.log if not line.startswith("configure")]


def test_what_waits_for_a_guest_that_failed_is_not_begun(place: StandIn) -> None:
    """The others go on; and the next run does the rest."""
    wanted = {**CHAIN, "late": {"after": ["free"]}}
    ran = place.play(document({}, **wanted), broken="db")
    assert ran.code != 0
    assert "not begun: db did not become ready" in ran.said
    states = {name: one["state"] for name, one in place.machines().items()}
    assert states["late"] == states["db"] == "running"
    assert (states["app"], states["edge"]) == ("stopped", "stopped")
    assert place.machines()["late"].get("configured")
    assert not place.machines()["db"].get("configured")
    place.forget()
    rest = place.play(document(place.machines(), **wanted))
    assert rest.code == 0, rest.said
    lines = [line for line in place.log if "app" in line or "db" in line]
    assert lines[:1] == ["configure db"]
    assert lines.index("mark db") < lines.index("set app running") < lines.index("configure app")


def test_who_only_has_to_answer_may_fail_later(place: StandIn) -> None:
    """`ready: running`: started when the other answers, configured together with it."""
    wanted = {"queue": {"ready": "running"}, "work": {"after": ["queue"]}}
    ran = place.play(document({}, **wanted), broken="queue")
    assert ran.code != 0
    assert place.log[:3] == ["make queue running", "make work stopped", "set work running"]
    assert "configure work" in place.log
    assert place.machines()["work"].get("configured")
    assert not place.machines()["queue"].get("configured")
