"""Undo: what a plan did is taken back, what cannot be is named, and the undo of an undo is the run again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot, Trashed
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.planning import changes_of
from fuyajo.domain.policy import Trash
from fuyajo.domain.spec import OperationSpec, Spec, normalise
from fuyajo.domain.texts import known
from fuyajo.domain.trash import settled, trash_name, without_trash
from fuyajo.domain.undo import Past, Undoing, noted, undoing

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FACTS = HostFacts("qemu:///system", 1 << 30, images=frozenset({"debian-12"}))


def machine(name: str, **more: Any) -> Machine:
    base = Machine(
        name, f"uuid-{name}", "running", 1, 1024, 10, owner="mika", template="web-server"
    )
    return replace(base, configured="x", **more)


def host(*machines: Machine) -> HostView:
    return HostView(FACTS, {m.name: m for m in machines})


def planned(spec: Spec, found: HostView) -> Plan:
    whole = settled(spec, found, "mika", Trash(), NOW)
    changes, problems = changes_of(whole, found, "mika")
    assert problems == []
    return Plan.model_construct(
        spec=whole, changes=tuple(noted(change, found) for change in changes), owner="mika"
    )


def wish(**data: Any) -> Spec:
    return normalise(parse_config(data), moment=NOW)


def done(plan: Plan, found: HostView, number: int = 0) -> tuple[HostView, dict[str, str]]:
    """The host after a run that went well, and the machines that it made."""
    after, made = dict(found.machines), {}
    for change in plan.changes:
        if change.object != "vm" or change.action == "noop":
            continue
        now = next((m for m in after.values() if m.uuid == change.uuid), None)
        if change.action == "create":
            now = machine(change.name, uuid=f"made-{number}-{change.name}")
            made[change.name] = now.uuid
        assert now is not None
        after.pop(now.name, None)
        became = _became(change, now)
        if became is not None:
            after[became.name] = became
    networks = {c.name for c in plan.changes if c.object == "network"}
    facts = replace(found.facts, networks=found.facts.networks | networks)
    return replace(found, machines=after, facts=facts), made


def _became(change: Change, now: Machine) -> Machine | None:
    if change.action == "delete" and change.until:
        mark = Trashed(now.name, "2026-11-23T10:00:00Z", change.until)
        return replace(now, name=trash_name(now.uuid), state="stopped", trashed=mark)
    if change.action in ("delete", "purge"):
        return None
    if change.action == "recover":
        assert now.trashed is not None
        now = replace(now, name=now.trashed.name, trashed=None)
    if change.action == "snapshot":
        return replace(now, snapshots=(*now.snapshots, Snapshot("new", "2026-11-23T10:00:00Z")))
    values = {f.path: f.after for f in change.fields if hasattr(now, f.path)}
    return replace(now, **(values | ({"configured": "y"} if "configured" in values else {})))


def taken_back(plan: Plan, made: dict[str, str], after: HostView) -> Undoing:
    return undoing(Past(plan, made, NOW + timedelta(hours=1)), after, "mika")


def undone(
    plan: Plan, made: dict[str, str], after: HostView
) -> tuple[Plan, HostView, dict[str, str]]:
    back = planned(Spec(operations=taken_back(plan, made, after).operations), after)
    return (back, *done(back, after, 1))


# --- every kind of change, and back ---------------------------------------------------------------------

NAMES = ("a", "b", "c", "d")
POWER = st.sampled_from(["running", "stopped"])
WISHES = st.fixed_dictionaries(
    {},
    optional={
        "a": st.sampled_from(["start", "stop", "restart", "delete", "snapshot"]),
        "b": st.sampled_from(["start", "stop", "restart", "delete", "snapshot"]),
        "c": st.fixed_dictionaries({"cpus": st.integers(1, 4), "memory": st.integers(1024, 1026)}),
        "d": st.fixed_dictionaries(
            {"state": st.sampled_from(["running", "stopped", "absent"]), "cpus": st.integers(1, 3)}
        ),
        "new": POWER,
    },
)


def spec_of(asked: dict[str, Any]) -> Spec:
    operations = [{"op": asked[name], "vm": name} for name in ("a", "b") if name in asked]
    if "c" in asked:
        operations.append({"op": "resize", "vm": "c", **asked["c"]})
    vms = [{"name": "d", "template": "web-server", **asked["d"]}] if "d" in asked else []
    if "new" in asked:
        vms.append({"name": "new", "template": "web-server", "state": asked["new"]})
    return wish(vms=vms, operations=operations)


def settled_view(found: HostView) -> dict[str, Machine]:
    """What a person has: without the trash, and without snapshots, which an undo leaves alone."""
    return {n: replace(m, snapshots=()) for n, m in found.owned("mika").items()}


@given(WISHES.filter(bool), st.tuples(POWER, POWER, POWER, POWER))
def test_undo_is_the_original_and_undo_of_undo_is_the_run(
    asked: dict[str, Any], power: Sequence[str]
) -> None:
    before = host(*(machine(n, state=s) for n, s in zip(NAMES, power, strict=True)))
    plan = planned(spec_of(asked), before)
    assert {c.undo for c in plan.changes} <= {"yes", "none"}
    after, made = done(plan, before)
    assert taken_back(plan, made, after).left == ()
    back, again, _ = undone(plan, made, after)
    assert settled_view(again) == settled_view(before)
    _, twice, _ = undone(back, {}, again)
    assert settled_view(twice) == settled_view(after)


@given(WISHES.filter(bool), st.tuples(POWER, POWER, POWER, POWER))
def test_a_run_that_did_nothing_leaves_nothing_to_undo(
    asked: dict[str, Any], power: Sequence[str]
) -> None:
    before = host(*(machine(n, state=s) for n, s in zip(NAMES, power, strict=True)))
    plan = planned(spec_of(asked), before)
    assert taken_back(plan, {}, before) == Undoing((), ())


@given(WISHES.filter(bool), st.tuples(POWER, POWER, POWER, POWER), st.sampled_from(NAMES))
def test_what_is_another_machine_by_now_is_never_touched(
    asked: dict[str, Any], power: Sequence[str], moved: str
) -> None:
    before = host(*(machine(n, state=s) for n, s in zip(NAMES, power, strict=True)))
    plan = planned(spec_of(asked), before)
    after, made = done(plan, before)
    other = replace(after, machines={**after.machines, moved: machine(moved, uuid="another")})
    assert all(o.vm != moved for o in taken_back(plan, made, other).operations)
    fresh = {**made, **dict.fromkeys(made, "else")}
    assert all(o.vm != "new" for o in taken_back(plan, fresh, after).operations)


# --- what stays, and why -------------------------------------------------------------------------------


def notes(plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    return [(c.undo, c.undo_why) for c in plan.changes]


def reasons(found: Undoing) -> list[str]:
    return [one.why for one in found.left]


def test_a_disk_never_shrinks() -> None:
    before = host(machine("a"))
    plan = planned(wish(operations=[{"op": "resize", "vm": "a", "disk": 20, "cpus": 2}]), before)
    assert notes(plan) == [("part", ("disk",))]
    after, _ = done(plan, before)
    found = taken_back(plan, {}, after)
    assert reasons(found) == ["disk"]
    assert found.operations == (OperationSpec(op="resize", vm="a", cpus=1),)
    only = planned(wish(operations=[{"op": "resize", "vm": "a", "disk": 20}]), before)
    assert notes(only) == [("no", ("disk",))]


def test_networks_and_what_was_set_up_inside_stay() -> None:
    before = host(machine("a", state="stopped"))
    data = {"name": "a", "template": "web-server", "vars": {"title": "x"}}
    plan = planned(wish(networks=[{"name": "back", "cidr": "10.9.0.0/24"}], vms=[data]), before)
    assert notes(plan) == [("no", ("network",)), ("part", ("configured",))]
    after, _ = done(plan, before)
    found = taken_back(plan, {}, after)
    assert reasons(found) == ["configured", "network"]
    assert [o.op for o in found.operations] == ["stop"]


def test_purged_and_emptied() -> None:
    before = host(machine("a"))
    gone = planned(without_trash(wish(operations=[{"op": "delete", "vm": "a"}])), before)
    assert notes(gone) == [("no", ("purged",))]
    assert reasons(taken_back(gone, {}, host())) == ["purged"]
    kept = planned(wish(operations=[{"op": "delete", "vm": "a"}]), before)
    assert notes(kept) == [("yes", ("trash",))]
    assert reasons(taken_back(kept, {}, host())) == ["emptied"]
    after, _ = done(kept, before)
    taken = replace(after, machines={**after.machines, "a": machine("a", uuid="another")})
    (left,) = taken_back(kept, {}, taken).left
    assert (left.why, left.params) == ("taken", {"kept": trash_name("uuid-a")})


OLD, MIDDLE, LATE = (
    Snapshot(n, f"2026-11-2{i}T10:00:00Z") for i, n in ((0, "old"), (1, "mid"), (9, "late"))
)


@pytest.mark.parametrize(
    ("there", "verdict", "snapshot", "left"),
    [
        ((OLD,), "no", None, "reverted"),
        ((OLD, MIDDLE), "part", "mid", "since_snapshot"),
        (
            (OLD, MIDDLE, LATE),
            "part",
            "mid",
            "since_snapshot",
        ),  # taken after it: holds nothing of before
    ],
)
def test_going_back(
    there: tuple[Snapshot, ...], verdict: str, snapshot: str | None, left: str
) -> None:
    spec = wish(operations=[{"op": "revert", "vm": "a", "snapshot": "old"}])
    before = host(machine("a", snapshots=tuple(s for s in there if s is not LATE)))
    plan = planned(spec, before)
    assert [c.undo for c in plan.changes] == [verdict]
    found = taken_back(plan, {}, host(machine("a", snapshots=there)))
    assert [o.snapshot for o in found.operations] == ([snapshot] if snapshot else [])
    assert reasons(found) == [left]


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (host(), "gone"),
        (host(machine("a", uuid="another")), "another"),
        (host(machine("a", cpus=9)), "moved"),
        (host(machine("a", owner="eve")), "gone"),
    ],
)
def test_the_host_moved_since(now: HostView, left: str) -> None:
    plan = planned(wish(operations=[{"op": "resize", "vm": "a", "cpus": 2}]), host(machine("a")))
    found = taken_back(plan, {}, now)
    assert (found.operations, reasons(found)) == ((), [left])


def test_a_machine_that_the_run_may_not_have_made_stays() -> None:
    plan = planned(wish(vms=[{"name": "new", "template": "web-server"}]), host())
    after, made = done(plan, host())
    assert reasons(taken_back(plan, {}, after)) == ["unknown"]
    assert [o.op for o in taken_back(plan, made, after).operations] == ["delete"]


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        ({"op": "delete-snapshot", "snapshot": "old"}, "snapshot_deleted"),
        ({"op": "restart", "force": True}, "unsaved"),
    ],
)
def test_what_nothing_brings_back_is_said_before_and_after(
    operation: dict[str, Any], reason: str
) -> None:
    before = host(machine("a", snapshots=(OLD, MIDDLE)))
    plan = planned(wish(operations=[{"vm": "a", **operation}]), before)
    assert notes(plan) == [("no", (reason,))]
    assert reasons(taken_back(plan, {}, host(machine("a", snapshots=(MIDDLE,))))) == [reason]


def test_a_pause_is_not_taken_back() -> None:
    before = host(machine("a", state="paused"))
    plan = planned(wish(operations=[{"op": "start", "vm": "a"}]), before)
    assert notes(plan) == [("no", ("power",))]
    after, _ = done(plan, before)
    assert reasons(taken_back(plan, {}, after)) == ["power"]


def test_every_reason_has_a_sentence() -> None:
    codes = (
        "network trash purged emptied taken reverted since_snapshot adopted disk configured power "
        "snapshot_deleted unsaved"
    )
    for code in [*codes.split(), "gone", "another", "unknown", "moved"]:
        assert known(f"undo.{code}"), code
