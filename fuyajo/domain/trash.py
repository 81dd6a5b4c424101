"""The trash: what of a plan goes there, until when, and what has to leave it for that. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.machine import UNFINISHED, HostView, Machine
from fuyajo.domain.plan import Change, FieldChange
from fuyajo.domain.request import NAME_PATTERN
from fuyajo.domain.spec import TRASH_OPS, OperationSpec, Spec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fuyajo.domain.policy import Trash

SIZES = ("cpus", "memory_mib", "disk_gib")


def trash_name(uuid: str) -> str:
    """What a machine is called while it is in the trash; the collection's `vm_trash` says the same."""
    return f"trash-{uuid.replace('-', '')[:12]}"


def stamp(moment: datetime) -> str:
    """UTC, whole seconds: as it is kept in a machine's metadata."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def expired(machine: Machine, now: datetime) -> bool:
    """Whether nobody is promised any more that it is kept. A date that cannot be read never is over."""
    try:
        return machine.trashed is not None and datetime.fromisoformat(machine.trashed.until) <= now
    except (ValueError, TypeError):  # not a date; a date without its zone
        return False


def removable(host: HostView, owner: str, name: str, uuid: str | None = None) -> Machine | None:
    """The machine that a deletion of this name means: one of that user's, or one that was cut off on its way
    into the trash and still has its name. With a UUID that very one, wherever it is on that way."""
    candidates = [*host.owned(owner).values(), *host.trash(owner).values()]
    if uuid is not None:
        return next((m for m in candidates if m.uuid == uuid and old_name(m) == name), None)
    return next((m for m in candidates if m.name == name and old_name(m) == name), None)


def deletes(spec: Spec) -> bool:
    """Whether anything of this could go into the trash."""
    return bool(_wanted_away(spec))


def without_trash(spec: Spec) -> Spec:
    """The spec with every deletion of its operations for good."""
    gone = (
        o.model_copy(update={"purge": True}) if o.op == "delete" else o for o in spec.operations
    )
    return spec.model_copy(update={"operations": tuple(gone)})


def settled(spec: Spec, host: HostView, owner: str, policy: Trash, now: datetime) -> Spec:
    """The spec with what becomes of all that it deletes: kept until then, or gone, and what has to go for it.

    What is larger than the whole budget, and what was never completed, is not kept. The oldest of the trash
    leave it until the rest fits.
    """
    until = stamp(now + timedelta(hours=policy.grace_hours))
    room = policy.budget_gib
    kept: dict[str, str] = {}
    for operation in _wanted_away(spec):
        machine = removable(host, owner, operation.vm, operation.uuid)
        if machine is None or machine.state == UNFINISHED or not policy.grace_hours:
            continue
        if machine.disk_gib <= room:
            kept[operation.vm] = machine.trashed.until if machine.trashed else until
            room -= machine.disk_gib
    operations = tuple(
        o.model_copy(update={"purge": True}) if o.op == "delete" and o.vm not in kept else o
        for o in spec.operations
    )
    operations += tuple(_overflow(spec, host, owner, room)) if kept else ()
    return spec.model_copy(update={"kept": kept, "operations": operations})


def _wanted_away(spec: Spec) -> list[OperationSpec]:
    absent = [OperationSpec(op="delete", vm=vm.name) for vm in spec.vms if vm.state == "absent"]
    return absent + [o for o in spec.operations if o.op == "delete" and not o.purge]


def _overflow(spec: Spec, host: HostView, owner: str, room: int) -> Iterable[OperationSpec]:
    """What has to leave the trash, the oldest first, so that the rest of it fits into `room` (GiB)."""
    leaving = {o.uuid for o in spec.operations if o.op in (*TRASH_OPS, "delete") and o.uuid}
    staying = [m for m in in_order(host.trash(owner).values()) if m.uuid not in leaving]
    taken = sum(m.disk_gib for m in staying)
    for machine in staying:
        if taken <= room:
            return
        taken -= machine.disk_gib
        yield OperationSpec(op="purge", vm=old_name(machine), uuid=machine.uuid)


def on_its_way(machine: Machine) -> bool:
    """Whether it is marked for the trash, while not all of it has its name there."""
    mark = machine.trashed
    return mark is not None and (mark.moving or machine.name == mark.name)


def in_order(machines: Iterable[Machine]) -> list[Machine]:
    """Those that are in the trash for the longest time first."""
    return sorted(machines, key=lambda m: (m.trashed.since if m.trashed else "", m.name))


def old_name(machine: Machine) -> str:
    """The name that a machine had before it went into the trash."""
    return machine.trashed.name if machine.trashed else machine.name


def trashed(host: HostView, owner: str, uuid: str | None) -> Machine | None:
    """The machine of that UUID in the trash."""
    return next((m for m in host.trash(owner).values() if m.uuid == uuid), None)


def trash_change(
    operation: OperationSpec, host: HostView, owner: str, path: str
) -> tuple[Change | None, list[Problem]]:
    """Out of the trash: back under its old name, or gone for good."""
    machine = trashed(host, owner, operation.uuid)
    if machine is None:
        return None, [Problem(f"{path}.vm", "not_in_trash", {"value": shown(operation.vm)})]
    problems = [] if operation.op == "purge" else _return_problems(machine, host, f"{path}.vm")
    fields = _purged(machine) if operation.op == "purge" else _recovered(machine, operation.power)
    change = Change(
        object="vm",
        name=old_name(machine),
        action="purge" if operation.op == "purge" else "recover",
        uuid=machine.uuid,
        template=machine.template,
        fields=fields,
        irreversible=operation.op == "purge",
    )
    return change, problems


def name_is_free(machine: Machine, host: HostView) -> bool:
    """Whether a machine of the trash can have its old name back."""
    name = old_name(machine)
    there = host.machines.get(name)
    return (there is None or there.uuid == machine.uuid) and name not in host.leftovers


def _return_problems(machine: Machine, host: HostView, path: str) -> list[Problem]:
    name = old_name(machine)
    if not re.fullmatch(NAME_PATTERN, name):  # the metadata of a domain is anybody's text
        return [Problem(path, "bad_name", {"value": shown(name)})]
    if name_is_free(machine, host):
        return []
    return [Problem(path, "recover_taken", {"value": name, "kept": trash_name(machine.uuid)})]


def removal_fields(machine: Machine, until: str | None) -> tuple[FieldChange, ...]:
    """What a deletion takes away, and until when it is kept."""
    gone = {k: getattr(machine, k) for k in (*SIZES, "state")}
    fields = [FieldChange(path=k, before=v, after=None) for k, v in gone.items()]
    if until is not None:
        fields.append(FieldChange(path="kept", before=None, after=until))
    return tuple(fields)


def _recovered(machine: Machine, state: str | None) -> tuple[FieldChange, ...]:
    values = {**{k: getattr(machine, k) for k in SIZES}, "state": state or "stopped"}
    return tuple(FieldChange(path=k, before=None, after=v) for k, v in values.items())


def _purged(machine: Machine) -> tuple[FieldChange, ...]:
    """Paths of their own: what is in the trash counts against no quota, so nothing of it is given back."""
    since, until = (machine.trashed.since, machine.trashed.until) if machine.trashed else ("", "")
    values: dict[str, int | str] = {
        "trash_gib": machine.disk_gib,
        "since": since,
        "until": until,
    }
    return tuple(FieldChange(path=k, before=v, after=None) for k, v in values.items())


def seen_in_trash(spec: Spec, host: HostView) -> dict[str, list[str | int | None]]:
    """For the fingerprint: what was found of every machine that this takes out of the trash, by UUID."""
    wanted = {o.uuid for o in spec.operations if o.op in TRASH_OPS}
    return {
        m.uuid: [m.trashed.name, m.trashed.until, m.disk_gib, m.owner]
        for m in host.machines.values()
        if m.trashed is not None and m.uuid in wanted
    }
