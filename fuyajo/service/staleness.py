"""What moved on the host since a plan was shown, object by object."""

from __future__ import annotations

from fuyajo.domain.errors import Param, Problem
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Change, Plan


def differences(plan: Plan, host: HostView) -> list[Problem]:
    """One problem per thing that is not as the plan found it; never empty for a stale plan."""
    found = [
        problem
        for change in plan.changes
        if change.object == "vm"
        for problem in _machine(change, host.machines.get(change.name))
    ]
    names = ", ".join(change.name for change in plan.changes)
    return found or [Problem("", "plan_stale", {"value": names})]


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


def _value(machine: Machine, path: str) -> Param:
    values: dict[str, Param] = {
        "cpus": machine.cpus,
        "memory_mib": machine.memory_mib,
        "disk_gib": machine.disk_gib,
        "state": machine.state,
    }
    return values.get(path)
