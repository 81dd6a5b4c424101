"""Undo: a plan that takes back what a run did. It runs nothing; the plan is applied as any other."""

from __future__ import annotations

from dataclasses import dataclass

from fuyajo.domain.errors import Conflict, InvalidInput, NotFound, Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.spec import Spec
from fuyajo.domain.undo import Left, Past, undoing
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.runs import get_run
from fuyajo.store.runs import RunRecord


@dataclass(frozen=True)
class Undone:
    """`plan` is None when nothing is to be done; `left` is what stays as the run left it, with the reason."""

    record: RunRecord
    plan: Plan | None
    left: tuple[Left, ...] = ()


def undo(actor: Actor, run_id: str) -> Undone:
    """The saved plan that reverses this run, against the host as it is now.

    Raises `NotFound` for a run of somebody else, `Conflict` while it goes on, `InvalidInput` when it changed
    nothing by its nature, or when the plan back is not possible (over the quota, for example).
    """
    record = get_run(actor, run_id)
    if record.status == "running":
        raise Conflict(Problem("", "undo_running", {"value": record.id}))
    if record.check or record.plan is None:
        raise InvalidInput(Problem("", "undo_nothing", {"value": record.id}))
    try:
        past = actor.plans.load(actor.user, record.plan)
    except NotFound as error:
        params = {"value": record.id, "plan": record.plan}
        raise NotFound(Problem("", "undo_no_plan", dict(params))) from error
    reverted = frozenset(c.name for c in past.changes if c.action == "revert")
    host = planning.look(actor, reverted)
    found = undoing(Past(past, record.made, record.started), host, actor.user)
    if not found.operations:
        return Undone(record, None, found.left)
    spec = Spec(operations=found.operations)
    reason = f"{actor.door}: undo {record.id}"
    plan = planning.draft_plan(actor, spec, host, reason, taint=past.taint)
    actor.plans.save(plan)
    return Undone(record, plan, found.left)
