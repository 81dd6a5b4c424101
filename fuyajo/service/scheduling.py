"""Schedules: at its time each makes a plan of its request, as its owner would, and asks for its run.

A plan that needs more than its owner's own `apply` is left waiting: nobody is there to agree to it. Every
time is taken before anything is made of it, by one worker: it may be lost to a `kill -9`, never doubled.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from fuyajo.domain.backups import gone_of
from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Conflict, FuyajoError, InvalidInput, Problem, Refused, shown
from fuyajo.domain.hours import known_zone
from fuyajo.domain.ours import ours
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision
from fuyajo.domain.ruling import doomed
from fuyajo.domain.schedule import Outcome, Schedule
from fuyajo.domain.snapshots import retired_of
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.service import auditing
from fuyajo.service.context import Actor
from fuyajo.service.documents import config_from_text

MOST = 50  # of one user
MOST_BYTES, TITLE_CHARS, CRON_CHARS = 65_536, 80, 100
#: Later than this after its time it is not made up for: a nightly backup does not begin at noon.
LATE = timedelta(hours=1)


def add(
    actor: Actor, cron: str, zone: str, request: str, title: str = "", *, agrees: bool = True
) -> Schedule:
    """A new one. Raises `InvalidInput` with everything wrong, `Conflict` when there are too many.

    `agrees`: whether a person says this who could approve plans: what a pattern keeps no longer goes later,
    when nobody is asked. Raises `Refused` for a request with one where not.
    """
    problems, now, keeps = faults(cron, zone, title), datetime.now(UTC), False
    try:
        keeps = any(one.keep for one in config_from_text(request).operations)
    except InvalidInput as error:
        problems += [replace(one, path=one.path or "request") for one in error.problems]
    if len(request.encode()) > MOST_BYTES:
        problems.append(Problem("request", "too_large", {"limit": "64 KiB"}))
    if problems:
        raise InvalidInput(problems)
    if keeps and not agrees:
        raise Refused(Problem("request", "schedule_keep"))
    schedule = Schedule(
        id=f"s-{secrets.token_hex(4)}",
        owner=actor.user,
        title=title,
        cron=" ".join(cron.split()),
        zone=zone,
        request=request,
        next=next_time(cron, zone, now),
        created=now,
    )
    if not actor.schedules.add(schedule, MOST):
        raise Conflict(Problem("", "too_many_schedules", {"limit": MOST}))
    auditing.note(actor, "schedule.added", schedule=schedule.id, cron=schedule.cron, zone=zone)
    return schedule


def faults(cron: str, zone: str, title: str) -> list[Problem]:
    """What is wrong with them, where the request cannot even be read."""
    problems = [*_title_problems(title), *_zone_problems(zone)]
    try:
        next_time(cron, "UTC" if problems else zone, datetime.now(UTC))
    except InvalidInput as error:
        problems += error.problems
    return problems


def _title_problems(title: str) -> list[Problem]:
    if len(title) > TITLE_CHARS:
        return [Problem("title", "too_long", {"limit": TITLE_CHARS})]
    return [Problem("title", "control")] if unsafe_reason(title) == "control" else []


def _zone_problems(zone: str) -> list[Problem]:
    try:
        known_zone(zone)
    except ValueError:
        return [Problem("zone", "schedule_zone", {"value": shown(zone)})]
    return []


def next_time(cron: str, zone: str, after: datetime) -> datetime:
    """The first time (UTC) after that moment. Raises `InvalidInput` where none ever comes.

    On the clock of `zone`, as Debian's cron has it: what falls into an hour that is left out happens right
    after it, what falls into an hour that comes twice happens once; `*` and `*/n` simply go on.
    """
    from cronsim import CronSim, CronSimError

    bad = InvalidInput(Problem("cron", "schedule_cron", {"value": shown(cron)}))
    if len(cron) > CRON_CHARS or len(cron.split()) != 5 or not cron.isascii():
        raise bad
    try:
        for moment in CronSim(cron, after.astimezone(ZoneInfo(zone))):
            found: datetime = moment.astimezone(UTC)
            if found > after:  # the first pass of an hour that comes twice lies behind the second
                return found
    except CronSimError as error:
        raise bad from error
    raise bad


def of(actor: Actor) -> list[Schedule]:
    """This actor's."""
    return actor.schedules.of(actor.user)


def get(actor: Actor, schedule_id: str) -> Schedule:
    """Raises `NotFound`."""
    return ours(actor.user, "schedule", schedule_id, actor.schedules.get(schedule_id))


def remove(actor: Actor, schedule_id: str) -> None:
    schedule = get(actor, schedule_id)
    actor.schedules.remove(actor.user, schedule.id)
    auditing.note(actor, "schedule.removed", schedule=schedule.id)


def set_enabled(actor: Actor, schedule_id: str, enabled: bool) -> Schedule:
    """What was missed while it was disabled is not made up for."""
    found = get(actor, schedule_id)
    if enabled:
        following = next_time(found.cron, found.zone, datetime.now(UTC))
        actor.schedules.enable(actor.user, found.id, following)
    else:
        actor.schedules.disable(actor.user, found.id)
    auditing.note(actor, "schedule.enabled" if enabled else "schedule.disabled", schedule=found.id)
    return get(actor, schedule_id)


def run_due(actor: Actor, now: datetime) -> list[Outcome]:
    """Everything whose time has come, of all users; `actor` is the worker's."""
    outcomes = []
    for schedule in actor.schedules.due(now):
        if not _taken(actor, schedule, now):
            continue
        theirs = replace(actor, user=schedule.owner, door="schedule", opened=actor.database)
        try:
            outcome = _carry(theirs, schedule, now)
        except FuyajoError as error:
            outcome = Outcome("failed", problems=error.problems)
        actor.schedules.tell(schedule, outcome)
        _note(theirs, schedule, outcome)
        outcomes.append(outcome)
    return outcomes


def _note(actor: Actor, schedule: Schedule, outcome: Outcome) -> None:
    made: dict[str, object] = {"planned": outcome.plan, "run": outcome.run}
    event, told = "schedule.due", {"schedule": schedule.id, "outcome": outcome.end}
    auditing.note(actor, event, None, **told, **made)


def _taken(actor: Actor, schedule: Schedule, now: datetime) -> bool:
    try:
        return actor.schedules.take(schedule, next_time(schedule.cron, schedule.zone, now))
    except InvalidInput as error:  # no time will ever come again: the others must not wait for it
        actor.schedules.disable(schedule.owner, schedule.id)
        actor.schedules.tell(schedule, Outcome("failed", problems=error.problems))
        return False


def _carry(actor: Actor, schedule: Schedule, now: datetime) -> Outcome:
    from fuyajo.service.planning import from_config
    from fuyajo.service.submitting import submit

    if now - schedule.next > LATE:
        return Outcome("missed")
    user = actor.people.user(schedule.owner)
    if user is not None and user.disabled:
        return Outcome("failed", problems=(Problem("", "user_disabled", {"value": user.name}),))
    config = config_from_text(schedule.request)
    planned = from_config(actor, config, f"schedule {schedule.id}")
    plan, decision = planned.plan, planned.decision
    assert plan is not None and decision is not None
    if plan.nothing_to_do:
        return Outcome("nothing", plan.id)
    if decision.need != "nothing" and not _foreseen(actor, plan, decision):
        return Outcome("waiting", plan.id)
    try:
        return Outcome("submitted", plan.id, submit(actor, plan.id).run)
    except FuyajoError as error:
        return Outcome("failed", plan.id, problems=error.problems)


def _foreseen(actor: Actor, plan: Plan, decision: Decision) -> bool:
    """Whether all that needs agreement is what its owner agreed to with the schedule: copies go that its
    pattern keeps no longer. It is kept as an approval, where policy takes that kind."""
    from fuyajo.service import approving
    from fuyajo.service.policing import role_of

    going = {c.name for c in plan.changes if retired_of(c) or (c.action == "backup" and gone_of(c))}
    if decision.need != "approval" or set(decision.because) != {"risk_destroy"}:
        return False
    if set(doomed(plan)) != going:
        return False
    role = role_of(actor, plan.owner)
    consent = Consent(plan.owner, "schedule", "schedule")
    return approving.given(actor, plan, role, consent) is not None
