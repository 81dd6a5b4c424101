"""Running hours: months are split exactly, nothing is negative or counted twice, whoever looks when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.machine import UNFINISHED, HostFacts, HostView, Machine
from fuyajo.domain.plan import Action
from fuyajo.domain.usage import (
    Between,
    Found,
    Usage,
    between,
    counted,
    found_on,
    hours,
    hours_problems,
    month_of,
    next_month,
    seconds_used,
    split,
    starting,
)
from tests.support.claims import URI, machine_of, plan_of

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
Rows = dict[tuple[str, ...], Usage]


def look(
    rows: Rows, at: datetime, run: Between | None = None, **found: bool | tuple[str, bool]
) -> None:
    """One look that is written down; machines by UUID: on or off, of mika where no owner is said."""
    seen = {
        uuid: Found(*said) if isinstance(said, tuple) else Found("mika", said)
        for uuid, said in found.items()
    }
    for row in counted(rows.values(), seen, URI, at, run):
        rows[row.uuid, row.month, row.owner] = row


def total(rows: Iterable[Usage], owner: str = "mika") -> int:
    return sum(row.seconds for row in rows if row.owner == owner)


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


# --- months ------------------------------------------------------------------------------------------


@given(moments, moments)
def test_months_are_split_exactly(one: datetime, other: datetime) -> None:
    begin, end = sorted((one, other))
    found = split(begin, end)
    assert sum(found.values()) == int(end.timestamp()) - int(begin.timestamp())
    for month, seconds in found.items():
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        assert 0 <= seconds <= (next_month(month) - first).total_seconds()
        inside = begin < first and next_month(month) < end
        assert not inside or seconds == (next_month(month) - first).total_seconds()
    assert split(end, begin) == {} or begin < end


@given(st.lists(moments, min_size=2, max_size=8))
def test_any_number_of_looks_in_between_makes_no_difference(times: list[datetime]) -> None:
    times.sort()
    parts: dict[str, int] = defaultdict(int)
    for begin, end in pairwise(times):
        for month, seconds in split(begin, end).items():
            parts[month] += seconds
    whole = split(times[0], times[-1])
    assert {k: v for k, v in parts.items() if v} == {k: v for k, v in whole.items() if v}


def test_a_month_is_that_of_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert month_of(datetime(2026, 12, 1, 8, 59, tzinfo=tokyo)) == "2026-11"
    assert next_month("2026-12") == datetime(2027, 1, 1, tzinfo=UTC)
    assert split(datetime(2026, 12, 1, 8, 59, tzinfo=tokyo), at(30 * 24 + 1)) == {
        "2026-11": 60,
        "2026-12": 3600,
    }


# --- looks -------------------------------------------------------------------------------------------

looks = st.lists(st.tuples(moments, st.booleans()), max_size=12)


@given(looks)
def test_counted_is_the_time_after_looks_that_saw_it_on(seen: list[tuple[datetime, bool]]) -> None:
    """Against the plain sum. Looks that come late, or while the clock is set back, say nothing."""
    rows: Rows = {}
    expected = 0
    for when, running in seen:
        last = max(rows.values(), key=lambda row: (row.seen, row.month), default=None)
        before = total(rows.values())
        look(rows, when, vm=running)
        more = total(rows.values()) - before
        assert more >= 0, "never taken back"
        if last is not None and last.running and when > last.seen:
            expected += int(when.timestamp()) - int(last.seen.timestamp())
        else:
            assert more == 0
    assert total(rows.values()) == expected
    assert sum(row.running for row in rows.values()) <= 1
    assert all(row.seconds >= 0 for row in rows.values())


@given(looks)
def test_two_observers_count_nothing_twice(seen: list[tuple[datetime, bool]]) -> None:
    """Every look is written down by two at once: as if it had been one."""
    alone: Rows = {}
    for when, running in sorted(seen):
        look(alone, when, vm=running)
    both: Rows = {}
    for when, running in sorted(seen):
        look(both, when, vm=running)
        look(both, when, vm=running)
    assert both == alone


def test_a_look_that_is_older_than_the_last_says_nothing() -> None:
    rows: Rows = {}
    look(rows, at(0), vm=True)
    look(rows, at(2), vm=False)
    kept = dict(rows)
    look(rows, at(1), vm=True)
    look(rows, at(2), vm=True)
    assert rows == kept


def test_over_the_end_of_months() -> None:
    rows: Rows = {}
    look(rows, at(0), vm=True)
    look(rows, at(61 * 24 + 1), vm=True)
    assert {row.month: row.seconds for row in rows.values()} == {
        "2026-11": 30 * 86400,
        "2026-12": 31 * 86400,
        "2027-01": 3600,
    }
    assert [row.month for row in rows.values() if row.running] == ["2027-01"]


def test_what_is_gone_ran_until_it_was_missed() -> None:
    rows: Rows = {}
    look(rows, at(0), vm=True)
    look(rows, at(5))
    look(rows, at(9))
    assert total(rows.values()) == 5 * 3600


def test_what_was_never_on_leaves_no_rows() -> None:
    rows: Rows = {}
    look(rows, at(0), vm=False)
    look(rows, at(5), vm=False)
    assert rows == {}


def test_it_counts_for_whose_it_was() -> None:
    rows: Rows = {}
    look(rows, at(0), vm=("mika", True))
    look(rows, at(2), vm=("noriko", True))
    look(rows, at(5), vm=("noriko", True))
    assert (total(rows.values()), total(rows.values(), "noriko")) == (2 * 3600, 3 * 3600)
    assert sum(row.running for row in rows.values()) == 1


# --- runs of ours ------------------------------------------------------------------------------------


def run(begin: float, end: float, *, start: str = "", stop: str = "") -> Between:
    return Between(at(begin), at(end), {start} - {""}, {stop} - {""})


def test_what_a_run_stopped_counts_until_its_end() -> None:
    """Its process died, and nobody looked for days."""
    for stop, hours_counted in (("vm", 2), ("", 100)):
        rows: Rows = {}
        look(rows, at(1), vm=True)
        look(rows, at(101), run(2, 3, stop=stop), vm=False)
        assert total(rows.values()) == hours_counted * 3600


def test_what_a_run_was_to_stop_and_did_not_counts_on() -> None:
    rows: Rows = {}
    look(rows, at(1), vm=True)
    look(rows, at(11), run(2, 3, stop="vm"), vm=True)
    assert total(rows.values()) == 10 * 3600


def test_what_a_run_started_counts_from_its_beginning() -> None:
    rows: Rows = {}
    look(rows, at(11), run(1, 2, start="vm"), vm=True, other=True)
    assert {row.uuid: row.seconds for row in rows.values()} == {"vm": 36_000, "other": 0}
    look(rows, at(12), run(1, 2, start="vm"), vm=True, other=True)
    assert total(rows.values()) == 12 * 3600, "settled twice"


@pytest.mark.parametrize(
    ("action", "after", "started", "stopped"),
    [
        ("create", {"state": "running"}, True, False),
        ("create", {"state": "stopped"}, False, True),
        ("start", {"state": "running"}, True, False),
        ("restart", {}, True, False),
        ("recover", {"state": "running"}, True, False),
        ("recover", {"state": "stopped"}, False, True),
        ("update", {"state": "restarted"}, True, False),
        ("update", {"cpus": 2}, False, False),
        ("revert", {"snapshot": "s", "state": "running"}, True, False),
        ("revert", {"snapshot": "s"}, False, False),
        ("adopt", {"state": "running"}, False, False),
        ("snapshot", {"snapshot": "s"}, False, False),
        ("stop", {"state": "stopped"}, False, True),
        ("delete", {}, False, True),
        ("purge", {}, False, True),
    ],
)
def test_what_a_plan_starts_and_stops(
    action: Action, after: dict[str, int | str], started: bool, stopped: bool
) -> None:
    made = action == "create"
    plan = plan_of("mika", action, "web", uuid=None if made else "uuid-web", **after)
    host = host_with(machine_of("mika", "web"))
    found = between(plan, host, at(0), at(1))
    assert ("uuid-web" in found.started, "uuid-web" in found.stopped) == (started, stopped)
    off = host_with(*([] if made else [machine_of("mika", "web", state="stopped")]))
    assert starting(plan.changes, off) == (["web"] if started else [])
    assert starting(plan.changes, None) == (["web"] if started else [])
    if not made:
        assert starting(plan.changes, host) == [], "it is on already"


# --- the limit ---------------------------------------------------------------------------------------


def host_with(*machines: Machine) -> HostView:
    return HostView(HostFacts(URI, 8192), {m.name: m for m in machines})


def test_who_is_on() -> None:
    states = {
        "running": True,
        "paused": True,
        "stopped": False,
        "crashed": False,
        UNFINISHED: False,
    }
    host = host_with(*(machine_of("mika", name, state=name) for name in states))
    assert {uuid.removeprefix("uuid-"): one.running for uuid, one in found_on(host).items()} == (
        states
    )


def test_used_until_now_with_those_that_are_on_still() -> None:
    rows: Rows = {}
    look(rows, at(-10), vm=True, off=True)
    look(rows, at(2), vm=True)
    assert seconds_used(rows.values(), "mika", "2026-11", at(5)) == (5 + 2) * 3600
    assert seconds_used(rows.values(), "mika", "2026-10", at(5)) == 20 * 3600
    assert seconds_used(rows.values(), "noriko", "2026-11", at(5)) == 0
    assert seconds_used(rows.values(), "mika", "2026-12", at(30 * 24 + 1)) == 3600


def test_used_up() -> None:
    host = host_with(machine_of("mika", "web", state="stopped"), machine_of("mika", "on"))
    start = plan_of("mika", "start", "web", uuid="uuid-web", state="running")
    assert hours_problems(start, host, 10 * 3600 - 1, 10, at(0)) == []
    assert hours_problems(start, host, 10**9, None, at(0)) == []
    (problem,) = hours_problems(start, host, 10 * 3600, 10, at(0))
    assert problem.code == "hours_used_up"
    assert problem.params["used"] == "10.0"
    assert "2026-12-01 00:00 UTC" in (problem.hint("en") or "")
    for action, name in (("restart", "on"), ("stop", "on"), ("delete", "web"), ("snapshot", "on")):
        plan = plan_of("mika", action, name, uuid=f"uuid-{name}", snapshot="s")  # type: ignore[arg-type]
        assert hours_problems(plan, host, 10 * 3600, 10, at(0)) == []


def test_hours_are_never_shown_as_more_than_they_were() -> None:
    assert [hours(s) for s in (0, 359, 360, 35_999, 36_000)] == ["0.0", "0.0", "0.1", "9.9", "10.0"]
