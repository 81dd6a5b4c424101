"""What moved on the host since a plan was shown, object by object."""

from __future__ import annotations

from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.snapshots import meant, snapshot_of, taken_of
from fuyajo.domain.spec import SNAPSHOT_OPS, OperationSpec


def differences(plan: Plan, host: HostView) -> list[Problem]:
    """One problem per thing that is not as the plan found it; never empty for a stale plan."""
    wanted = {o.vm: o for o in plan.spec.operations if o.op in SNAPSHOT_OPS}
    found = [
        problem
        for change in plan.changes
        if change.object == "vm"
        for problem in (
            *_machine(change, host.machines.get(change.name)),
            *_snapshot(change, wanted.get(change.name), host.machines.get(change.name)),
        )
    ]
    names = ", ".join(change.name for change in plan.changes)
    told = found or [Problem("", "plan_stale", {"value": names})]
    # What to type next names the plan.
    return [Problem(p.path, p.code, {**p.params, "plan": plan.id}) for p in told]


def _machine(change: Change, machine: Machine | None) -> list[Problem]:
    if machine is None:
        gone = change.uuid is not None
        return [Problem(change.name, "plan_stale_gone")] if gone else []
    if change.uuid is None:
        return [Problem(change.name, "plan_stale_new")]
    if machine.uuid != change.uuid:
        return [Problem(change.name, "plan_stale_other")]
    return [
        Problem(change.name, "plan_stale_value", {"key": field.path, "before": was, "after": now})
        for field in change.fields
        if (was := field.before) is not None
        and (now := _value(machine, field.path)) is not None
        and now != was
    ]


def _snapshot(
    change: Change, wanted: OperationSpec | None, machine: Machine | None
) -> list[Problem]:
    """The snapshot that a plan would take is there now, or the one that it goes back to is not."""
    name = snapshot_of(change)
    if wanted is None or machine is None or machine.uuid != change.uuid or name is None:
        return []
    now = meant(wanted, machine)
    if change.action == "snapshot":
        return [Problem(change.name, "plan_stale_taken", {"value": name})] if now else []
    if now is None:
        return [Problem(change.name, "plan_stale_untaken", {"value": name})]
    if now.name != name:
        params: dict[str, Param] = {"value": shown(now.name), "before": name}
        return [Problem(change.name, "plan_stale_newer", params)]
    if now.created != taken_of(change):
        return [Problem(change.name, "plan_stale_retaken", {"value": name})]
    return []


def _value(machine: Machine, path: str) -> Param:
    values: dict[str, Param] = {
        "cpus": machine.cpus,
        "memory_mib": machine.memory_mib,
        "disk_gib": machine.disk_gib,
        "state": machine.state,
    }
    return values.get(path)
