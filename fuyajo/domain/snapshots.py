"""Operations about snapshots: which one is meant, and what would happen. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.machine import HostView, Machine, Snapshot
from fuyajo.domain.plan import Action, Change, FieldChange, FieldValue
from fuyajo.domain.request import NAME_PATTERN
from fuyajo.domain.retention import Pattern, Point, outlived
from fuyajo.domain.spec import SNAPSHOT_OPS, OperationSpec, Spec

#: The field of a snapshot's change that names one which goes because the pattern keeps it no longer.
RETIRED = "retired"
#: What `spec.normalise` calls a snapshot that nobody named: only such ones does a pattern ever remove.
_OURS = re.compile(r"s-(\d{8}-\d{6})")


def meant(operation: OperationSpec, machine: Machine) -> Snapshot | None:
    """The snapshot of that name; the newest where no name was said."""
    if operation.snapshot is None:
        return machine.snapshots[-1] if machine.snapshots else None
    return next((s for s in machine.snapshots if s.name == operation.snapshot), None)


def snapshot_change(
    operation: OperationSpec, machine: Machine, path: str
) -> tuple[Change, list[Problem]]:
    """Taking one (one that is there is never taken anew), going back to one, or deleting one."""
    found = meant(operation, machine)
    if operation.op == "revert":
        return _revert(operation, machine, found, path)
    if operation.op == "delete-snapshot":
        return _delete(operation, machine, found, path)
    if found is not None:
        there = (_same("snapshot", found.name), _same("taken", found.created))
        return _change(machine, "noop", there), []
    name = FieldChange(path="snapshot", before=None, after=operation.snapshot)
    gone = [
        FieldChange(path=RETIRED, before=one, after=None) for one in retired(operation, machine)
    ]
    return _change(machine, "snapshot", (name, *gone), irreversible=bool(gone)), []


def retired(operation: OperationSpec, machine: Machine) -> list[str]:
    """The snapshots that go when this one is taken, as its pattern has it; the newest first.

    libvirt hands on what later ones need of them, so that none has to stay for another's sake.
    """
    if operation.op != "snapshot" or operation.keep is None or operation.snapshot is None:
        return []
    names = {operation.snapshot, *(one.name for one in machine.snapshots)}
    points = [Point(name, at) for name in names if (at := _moment(name)) is not None]
    return outlived(points, Pattern(**operation.keep.model_dump()))


def retired_of(change: Change) -> list[str]:
    """The names of the snapshots that go with a change."""
    return [str(one.before) for one in change.fields if one.path == RETIRED]


def _moment(name: str) -> datetime | None:
    """When one of ours was taken, by its name: the clock of libvirt may have been another one."""
    found = _OURS.fullmatch(name)
    try:
        return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def seen_snapshots(spec: Spec, host: HostView) -> dict[str, list[str | None] | None]:
    """For the fingerprint: what was found of every snapshot that the spec means."""
    seen: dict[str, list[str | None] | None] = {}
    for operation in spec.operations:
        if operation.op in SNAPSHOT_OPS:
            machine = host.machines.get(operation.vm)
            found = meant(operation, machine) if machine else None
            seen[operation.vm] = [found.name, found.created] if found else None
            going = retired(operation, machine) if machine else []
            if going:
                seen[operation.vm] = [*(seen[operation.vm] or ()), *going]
    return seen


def snapshot_of(change: Change) -> str | None:
    """The name of the snapshot that a change is about."""
    names = [_said(f) for f in change.fields if f.path == "snapshot"]
    return str(names[0]) if names else None


def taken_of(change: Change) -> str | None:
    """When the snapshot that a change is about was taken, where it exists."""
    times = [_said(f) for f in change.fields if f.path == "taken"]
    return str(times[0]) if times and times[0] is not None else None


def _said(field: FieldChange) -> FieldValue:
    """Of one that goes, only what was is known."""
    return field.before if field.after is None else field.after


def _delete(
    operation: OperationSpec, machine: Machine, found: Snapshot | None, path: str
) -> tuple[Change, list[Problem]]:
    """The machine goes on as it is, and others keep what they hold; only this one cannot be gone back to."""
    if found is None:
        return _change(machine, "noop", ()), [_unknown(operation, machine, found, path)]
    fields = (
        FieldChange(path="snapshot", before=found.name, after=None),
        FieldChange(path="taken", before=found.created, after=None),
    )
    return _change(machine, "delete-snapshot", fields, irreversible=True), []


def _revert(
    operation: OperationSpec, machine: Machine, found: Snapshot | None, path: str
) -> tuple[Change, list[Problem]]:
    if found is None or not re.fullmatch(NAME_PATTERN, found.name):
        return _change(machine, "noop", ()), [_unknown(operation, machine, found, path)]
    fields = [
        FieldChange(path="snapshot", before=None, after=found.name),
        FieldChange(path="taken", before=None, after=found.created),
    ]
    if found.state is not None and found.state != machine.state:
        # It comes back as it was, switched on or off.
        fields.append(FieldChange(path="state", before=machine.state, after=found.state))
    return _change(machine, "revert", tuple(fields), irreversible=True), []


def _unknown(
    operation: OperationSpec, machine: Machine, found: Snapshot | None, path: str
) -> Problem:
    if not machine.snapshots:
        return Problem(f"{path}.snapshot", "no_snapshot", {"value": machine.name})
    # The newest first: it is the likeliest to be meant.
    names = [s.name for s in reversed(machine.snapshots) if re.fullmatch(NAME_PATTERN, s.name)]
    code = "unknown_snapshot" if found is None else "foreign_snapshot"
    value = operation.snapshot if found is None else found.name
    known = shown(", ".join(names) or "-", 200)
    params = {"value": shown(value), "vm": machine.name, "known": known}
    return Problem(f"{path}.snapshot", code, dict(params))


def in_branches(snapshots: Sequence[Snapshot]) -> list[tuple[int, Snapshot]]:
    """Each with how many forks lie below it: what was taken on top of another follows it, and a branch is
    deeper only where there are several. Parents are anybody's text: none, an unknown one and a circle count
    as a beginning."""
    known = {one.name for one in snapshots}
    above: dict[str | None, list[Snapshot]] = {}
    for one in snapshots:
        above.setdefault(one.parent if one.parent in known else None, []).append(one)
    found: list[tuple[int, Snapshot]] = []
    told: set[str] = set()
    for first in [*above.get(None, ()), *snapshots]:
        waiting = [(0, first)]
        while waiting:
            depth, one = waiting.pop()
            if one.name in told:
                continue
            told.add(one.name)
            found.append((depth, one))
            next_ones = above.get(one.name, [])
            waiting += [(depth + (len(next_ones) > 1), each) for each in reversed(next_ones)]
    return found


def _same(path: str, value: str | None) -> FieldChange:
    return FieldChange(path=path, before=value, after=value)


def _change(
    machine: Machine, action: Action, fields: tuple[FieldChange, ...], irreversible: bool = False
) -> Change:
    return Change(
        object="vm",
        name=machine.name,
        action=action,
        uuid=machine.uuid,
        template=machine.template,
        fields=fields,
        irreversible=irreversible,
    )
