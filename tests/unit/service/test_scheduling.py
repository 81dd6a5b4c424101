"""Times on clocks that jump, and what becomes of a time: a run, a plan that waits, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.errors import InvalidInput, NotFound, Refused
from fuyajo.domain.machine import Snapshot
from fuyajo.domain.schedule import Outcome, Schedule
from fuyajo.service import accounts, authenticating, scheduling
from fuyajo.service.context import Actor
from fuyajo.service.scheduling import LATE, next_time, run_due
from tests.support.command_line import World, machine
from tests.support.trust import me, policy

BERLIN = "Europe/Berlin"  # 2026: forward on March 29 at 2:00, back on October 25 at 3:00
NEW = "vms: [{name: nightly, template: web-server}]\n"
STOP = "operations: [{op: stop, vm: web}]\n"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(cron: str, zone: str, after: str, count: int) -> list[str]:
    moment, found = utc(after), []
    for _ in range(count):
        moment = next_time(cron, zone, moment)
        found.append(f"{moment:%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("0 3 * * *", "UTC", "2026-11-22T21:00", ["11-23 03:00", "11-24 03:00"]),
        ("0 3 * * *", "Asia/Tokyo", "2026-11-22T21:00", ["11-23 18:00", "11-24 18:00"]),
        ("0 9 * * mon-fri", "UTC", "2026-11-20T10:00", ["11-23 09:00"]),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00", ["02-29 00:00"]),
        # 2:30 is left out: right after the gap, on that day alone.
        ("30 2 * * *", BERLIN, "2026-03-28T00:00", ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        # 2:30 comes twice: once.
        ("30 2 * * *", BERLIN, "2026-10-24T00:00", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        # Every quarter of an hour goes on through both.
        ("*/15 * * * *", BERLIN, "2026-03-29T00:40", ["03-29 00:45", "03-29 01:00"]),
        ("*/30 * * * *", BERLIN, "2026-10-25T00:00", ["10-25 00:30", "10-25 01:00", "10-25 01:30"]),
        # Asked during the second pass: not back into the first.
        ("30 2 * * *", BERLIN, "2026-10-25T01:10", ["10-26 01:30"]),
        # Half an hour of difference.
        ("0 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00", ["10-03 15:30", "10-04 15:00"]),
    ],
)
def test_clocks_that_jump(cron: str, zone: str, after: str, expected: list[str]) -> None:
    assert times(cron, zone, after, len(expected)) == expected


@given(
    st.sampled_from(["0 3 * * *", "30 2 * * *", "*/7 * * * *", "15 1-3 * * *", "0 0 1 * *"]),
    st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
)
def test_time_only_goes_forward(cron: str, zone: str, after: datetime) -> None:
    found = [after]
    for _ in range(4):
        found.append(next_time(cron, zone, found[-1]))
    assert all(one < other for one, other in pairwise(found))
    assert all(moment.second == 0 for moment in found[1:])


@pytest.mark.parametrize(
    "cron",
    [
        "",
        "x",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "0 0 30 2 *",
        "@daily",
        "* " * 99,
        "０ 3 * * *",
    ],
)
def test_what_is_no_time(cron: str) -> None:
    with pytest.raises(InvalidInput):
        next_time(cron, "UTC", utc("2026-11-22T21:00"))


def test_everything_that_is_wrong_is_told_at_once(world: World) -> None:
    with pytest.raises(InvalidInput) as wrong:
        scheduling.add(me(), "x", "Moon/Crater", "vms: 3", "t" * 99)
    codes = {problem.code for problem in wrong.value.problems}
    assert {"too_long", "schedule_zone", "schedule_cron"} < codes


def due(request: str) -> tuple[Actor, Schedule]:
    actor = me()
    return actor, scheduling.add(actor, "0 3 * * *", "UTC", request, "nightly")


def ends(actor: Actor, at: datetime) -> list[str]:
    return [outcome.end for outcome in run_due(actor, at)]


def outcome(actor: Actor) -> Outcome:
    (schedule,) = actor.schedules.of(actor.user)
    assert schedule.outcome is not None
    return schedule.outcome


def test_a_time_is_a_plan_and_a_run(world: World) -> None:
    actor, schedule = due(NEW)
    assert ends(actor, schedule.next - timedelta(seconds=1)) == []
    assert ends(actor, schedule.next) == ["submitted"]
    assert ends(actor, schedule.next) == []  # once
    (job,) = actor.jobs.of("mika")
    assert (job.state, job.owner, job.plan) == ("queued", "mika", outcome(actor).plan)
    assert outcome(actor).run == job.run
    plan = actor.plans.load("mika", str(job.plan))
    assert plan.reason == f"schedule: schedule {schedule.id}"
    (after,) = actor.schedules.of("mika")
    assert (after.last, after.next) == (schedule.next, schedule.next + timedelta(days=1))
    assert world.runs == []  # nothing but a worker carries anything out


def test_a_plan_that_needs_more_waits(world: World) -> None:
    world.have(machine("web"))
    actor, schedule = due("operations: [{op: delete, vm: web}]\n")
    assert ends(actor, schedule.next) == ["waiting"]
    assert actor.jobs.of() == []
    assert actor.plans.load("mika", str(outcome(actor).plan)).changes[0].name == "web"


KEEPING = "operations: [{op: snapshot, vm: web, keep: {last: 1}}]\n"


def with_old_ones(world: World) -> None:
    old = Snapshot("s-20260101-030000", "2026-01-01T03:00:00Z", "running")
    world.have(machine("web", snapshots=(old,)))


def test_what_its_pattern_keeps_no_longer_was_agreed_to_with_the_schedule(world: World) -> None:
    with_old_ones(world)
    actor, schedule = due(KEEPING)
    assert ends(actor, schedule.next) == ["submitted"]
    plan = actor.plans.load("mika", str(outcome(actor).plan))
    assert plan.risk == "destroy"
    (approval,) = actor.approvals.of(plan)
    assert (approval.kind, approval.by, approval.door) == ("schedule", "mika", "schedule")


def test_a_policy_may_want_more_than_that(world: World) -> None:
    policy(world, "version = 1\n[roles.default.approvals]\naccept = ['terminal']\n")
    with_old_ones(world)
    actor, schedule = due(KEEPING)
    assert ends(actor, schedule.next) == ["waiting"]


def test_a_pattern_agrees_to_nothing_else(world: World) -> None:
    with_old_ones(world)
    world.have(machine("db"))
    both = "operations: [{op: snapshot, vm: web, keep: {last: 1}}, {op: delete, vm: db}]\n"
    actor, schedule = due(both)
    assert ends(actor, schedule.next) == ["waiting"]


def test_only_who_may_approve_says_what_goes_later(world: World) -> None:
    actor = me()
    with pytest.raises(Refused) as refused:
        scheduling.add(actor, "0 3 * * *", "UTC", KEEPING, agrees=False)
    assert refused.value.problems[0].code == "schedule_keep"
    assert actor.schedules.of("mika") == []
    scheduling.add(actor, "0 3 * * *", "UTC", STOP, agrees=False)


def test_the_policy_is_that_of_the_moment(world: World) -> None:
    world.have(machine("web"))
    actor, schedule = due(STOP)
    policy(world, 'version = 1\n[roles.default]\nneeds = {change = "approval"}\n')
    assert ends(actor, schedule.next) == ["waiting"]
    policy(world, 'version = 1\n[roles.default]\ntemplates = ["no-such-*"]\n')
    world.found.clear()
    assert ends(actor, schedule.next + timedelta(days=1)) == ["failed"]
    assert outcome(actor).problems


def test_nothing_to_do_is_no_run(world: World) -> None:
    world.have(machine("web", state="stopped"))
    actor, schedule = due(STOP)
    assert ends(actor, schedule.next) == ["nothing"]
    assert actor.jobs.of() == []


def test_what_is_too_late_is_missed(world: World) -> None:
    actor, schedule = due(NEW)
    late = schedule.next + LATE + timedelta(days=3)
    assert ends(actor, late) == ["missed"]
    (after,) = actor.schedules.of("mika")
    assert late < after.next < late + timedelta(days=1)
    assert actor.jobs.of() == []


def test_who_is_disabled_begins_nothing(world: World) -> None:
    actor, schedule = due(NEW)
    authenticating.add_user(actor, "mika", None)
    accounts.set_disabled(actor, "mika", True)
    assert ends(actor, schedule.next) == ["failed"]
    assert [problem.code for problem in outcome(actor).problems] == ["user_disabled"]


def test_a_host_that_is_away_spoils_one_time(world: World) -> None:
    actor, schedule = due(NEW)
    world.down = True
    assert ends(actor, schedule.next) == ["failed"]
    world.down = False
    assert ends(actor, schedule.next + timedelta(days=1)) == ["submitted"]


def test_of_two_workers_one_takes_the_time(world: World) -> None:
    actor, schedule = due(NEW)
    assert actor.schedules.take(schedule, schedule.next + timedelta(days=1))
    assert not me().schedules.take(schedule, schedule.next + timedelta(days=1))


def test_a_disabled_schedule_makes_nothing_up(world: World) -> None:
    actor, schedule = due(NEW)
    scheduling.set_enabled(actor, schedule.id, False)
    assert ends(actor, schedule.next) == []
    assert scheduling.set_enabled(actor, schedule.id, True).next > datetime.now(UTC)


def test_somebody_elses_is_not_found(world: World) -> None:
    actor, schedule = due(NEW)
    other = Actor("jun", actor.settings)
    for touch in (scheduling.get, scheduling.remove):
        with pytest.raises(NotFound):
            touch(other, schedule.id)
    with pytest.raises(NotFound):
        scheduling.set_enabled(other, schedule.id, False)
    assert actor.schedules.of("mika") == [schedule]
