"""Backups of machines: which one is meant, what would happen, and which of the older ones go. Pure.

What a directory holds is read once, when a plan is made: `settled` writes what was found into the spec, so
that the rest of a plan, and a look at what a run left, need no backups at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from fuyajo.domain.access import at_least, not_yours
from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.machine import UNFINISHED, HostView, Machine
from fuyajo.domain.plan import Change, FieldChange, FieldValue
from fuyajo.domain.retention import Pattern, Point, outlived
from fuyajo.domain.spec import BACKUP_OPS, COPY_OPS, OperationSpec, Spec

GONE = "backup_gone"
#: What a machine takes of the host while its backup is tested: memory (MiB) and disk (GiB).
MEANWHILE = ("meanwhile_mib", "meanwhile_gib")
#: What `spec.normalise` calls a backup that nobody named: only such ones does a pattern ever remove.
_OURS = re.compile(r"b-\d{8}-\d{6}")
SIZES = ("cpus", "memory_mib", "disk_gib")


@dataclass(frozen=True)
class Trial:
    """When (UTC) it was started for a test, by which sign its guest was up, and after how many seconds."""

    at: str
    sign: str
    seconds: float


@dataclass(frozen=True)
class Backup:
    """One backup of a machine that may not exist any more.

    `created` is UTC (ISO 8601); `chain` is what it lies on and itself, the full one first, empty where a link
    is missing; `consistency` is off, quiesced or crash. Sizes are the machine's, `bytes` those of its files.
    `problem` says why it is good for nothing; `checked`: every byte was read, and is as it was written;
    `tested`: its machine was started once from what it holds now; `copied` (UTC): it is a copy, made then.
    """

    name: str
    vm: str
    uuid: str
    owner: str
    kind: str
    created: str
    parent: str | None = None
    chain: tuple[str, ...] = ()
    consistency: str = "crash"
    bytes: int = 0
    cpus: int = 0
    memory_mib: int = 0
    disk_gib: int = 0
    notes: tuple[str, ...] = ()
    checked: bool | None = None
    problem: str | None = None
    tested: Trial | None = None
    copied: str | None = None

    @property
    def good(self) -> bool:
        return self.problem is None and bool(self.chain)


Shelf = Mapping[str, tuple[Backup, ...]]  # by machine, the oldest first
NO_COPIES: Shelf = MappingProxyType({})


def wanted_of(spec: Spec) -> frozenset[str]:
    """The machines whose backups have to be read for a plan of this."""
    return frozenset(o.vm for o in spec.operations if o.op in BACKUP_OPS)


def copies_wanted(spec: Spec) -> bool:
    """Whether a plan of this has to know which copies there are."""
    return any(o.op in COPY_OPS for o in spec.operations)


def settled(
    spec: Spec, shelf: Shelf, host: HostView, copies: Shelf = NO_COPIES
) -> tuple[Spec, list[Problem]]:
    """The spec with every backup by its name, with what a machine that comes back needs, and with those that
    go; and what cannot be. `copies` are those that lie elsewhere."""
    problems: list[Problem] = []
    operations = []
    for index, operation in enumerate(spec.operations):
        found = shelf.get(operation.vm, ())
        path = f"operations[{index}]"
        if operation.op == "backup":
            operation, said = _making(operation, found, host, path)
        elif operation.op == "fetch-backup":
            operation, said = _fetching(operation, copies.get(operation.vm, ()), found, path)
        elif operation.op in BACKUP_OPS:
            operation, said = _meaning(operation, found, path)
            same = _same(operation, copies.get(operation.vm, ()))
            if operation.op == "copy-backup" and same is not None:
                operation = operation.model_copy(update={"copied": same.copied})
        else:
            said = []
        problems += said
        operations.append(operation)
    return spec.model_copy(update={"operations": tuple(operations)}), problems


def _same(operation: OperationSpec, found: Iterable[Backup]) -> Backup | None:
    """The one that is that very backup: names alone come again."""
    meant = (operation.backup, operation.uuid, operation.taken)
    return next((one for one in found if (one.name, one.uuid, one.created) == meant), None)


def _fetching(
    operation: OperationSpec, copies: tuple[Backup, ...], found: tuple[Backup, ...], path: str
) -> tuple[OperationSpec, list[Problem]]:
    """The copy that is meant; one that lies here as well needs no fetching."""
    operation, problems = _meaning(operation, copies, path)
    if problems:
        return operation, [_no_copy(one) for one in problems]
    here = next((one for one in found if one.name == operation.backup), None)
    if here is None:
        return operation, []
    if _same(operation, [here]) is None:
        return operation, [_already(operation, path)]
    return operation.model_copy(update={"copied": here.created if here.good else None}), []


def _no_copy(problem: Problem) -> Problem:
    """The same, said of copies."""
    return Problem(problem.path, f"copy_{problem.code.removeprefix('no_')}", problem.params)


def _making(
    operation: OperationSpec, found: tuple[Backup, ...], host: HostView, path: str
) -> tuple[OperationSpec, list[Problem]]:
    machine = host.machines.get(operation.vm)
    same = next((one for one in found if one.name == operation.backup), None)
    if same is not None and (machine is None or same.uuid != machine.uuid):
        return operation, [_already(operation, path)]  # of an earlier machine of that name
    if same is not None:
        return operation.model_copy(update={"taken": same.created}), []
    if operation.keep is None or operation.backup is None or machine is None:
        return operation, []
    return operation.model_copy(update={"gone": tuple(_outlived(operation, found, machine))}), []


def _already(operation: OperationSpec, path: str) -> Problem:
    params = {"value": shown(operation.backup or ""), "vm": operation.vm}
    return Problem(f"{path}.backup", "backup_there", dict(params))


def _outlived(operation: OperationSpec, found: Iterable[Backup], machine: Machine) -> list[str]:
    """Those of this machine that its pattern keeps no longer, of those that we named, as far as no other one
    lies on them. The new one may lie on the newest."""
    assert operation.keep is not None and operation.backup is not None
    mine = [one for one in found if one.uuid == machine.uuid]
    newest = mine[-1].name if mine and operation.kind != "full" else None
    ours = [one for one in mine if _OURS.fullmatch(one.name)]
    points = [Point(one.name, datetime.fromisoformat(one.created), one.parent) for one in ours]
    now = max([_time(operation.backup), *(point.taken for point in points)])
    points.append(Point(operation.backup, now, newest))
    going = outlived(points, Pattern(**operation.keep.model_dump()))
    while held := {one.parent for one in mine if one.name not in going} & set(going):
        going = [name for name in going if name not in held]
    return going


def _time(name: str) -> datetime:
    """When a backup that we named is made."""
    return datetime.strptime(f"{name[2:]}+0000", "%Y%m%d-%H%M%S%z")


def _meaning(
    operation: OperationSpec, found: tuple[Backup, ...], path: str
) -> tuple[OperationSpec, list[Problem]]:
    """The one of that name, the newest good one where none was said (only to come back to)."""
    if operation.backup is None:
        meant = next((one for one in reversed(found) if one.good), None)
    else:
        meant = next((one for one in found if one.name == operation.backup), None)
    if meant is None:
        return operation, [_unknown(operation, found, path)]
    if operation.op == "delete-backup":
        return _deleting(operation, meant, found, path)
    if not meant.good:
        return operation, [_broken(meant, found, path)]
    update: dict[str, Any] = {"backup": meant.name, "taken": meant.created, "uuid": meant.uuid}
    if operation.op == "test-backup" and meant.tested is not None:
        update["tested"] = meant.tested.at
    return operation.model_copy(update=update | {key: getattr(meant, key) for key in SIZES}), []


def _deleting(
    operation: OperationSpec, meant: Backup, found: tuple[Backup, ...], path: str
) -> tuple[OperationSpec, list[Problem]]:
    above = [one.name for one in found if one.parent == meant.name]
    if above:
        params = {"value": shown(meant.name), "above": shown(", ".join(above), 200)}
        return operation, [Problem(f"{path}.backup", "backup_needed", dict(params))]
    return operation.model_copy(update={"backup": meant.name, "taken": meant.created}), []


def _unknown(operation: OperationSpec, found: tuple[Backup, ...], path: str) -> Problem:
    known = shown(", ".join(one.name for one in reversed(found) if one.good) or "-", 200)
    params = {"value": shown(operation.backup or "-"), "vm": shown(operation.vm), "known": known}
    if not found:
        return Problem(f"{path}.vm", "no_backup", dict(params))
    code = "unknown_backup" if operation.backup is not None else "no_good_backup"
    return Problem(f"{path}.backup", code, dict(params))


def _broken(meant: Backup, found: tuple[Backup, ...], path: str) -> Problem:
    good = shown(", ".join(one.name for one in reversed(found) if one.good) or "-", 200)
    why = shown(meant.problem or "a link is missing", 200)
    params = {"value": meant.name, "detail": why, "known": good}
    return Problem(f"{path}.backup", "backup_broken", dict(params))


# --- what would happen ----------------------------------------------------------------------------------


def backup_change(
    operation: OperationSpec, host: HostView, owner: str, path: str
) -> tuple[list[Change], list[Problem]]:
    """The change that an operation about backups is."""
    machine = host.machines.get(operation.vm)
    mine = machine is not None and machine.trashed is None
    if operation.op == "restore":
        return _restored(operation, host, owner, path)
    if operation.op == "delete-backup":
        return [_deleted(operation, machine if mine else None)], []
    if operation.op == "test-backup":
        return [_tested(operation, machine if mine else None)], []
    if operation.op in COPY_OPS:
        return [_copied(operation, machine if mine else None)], []
    found = host.visible(owner).get(operation.vm)
    if found is None:
        return [], [_no_machine(operation.vm, path)]
    right = host.may(owner, found.name)
    if not at_least(right, "own"):
        return [], [not_yours(found, f"{path}.vm", right, operation.op)]
    if found.state == UNFINISHED:
        return [], [Problem(f"{path}.vm", "unfinished", {"value": found.name})]
    if operation.taken is not None:  # one that is there is never made anew
        there = {"backup": operation.backup, "taken": operation.taken}
        same = [FieldChange(path=key, before=one, after=one) for key, one in there.items()]
        return [_change(found.name, "noop", same, found)], []
    fields = [FieldChange(path="backup", before=None, after=operation.backup)]
    if operation.kind not in (None, "auto"):
        fields.append(FieldChange(path="backup_kind", before=None, after=operation.kind))
    fields += [FieldChange(path=GONE, before=name, after=None) for name in operation.gone]
    gone = bool(operation.gone)
    return [_change(found.name, "backup", fields, found, irreversible=gone)], []


def _restored(
    operation: OperationSpec, host: HostView, owner: str, path: str
) -> tuple[list[Change], list[Problem]]:
    name = operation.to or operation.vm
    machine = host.machines.get(name)
    fields = [
        FieldChange(path="backup", before=None, after=operation.backup),
        FieldChange(path="taken", before=None, after=operation.taken),
    ]
    if machine is not None:
        change = _change(name, "restore", fields, machine, irreversible=True)
        return [change], _over(operation, machine, host, owner, path)
    if operation.to:
        fields.insert(0, FieldChange(path="source", before=None, after=operation.vm))
    values = {**{key: getattr(operation, key) for key in SIZES}, "state": "running"}
    fields += [FieldChange(path=key, before=None, after=value) for key, value in values.items()]
    return [_change(name, "restore", fields, None)], _new(operation, name, host, path)


def _over(
    operation: OperationSpec, machine: Machine, host: HostView, owner: str, path: str
) -> list[Problem]:
    """What speaks against overwriting a machine that is there."""
    where = f"{path}.{'to' if operation.to else 'vm'}"
    if operation.to or machine.trashed is not None or host.may(owner, machine.name) != "own":
        return [Problem(where, "name_taken", {"value": machine.name})]
    if machine.uuid != operation.uuid:
        return [Problem(where, "restore_other", {"value": machine.name})]
    if machine.state != "stopped":
        return [Problem(where, "restore_running", {"value": machine.name})]
    if machine.snapshots:
        return [Problem(where, "restore_snapshots", {"value": machine.name})]
    return []


def _new(operation: OperationSpec, name: str, host: HostView, path: str) -> list[Problem]:
    where = f"{path}.{'to' if operation.to else 'vm'}"
    if name in host.leftovers or name in host.elsewhere():
        return [Problem(where, "name_taken", {"value": name})]
    same = next((m for m in host.machines.values() if m.uuid == operation.uuid), None)
    if same is not None and not operation.to:  # in the trash, or called otherwise by now
        kept = same.trashed.name if same.trashed else same.name
        return [Problem(where, "restore_in_trash", {"value": name, "kept": shown(kept)})]
    return []


def _deleted(operation: OperationSpec, machine: Machine | None) -> Change:
    fields = [FieldChange(path="backup", before=operation.backup, after=None)]
    fields.append(FieldChange(path="taken", before=operation.taken, after=None))
    return _change(operation.vm, "delete-backup", fields, machine, irreversible=True)


def _tested(operation: OperationSpec, machine: Machine | None) -> Change:
    """One that was tested with this content is not started again."""
    there: list[tuple[str, FieldValue]] = [("backup", operation.backup)]
    there.append(("taken", operation.taken))
    if operation.tested is not None:
        there.append(("tested", operation.tested))
        same = [FieldChange(path=key, before=one, after=one) for key, one in there]
        return _change(operation.vm, "noop", same, machine)
    sizes = zip(MEANWHILE, (operation.memory_mib, operation.disk_gib), strict=True)
    there.extend((key, size) for key, size in sizes if size)
    fields = [FieldChange(path=key, before=None, after=one) for key, one in there]
    return _change(operation.vm, "test-backup", fields, machine)


def _copied(operation: OperationSpec, machine: Machine | None) -> Change:
    """One that is there already, here or elsewhere, is not moved again."""
    there = [("backup", operation.backup), ("taken", operation.taken)]
    if operation.copied is not None:
        there.append(("copied", operation.copied))
    done = operation.copied is not None
    fields = [FieldChange(path=k, before=v if done else None, after=v) for k, v in there]
    return _change(operation.vm, "noop" if done else operation.op, fields, machine)


def _no_machine(name: str, path: str) -> Problem:
    return Problem(f"{path}.vm", "unknown_vm", {"value": shown(name), "known": "-"})


def _change(
    name: str,
    action: str,
    fields: list[FieldChange],
    machine: Machine | None,
    irreversible: bool = False,
) -> Change:
    return Change.model_validate(
        {
            "object": "vm",
            "name": name,
            "action": action,
            "uuid": machine.uuid if machine else None,
            "template": machine.template if machine else None,
            "fields": tuple(fields),
            "irreversible": irreversible,
        }
    )


def gone_of(change: Change) -> list[str]:
    """The names of the backups that go with a new one."""
    return [str(one.before) for one in change.fields if one.path == GONE]


def backup_of(change: Change) -> str | None:
    """The name of the backup that a change is about."""
    names = [f.after or f.before for f in change.fields if f.path == "backup"]
    return str(names[0]) if names else None
