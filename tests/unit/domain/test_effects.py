"""What a change does to a machine, and why: of every field and of the whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.effects import with_effects
from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import EFFECTS, Action, Change, Effect, FieldChange, risk_of
from fuyajo.domain.planning import changes_of
from fuyajo.domain.spec import normalise
from fuyajo.domain.texts import known
from tests.unit.domain.test_planning import FACTS, machine

Told = dict[str, tuple[str, str]]


def effects(found: Machine, *operations: dict[str, Any], **vm: Any) -> tuple[Change, Told]:
    data: dict[str, Any] = {"operations": list(operations)}
    if vm:
        data["vms"] = [{"name": found.name, "template": "web-server", **vm}]
    host = HostView(FACTS, {found.name: found})
    (change,), problems = changes_of(normalise(parse_config(data)), host, "mika")
    assert problems == []
    return change, {f.path: (f.effect, f.why) for f in change.fields}


def test_a_running_guest_keeps_cpus_and_memory_until_it_is_restarted() -> None:
    change, told = effects(machine("web"), cpus=2, memory="2GiB", disk="20GiB")
    assert told == {
        "cpus": ("restart", "cpus"),
        "memory_mib": ("restart", "memory_mib"),
        "disk_gib": ("live", "disk_grows"),
    }
    assert (change.effect, risk_of((change,))) == ("restart", "change")
    assert {f.path: f.live for f in change.fields} == {
        "cpus": False,
        "memory_mib": False,
        "disk_gib": True,
    }


def test_where_the_machine_has_room_for_it_they_move_at_once() -> None:
    roomy = machine("web", cpus=2, max_cpus=4, max_memory_mib=4096)
    assert effects(roomy, cpus=4, memory="4GiB")[1]["cpus"] == ("live", "within_room")
    assert effects(roomy, memory="512MiB")[1]["memory_mib"] == ("live", "within_room")
    assert effects(roomy, memory="8GiB")[1]["memory_mib"] == ("restart", "memory_mib")
    assert effects(roomy, cpus=1)[1]["cpus"] == ("restart", "cpus"), "few guests give one back"


@pytest.mark.parametrize("state", ["stopped", "crashed"])
def test_a_machine_that_is_off_feels_nothing(state: str) -> None:
    change, told = effects(machine("web", state=state), cpus=2, disk="20GiB")
    assert {effect for effect, _ in told.values()} == {"none"}
    assert change.effect == "none"


def test_a_paused_machine_has_a_process_that_keeps_what_it_has() -> None:
    assert effects(machine("web", state="paused"), cpus=2)[1]["cpus"] == ("restart", "cpus")


FIRST = Snapshot("first", "2026-11-20T10:00:00Z", "stopped")


@pytest.mark.parametrize(
    ("operation", "effect", "why", "risk"),
    [
        ({"op": "stop"}, "stop", "stop", "change"),
        ({"op": "restart"}, "stop", "restart", "change"),
        ({"op": "delete"}, "destroy", "delete", "destroy"),
        ({"op": "restart", "force": True}, "destroy", "reset", "destroy"),
        ({"op": "revert"}, "destroy", "revert", "destroy"),
        (
            {"op": "delete-snapshot", "snapshot": "first"},
            "destroy",
            "delete_snapshot",
            "destroy",
        ),
        ({"op": "snapshot", "snapshot": "new"}, "live", "snapshot", "change"),
    ],
)
def test_operations(operation: dict[str, Any], effect: str, why: str, risk: str) -> None:
    found = machine("web", snapshots=(FIRST,))
    change, _ = effects(found, {"vm": "web", **operation})
    assert (change.effect, change.why, risk_of((change,))) == (effect, why, risk)


def test_starting_and_making_interrupt_nothing() -> None:
    change, _ = effects(machine("web", state="stopped"), {"op": "start", "vm": "web"})
    assert change.effect == "none"
    spec = normalise(parse_config({"vms": [{"name": "new"}]}))
    (change,), _ = changes_of(spec, HostView(FACTS), "mika")
    assert {change.effect, *(f.effect for f in change.fields)} == {"none"}


def test_the_disk_that_an_earlier_machine_left_is_data_as_well() -> None:
    facts = HostFacts("qemu:///system", 32_000)
    spec = normalise(parse_config({"operations": [{"op": "delete", "vm": "old"}]}))
    (change,), _ = changes_of(spec, HostView(facts, {}, frozenset({"old"})), "mika")
    assert (change.effect, change.why) == ("destroy", "leftover")


PATHS = ("cpus", "memory_mib", "disk_gib", "state", "configured", "snapshot", "anything")


@given(
    st.sampled_from(get_args(Action)),
    st.lists(st.sampled_from(PATHS), unique=True),
    st.sampled_from(["running", "paused", "stopped", "unfinished"]),
    st.booleans(),
)
def test_the_whole_is_as_strong_as_its_strongest_field(
    action: Action, paths: list[str], state: str, there: bool
) -> None:
    fields = tuple(FieldChange(path=p, before=1, after=2) for p in paths)
    found = replace(machine("web"), state=state) if there else None
    told = with_effects(Change(object="vm", name="web", action=action, fields=fields), found)
    strength = EFFECTS.index
    assert all(strength(told.effect) >= strength(f.effect) for f in told.fields)
    assert all(f.live == (f.effect != "restart") for f in told.fields)
    if action == "noop":
        assert told.effect == "none"
    said: list[tuple[Effect, str]] = [
        (told.effect, told.why),
        *((f.effect, f.why) for f in told.fields),
    ]
    for effect, why in said:
        assert (effect == "none") == (why == ""), "no effect without its reason"
        assert not why or known(f"why.{why}")
