"""A run that did not come to its end: what it did, what it left, and what policy wants done about it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import allowed
from fuyajo.domain.remains import Remain, finished_tasks, made_by, remains
from fuyajo.domain.spec import OperationSpec, Spec
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.policing import role_of
from fuyajo.service.runs import events, get_run, list_runs
from fuyajo.store.runs import RunRecord

# What stopped by itself. Whoever stops a run by hand decides what becomes of it.
FAILED = ("failed", "timeout")


def remains_of(actor: Actor, plan: Plan, record: RunRecord) -> tuple[Remain, ...]:
    """How far every change of the plan came, by the host as it is now. Raises `Unavailable`."""
    host = planning.look(actor, plan.spec.snapshots_of)
    return remains(plan, host, finished_tasks(events(actor, record.id)))


class Left(NamedTuple):
    """`undone` is the run that removed what the other one had made, where policy wanted that."""

    remains: tuple[Remain, ...]
    undone: RunRecord | None


def left_by(actor: Actor, run_id: str) -> Left:
    """What a run of this actor left, by the host as it is now. Raises `NotFound`, also for its plan."""
    record = get_run(actor, run_id)
    plan = actor.plans.load(actor.user, record.plan or "")
    back = next((one for one in list_runs(actor) if one.reason == _undoing(run_id)), None)
    left = remains_of(actor, plan, record)
    if back is None or back.status != "successful" or back.plan is None:
        return Left(left, back)
    gone = {change.name for change in actor.plans.load(actor.user, back.plan).changes}
    return Left(tuple(undone(one) if one.name in gone else one for one in left), back)


def undone(one: Remain) -> Remain:
    return replace(one, standing="undone")


def _undoing(run_id: str) -> str:
    """The reason of the run that undoes it."""
    return f"{run_id} failed: undo"


def undo_plan(actor: Actor, plan: Plan, record: RunRecord) -> Plan | None:
    """The plan that removes what this run made, where policy wants that and it made anything.

    It is saved, and the plan that failed stays the newest: that is the one to continue with.
    """
    role = role_of(actor, plan.owner)
    if role.on_failure != "undo" or record.status not in FAILED or record.check:
        return None
    host = planning.look(actor)
    made = made_by(plan, events(actor, record.id))
    names = [n for n in _own(host, actor.user, made) if not allowed(role.protected, n)]
    if not names:
        return None
    gone = tuple(OperationSpec(op="delete", vm=name, purge=True) for name in names)
    back = planning.draft_plan(actor, Spec(operations=gone), host, _undoing(record.id))
    actor.plans.save(back)
    actor.plans.save(plan)
    return back


def _own(host: HostView, user: str, made: frozenset[str]) -> list[str]:
    return [name for name, machine in host.owned(user).items() if machine.uuid in made]
