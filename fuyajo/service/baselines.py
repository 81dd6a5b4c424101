"""After a run: what each of its machines is now, for drift to be measured against."""

from __future__ import annotations

from datetime import UTC, datetime

from fuyajo.domain.drift import Baseline, document_of, follow, power, waiting
from fuyajo.domain.machine import UNFINISHED, HostView, Machine
from fuyajo.domain.plan import Change, Plan
from fuyajo.service.context import Actor
from fuyajo.store.runs import RunRecord


def remember(actor: Actor, plan: Plan, record: RunRecord, host: HostView) -> None:
    """Also after a run that failed: what it changed was no hand but ours. A second time changes nothing."""
    if record.check:
        return
    known = actor.baselines.of(plan.account)
    touched = [c for c in plan.changes if c.object == "vm" and c.action != "noop"]
    found: list[Baseline] = []
    gone: set[str] = set()
    for change in touched:
        machine = _machine(change, plan.account, host)
        if machine is None:
            if change.action in ("delete", "purge") and change.uuid in known:
                gone.add(change.uuid)
        elif machine.state != UNFINISHED and machine.trashed is None:
            old = known.get(machine.uuid)
            if old is None or old.run != record.id:
                found.append(_baseline(plan, change, record, machine, old))
    if found:
        actor.baselines.note(found)
    if gone:
        actor.baselines.drop(gone)


def _machine(change: Change, owner: str, host: HostView) -> Machine | None:
    """The one that the change was about; a new one by its name."""
    mine = [*host.owned(owner).values(), *host.trash(owner).values()]
    if change.uuid and change.action != "create":
        return next((m for m in mine if m.uuid == change.uuid), None)
    return next((m for m in mine if m.name == change.name), None)


def _baseline(
    plan: Plan, change: Change, record: RunRecord, machine: Machine, old: Baseline | None
) -> Baseline:
    fields, before = document_of(machine), _before(plan, machine)
    if old is not None and change.action not in ("create", "adopt"):
        # What had drifted before the run is no wish of anybody's now either.
        fields = follow(old.fields, before or fields, fields)
    return Baseline(
        uuid=machine.uuid,
        owner=plan.account,
        name=machine.name,
        run=record.id,
        taken=datetime.now(UTC).replace(microsecond=0).isoformat(),
        state=power(machine),
        fields=fields,
        waits=waiting(old, fields, machine),
    )


def _before(plan: Plan, machine: Machine) -> dict[str, str | int | bool] | None:
    """The machine as the plan found it, under whatever name it had then."""
    for seen in plan.seen.values():
        if seen.get("uuid") == machine.uuid:
            return {k: v for k, v in seen.items() if k != "state" and v is not None}
    return None
