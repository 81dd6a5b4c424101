"""What moved on the host since a plan was shown, object by object."""

from __future__ import annotations

from fuyajo.domain.drift import moved, seen_of
from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.machine import HostView, Machine, Moved
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.planning import fingerprint, seen_machines
from fuyajo.domain.snapshots import meant, retired, retired_of, snapshot_of, taken_of
from fuyajo.domain.spec import SNAPSHOT_OPS, TRASH_OPS, OperationSpec


def is_stale(plan: Plan, host: HostView) -> bool:
    """Whether anything that the plan is about is not as it found it."""
    seen = seen_machines(plan.spec, host) if plan.seen else {}
    return fingerprint(plan.spec, host, seen) != plan.fingerprint


def differences(plan: Plan, host: HostView) -> list[Problem]:
    """One problem per thing that is not as the plan found it; never empty for a stale plan."""
    wanted = {o.vm: o for o in plan.spec.operations if o.op in SNAPSHOT_OPS}
    found = [
        problem
        for change in plan.changes
        if change.object == "vm"
        for problem in (
            *_machine(plan, change, found_for(change, host)),
            *_taken(change, host),
            *_snapshot(change, wanted.get(change.name), host.machines.get(change.name)),
        )
    ]
    names = ", ".join(change.name for change in plan.changes)
    told = found or [Problem("", "plan_stale", {"value": names})]
    # What to type next names the plan.
    return [Problem(p.path, p.code, {**p.params, "plan": plan.id}) for p in told]


def found_for(change: Change, host: HostView) -> Machine | None:
    """The machine that a change is about: one of the trash by its UUID, any other by its name."""
    if change.action not in TRASH_OPS:
        return host.machines.get(change.name)
    return next((m for m in host.machines.values() if m.uuid == change.uuid and m.trashed), None)


def _taken(change: Change, host: HostView) -> list[Problem]:
    """The name that a machine would have again belongs to another one by now."""
    there = host.machines.get(change.name)
    if change.action != "recover" or there is None or there.uuid == change.uuid:
        return []
    return [Problem(change.name, "plan_stale_new")]


def _moved(name: str, one: Moved) -> Problem:
    """Paths and values are anybody's text; they are printable by now, and bounded here."""
    params: dict[str, Param] = {"key": shown(one.path, 200)}
    for side, value in (("before", one.before), ("after", one.after)):
        params[side] = shown(value, 200) if isinstance(value, str) else value
    code = "plan_stale_value"
    if one.before is None or one.after is None:
        code = "plan_stale_added" if one.before is None else "plan_stale_removed"
    return Problem(name, code, params)


def _machine(plan: Plan, change: Change, machine: Machine | None) -> list[Problem]:
    if machine is None:
        gone = change.uuid is not None
        return [Problem(change.name, "plan_stale_gone")] if gone else []
    if change.uuid is None:
        return [Problem(change.name, "plan_stale_new")]
    if machine.uuid != change.uuid:
        return [Problem(change.name, "plan_stale_other")]
    if change.name in plan.seen:
        return [_moved(change.name, one) for one in moved(plan.seen[change.name], seen_of(machine))]
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
        if now is None and retired(wanted, machine) != retired_of(change):
            return [Problem(change.name, "plan_stale_retired", {"value": change.name})]
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
