"""Three documents held against each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.drift import (
    Baseline,
    compare,
    document_of,
    fields_of,
    follow,
    moved,
    waiting,
    with_ways,
)
from fuyajo.domain.machine import Fields
from fuyajo.domain.reverting import left_behind, operation_for
from tests.support.command_line import machine

PATHS = st.sampled_from(["cpus", "title", "nics[a].kind", "nics[a].mac", "nics[b].kind", "other.x"])
DOCUMENTS = st.dictionaries(PATHS, st.integers(0, 2))


def baseline(fields: Fields, **more: Any) -> Baseline:
    values = {"state": "running", "waits": {}, **more}
    return Baseline(
        "uuid-web", "mika", "web", "r-1", "2026-11-22T10:00:00+00:00", fields=fields, **values
    )


@given(DOCUMENTS, DOCUMENTS)
def test_a_difference_is_told_exactly_where_there_is_one(a: Fields, b: Fields) -> None:
    assert bool(moved(a, b)) == (a != b)
    assert len({one.path for one in moved(a, b)}) == len(moved(a, b))
    back = {one.path: (one.after, one.before) for one in moved(b, a)}
    assert back == {one.path: (one.before, one.after) for one in moved(a, b)}


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_a_run_moves_what_it_changed_and_nothing_else(
    old: Fields, was: Fields, now: Fields
) -> None:
    new = follow(old, was, now)
    for path in old.keys() | was.keys() | now.keys():
        expected = old if was.get(path) == now.get(path) else now
        assert new.get(path) == expected.get(path)
    assert follow(was, was, now) == now


@given(DOCUMENTS, DOCUMENTS, st.none() | DOCUMENTS)
def test_no_drift_exactly_when_all_three_agree(b: Fields, p: Fields, live: Fields | None) -> None:
    named = lambda doc: {k: v for k, v in doc.items() if not k.startswith("other.")}  # noqa: E731
    same = b == p and (live is None or named(live) == named(b))
    assert (fields_of(b, p, live) == []) == same


@pytest.mark.parametrize(
    ("persistent", "live", "kind", "way"),
    [
        ({"cpus": 2}, None, "by_hand", "resize"),
        ({"cpus": 2}, {"cpus": 2}, "by_hand", "resize"),
        ({"cpus": 2}, {"cpus": 1}, "pending", "resize"),
        ({"cpus": 2}, {"cpus": 3}, "pending", "resize"),
        ({"cpus": 1}, {"cpus": 2}, "live_only", "restart"),
        ({"cpus": 1, "title": "x"}, {"cpus": 1}, "pending", "none"),
    ],
)
def test_kinds_and_what_puts_them_back(
    persistent: Fields, live: Fields | None, kind: str, way: str
) -> None:
    (one,) = with_ways(fields_of({"cpus": 1}, persistent, live))
    assert (one.kind, one.way) == (kind, way)


def test_no_restart_that_would_bring_in_what_waits() -> None:
    found = with_ways(fields_of({"cpus": 1}, {"cpus": 1, "title": "x"}, {"cpus": 2}))
    assert {(one.path, one.way, one.why) for one in found} == {
        ("cpus", "none", "restart_pending"),
        ("title", "none", "no_operation"),
    }


def test_one_operation_puts_back_sizes_and_power() -> None:
    web = machine("web", state="stopped", memory_mib=2048, disk_gib=20)
    drift = compare(baseline(document_of(machine("web"))), web)
    operation = operation_for(drift)
    assert operation is not None
    assert (operation.op, operation.memory_mib, operation.power) == ("resize", 1024, "running")
    assert [p.code for p in left_behind(drift)] == ["drift_shrink"]


def test_what_our_own_change_leaves_waiting_is_no_drift() -> None:
    before, after = (
        machine("web"),
        machine("web", memory_mib=2048, live=lambda: {"memory_mib": 1024}),
    )
    old = baseline(document_of(before))
    waits = waiting(old, document_of(after), after)
    assert waits == {"memory_mib": 1024}
    left = baseline(document_of(after), waits=waits)
    assert compare(left, after).status == "same"
    by_hand = machine("web", memory_mib=2048, live=lambda: {"memory_mib": 512})
    assert [one.kind for one in compare(left, by_hand).fields] == ["live_only"]


def test_a_size_that_nobody_could_tell_is_no_drift() -> None:
    assert (
        compare(baseline(document_of(machine("web"))), machine("web", disk_gib=0)).status == "same"
    )
