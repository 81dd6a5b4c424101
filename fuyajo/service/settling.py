"""After a run: what is remembered of it, whatever its end was."""

from __future__ import annotations

from datetime import UTC, datetime

from fuyajo.domain.errors import InvalidInput, NotFound, Unavailable
from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Plan
from fuyajo.domain.usage import between
from fuyajo.service import auditing, baselines, claiming, hosting, observing, owning, planning
from fuyajo.service.context import Actor
from fuyajo.service.failpoints import reached
from fuyajo.store.runs import RunRecord


def settle(actor: Actor, record: RunRecord, plan: Plan | None) -> RunRecord:
    """Objects as they are now, claims given back, the outcome in the audit, each of them once.

    Only who holds the run may do this. While the host cannot be reached nobody knows what the run made: its
    claims stay, and the next look settles it.
    """
    try:
        touched = (
            {c.name for c in plan.changes if c.action != "noop"} if plan is not None else set()
        )
        at = datetime.now(UTC)
        actor = hosting.at(actor, plan)
        host = planning.look(actor, live_of=touched)
    except (Unavailable, NotFound, InvalidInput):  # also a host that no inventory names any more
        return record
    reached("seen")
    run = between(plan, host, record.started, record.finished or at) if plan is not None else None
    observing.observe(actor, host, at, run)
    made: dict[str, str] = {}
    if plan is not None:
        made = _made(plan, host)
        _remember(actor, plan, record, host)
        baselines.remember(actor, plan, record, host)
    reached("remembered")
    claiming.give_back(actor, record.id)
    reached("given-back")
    if not actor.audit.has("run.finished", record.id):
        outcome = {"changed": record.changed, "failure": record.failure}
        auditing.note(actor, "run.finished", plan, run=record.id, outcome=record.status, **outcome)
    reached("audited")
    done = record.model_copy(update={"settled": True, "made": made})
    actor.runs.save(done)
    return done


def _made(plan: Plan, host: HostView) -> dict[str, str]:
    """The machines that were not there before this run and are there after it."""
    new = {c.name for c in plan.changes if c.object == "vm" and c.action == "create"}
    return {name: m.uuid for name, m in host.owned(plan.owner).items() if name in new}


def _remember(actor: Actor, plan: Plan, record: RunRecord, host: HostView) -> None:
    """Every machine of the plan: there, in the trash, or gone.

    What else is the account's as well where it is not known yet (a host from before, a lost database): the
    metadata says whose it is. What is known stays.
    """
    names = {change.name for change in plan.changes if change.object == "vm"}
    uuids = {change.uuid: change.name for change in plan.changes if change.uuid}
    ours = owning.of(host, plan.account)
    found = [one._replace(run=record.id) for one in ours if one.name in names or one.uuid in uuids]
    seen = {one.uuid for one in found}
    gone = [
        known._replace(state="gone", run=record.id)
        for known in actor.objects.find(uuids).values()
        if known.uuid not in seen and known.owner == plan.account
    ]
    actor.objects.note([*found, *gone])
    actor.shares.forget(known.uuid for known in gone)
    owning.adopt_missing(actor, ours)
