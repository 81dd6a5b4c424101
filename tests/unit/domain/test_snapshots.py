"""Operations about snapshots: what a request may say, which one is meant, what a plan makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from fuyajo.domain.errors import InvalidInput
from fuyajo.domain.machine import HostFacts, HostView, Machine, Snapshot
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Change, cost_of, risk_of
from fuyajo.domain.planning import changes_of, fingerprint
from fuyajo.domain.snapshots import in_branches, snapshot_of, taken_of
from fuyajo.domain.spec import Spec, normalise

NOW = datetime(2026, 11, 22, 21, 5, 9, tzinfo=UTC)
FIRST = Snapshot("first", "2026-11-20T10:00:00Z", "stopped")
SECOND = Snapshot("second", "2026-11-21T10:00:00Z", "running")
EVIL = Snapshot("{{ lookup('pipe', 'id') }}\x1b[2J", "2026-11-22T10:00:00Z", "running")
NO_MORE = Machine("web", "uuid-web", "running", 1, 1024, 10, owner="mika", template="web-server")


def spec(op: str, **more: Any) -> Spec:
    return normalise(parse_config({"operations": [{"op": op, "vm": "web", **more}]}), moment=NOW)


def host(*snapshots: Snapshot, **more: Any) -> HostView:
    machine = replace(NO_MORE, snapshots=snapshots, **more)
    return HostView(HostFacts("qemu:///system", 32_000), {"web": machine})


def plan(wanted: Spec, found: HostView) -> tuple[Change, list[dict[str, str]]]:
    (change,), problems = changes_of(wanted, found, "mika")
    return change, [p.as_json() for p in problems]


def values(change: Change) -> dict[str, tuple[Any, Any]]:
    return {f.path: (f.before, f.after) for f in change.fields}


@pytest.mark.parametrize("op", ["start", "stop", "restart", "delete", "resize"])
def test_a_snapshot_belongs_to_its_operations(op: str) -> None:
    sizes = {"cpus": 2} if op == "resize" else {}
    with pytest.raises(InvalidInput) as refused:
        parse_config({"operations": [{"op": op, "vm": "web", "snapshot": "first", **sizes}]})
    assert [(p.path, p.code) for p in refused.value.problems] == [
        ("operations[0].snapshot", "only_snapshot")
    ]


@pytest.mark.parametrize(
    ("operation", "path", "code"),
    [
        ({"op": "snapshot", "cpus": 2}, "operations[0].cpus", "only_resize"),
        ({"op": "revert", "snapshot": "../x"}, "operations[0].snapshot", "bad_name"),
        ({"op": "snapshot", "snapshot": "{{ 7 }}"}, "operations[0].snapshot", "bad_name"),
        ({"op": "snapshot", "snapshot": "a\n"}, "operations[0].snapshot", "bad_name"),
        ({"op": "snapshot", "snapshot": 7}, "operations[0].snapshot", "wrong_type"),
        ({"op": "snapshot", "name": "x"}, "operations[0].name", "unknown_key"),
    ],
)
def test_what_a_request_may_not_say(operation: dict[str, Any], path: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_config({"operations": [{"vm": "web", **operation}]})
    assert (path, code) in [(p.path, p.code) for p in refused.value.problems]


def test_one_wish_per_machine() -> None:
    both = [{"op": op, "vm": "web"} for op in ("snapshot", "stop")]
    with pytest.raises(InvalidInput) as refused:
        parse_config({"operations": both})
    assert [p.code for p in refused.value.problems] == ["vm_twice"]


def test_a_name_comes_from_the_moment_that_is_passed_in() -> None:
    assert spec("snapshot").operations[0].snapshot == "s-20261122-210509"
    config = parse_config({"operations": [{"op": "snapshot", "vm": "web"}]})
    tokyo = NOW.astimezone(timezone(timedelta(hours=9)))
    assert normalise(config, moment=tokyo) == spec("snapshot")
    with pytest.raises(ValueError, match="moment"):
        normalise(config)
    assert spec("snapshot", snapshot="mine").operations[0].snapshot == "mine"
    assert spec("revert").operations[0].snapshot is None


def test_only_operations_about_snapshots_need_them_read() -> None:
    assert spec("snapshot").snapshots_of == spec("revert").snapshots_of == {"web"}
    assert spec("delete-snapshot", snapshot="first").snapshots_of == {"web"}
    assert spec("stop").snapshots_of == frozenset()


def test_taking_one_changes_the_machine_and_can_be_undone() -> None:
    change, problems = plan(spec("snapshot", snapshot="third"), host(FIRST))
    assert (change.action, change.uuid, problems) == ("snapshot", "uuid-web", [])
    assert values(change) == {"snapshot": (None, "third")}
    assert (risk_of((change,)), change.irreversible) == ("change", False)
    assert set(cost_of((change,)).values()) == {0}


def test_one_that_is_there_is_not_taken_again() -> None:
    change, problems = plan(spec("snapshot", snapshot="first"), host(FIRST, SECOND))
    assert (change.action, problems) == ("noop", [])
    assert values(change)["taken"] == (FIRST.created, FIRST.created)


def test_going_back_destroys_and_says_to_what() -> None:
    change, problems = plan(spec("revert", snapshot="first"), host(FIRST, SECOND))
    assert (change.action, problems) == ("revert", [])
    assert (risk_of((change,)), change.irreversible) == ("destroy", True)
    assert values(change) == {
        "snapshot": (None, "first"),
        "taken": (None, FIRST.created),
        "state": ("running", "stopped"),
    }


def test_without_a_name_the_newest_is_meant() -> None:
    change, _ = plan(spec("revert"), host(FIRST, SECOND))
    assert values(change) == {"snapshot": (None, "second"), "taken": (None, SECOND.created)}


def test_deleting_one_destroys_it_and_nothing_else() -> None:
    change, problems = plan(spec("delete-snapshot", snapshot="first"), host(FIRST, SECOND))
    assert (change.action, problems) == ("delete-snapshot", [])
    assert (risk_of((change,)), change.irreversible) == ("destroy", True)
    assert values(change) == {"snapshot": ("first", None), "taken": (FIRST.created, None)}
    assert (snapshot_of(change), taken_of(change)) == ("first", FIRST.created)
    assert set(cost_of((change,)).values()) == {0}


def test_what_is_deleted_has_to_be_named_and_there() -> None:
    """ "The newest" is a good guess of where to go back to, and a bad one of what to throw away."""
    with pytest.raises(InvalidInput) as refused:
        spec("delete-snapshot")
    assert [(p.path, p.code) for p in refused.value.problems] == [
        ("operations[0].snapshot", "missing")
    ]
    change, (problem,) = plan(spec("delete-snapshot", snapshot="third"), host(FIRST))
    assert (change.action, problem["code"]) == ("noop", "unknown_snapshot")


def test_force_belongs_to_a_restart_of_what_runs() -> None:
    cut, _ = plan(spec("restart", force=True), host())
    assert (cut.action, cut.irreversible, cut.effect) == ("restart", True, "destroy")
    asked, _ = plan(spec("restart", force=False), host())
    assert (asked.irreversible, asked.effect, asked.fields) == (False, "stop", ())
    off, _ = plan(spec("restart", force=True), host(state="stopped"))
    assert (off.action, off.irreversible, off.effect) == ("start", False, "none")
    with pytest.raises(InvalidInput) as refused:
        spec("stop", force=True)
    assert [p.code for p in refused.value.problems] == ["only_restart"]


@pytest.mark.parametrize("more", [{}, {"snapshot": "first"}])
def test_nothing_to_go_back_to(more: dict[str, str]) -> None:
    change, problems = plan(spec("revert", **more), host())
    assert [(p["path"], p["code"]) for p in problems] == [("operations[0].snapshot", "no_snapshot")]
    assert change.action == "noop"


def test_an_unknown_name_lists_the_known_ones() -> None:
    _, (problem,) = plan(spec("revert", snapshot="third"), host(FIRST, SECOND, EVIL))
    assert (problem["path"], problem["code"]) == ("operations[0].snapshot", "unknown_snapshot")
    assert problem["hint"].endswith("second, first")


def test_a_newest_one_with_an_odd_name_is_neither_chosen_nor_passed_over() -> None:
    """Anybody can take a snapshot with any tool. An older one in its place would be the wrong one."""
    change, (problem,) = plan(spec("revert"), host(FIRST, EVIL))
    assert (change.action, problem["code"]) == ("noop", "foreign_snapshot")
    assert problem["message"].isprintable() and problem["hint"].endswith(": first")
    change, problems = plan(spec("revert", snapshot="first"), host(FIRST, EVIL))
    assert (change.action, problems) == ("revert", [])


@pytest.mark.parametrize("op", ["snapshot", "revert", "delete-snapshot"])
def test_machines_that_it_cannot_be_done_with(op: str) -> None:
    unfinished, wanted = host(FIRST, state="unfinished"), spec(op, snapshot="first")
    assert [p["code"] for p in plan(wanted, unfinished)[1]] == ["unfinished"]
    (changes, (problem,)) = changes_of(wanted, host(FIRST, owner="eve"), "mika")
    assert (changes, problem.code) == ((), "unknown_vm")


def test_the_fingerprint_holds_what_is_meant_and_nothing_else() -> None:
    back, to_first = spec("revert"), spec("revert", snapshot="first")
    assert fingerprint(back, host(FIRST)) != fingerprint(back, host(FIRST, SECOND))
    assert fingerprint(to_first, host(FIRST)) == fingerprint(to_first, host(FIRST, SECOND))
    retaken = replace(FIRST, created=SECOND.created)
    assert fingerprint(to_first, host(FIRST)) != fingerprint(to_first, host(retaken))
    away = spec("delete-snapshot", snapshot="first")
    assert fingerprint(away, host(FIRST)) != fingerprint(away, host(retaken))
    take = spec("snapshot", snapshot="first")
    assert fingerprint(take, host()) != fingerprint(take, host(FIRST))
    assert fingerprint(take, host()) == fingerprint(take, host(SECOND))
    stop = spec("stop")
    assert fingerprint(stop, host()) == fingerprint(stop, host(FIRST))


def branches(*said: tuple[str, str | None]) -> list[tuple[int, str]]:
    taken = [Snapshot(name, parent=parent) for name, parent in said]
    return [(depth, one.name) for depth, one in in_branches(taken)]


def test_a_chain_is_no_branch() -> None:
    assert branches(("a", None), ("b", "a"), ("c", "b")) == [(0, "a"), (0, "b"), (0, "c")]


def test_a_fork_is_deeper_and_each_branch_stays_together() -> None:
    said = (("a", None), ("b", "a"), ("x", "a"), ("c", "b"), ("y", "x"))
    assert branches(*said) == [(0, "a"), (1, "b"), (1, "c"), (1, "x"), (1, "y")]


def test_parents_that_mean_nothing_lose_no_snapshot() -> None:
    circle = branches(("a", "b"), ("b", "a"), ("c", "gone"), ("d", "d"))
    assert sorted(name for _, name in circle) == ["a", "b", "c", "d"]
