"""What a user said is forgotten: conversations, the planner's directory, plans. What happened stays.

The audit cannot be changed by anybody, machines are things and not words, and the record of a run says whose
machine it made. All of that is named in the answer.
"""

from __future__ import annotations

import shutil
from typing import NamedTuple

from fuyajo.domain.errors import Conflict, Problem, Unavailable
from fuyajo.service import alerting, auditing, owning, planning
from fuyajo.service.context import Actor
from fuyajo.service.following import all_seen
from fuyajo.store.calls import CallStore
from fuyajo.store.talks import TalkStore


class Forgotten(NamedTuple):
    """How many of each are gone."""

    conversations: int
    plans: int


class Stays(NamedTuple):
    """`machines` by name, those in the trash too; None: the host did not say. `runs` and `audit` count."""

    machines: list[str] | None
    schedules: list[str]
    alerts: list[str]
    runs: int
    audit: int


def forget(actor: Actor) -> Forgotten:
    """Everything that this user said. Raises `Conflict` while a run of theirs, or an answer, goes on."""
    going = [run.id for run in all_seen(actor) if not run.over]
    if going:
        raise Conflict(Problem("", "forget_running", {"value": going[0]}))
    store = TalkStore(actor.database)
    if store.answering(actor.user, actor.database.now()):
        raise Conflict(Problem("", "forget_answering"))
    said = [talk.id for talk in store.of(actor.user)]
    store.remove(said)
    plans = actor.plans.forget(actor.user)
    CallStore(actor.database).forget_all(actor.user)
    for path in actor.home.said_by(actor.user):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    auditing.note(actor, "data.forgotten", None, conversations=len(said), plans=plans)
    return Forgotten(len(said), plans)


def stays(actor: Actor) -> Stays:
    """What is about this user all the same."""
    try:
        host = planning.look(actor)
        machines = sorted(one.name for one in owning.of(host, actor.user))
    except Unavailable:
        machines = None
    rows = auditing.entries(actor, auditing.Wanted(actor=actor.user))
    schedules = [schedule.id for schedule in actor.schedules.of(actor.user)]
    alerts = [alert.id for alert in alerting.of(actor)]
    return Stays(machines, schedules, alerts, len(all_seen(actor)), sum(1 for _ in rows))
