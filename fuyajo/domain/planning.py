"""Spec × host → changes or problems. Pure: the same spec and the same host give the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from fuyajo.domain import expiry
from fuyajo.domain.access import Right, at_least, needed, not_yours
from fuyajo.domain.adopting import adopt_change, ownerless
from fuyajo.domain.backups import backup_change
from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.drift import seen_of
from fuyajo.domain.effects import with_effects
from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.machine import UNFINISHED, Fields, HostView, Machine
from fuyajo.domain.plan import Action, Change, FieldChange, sha256
from fuyajo.domain.snapshots import seen_snapshots, snapshot_change
from fuyajo.domain.spec import (
    BACKUP_OPS,
    SNAPSHOT_OPS,
    TRASH_OPS,
    NetworkSpec,
    OperationSpec,
    Spec,
    VmSpec,
)
from fuyajo.domain.trash import removable, removal_fields, seen_in_trash, trash_change

SIZES = ("cpus", "memory_mib", "disk_gib")


def paths_of(spec: Spec) -> dict[str, str]:
    """Where the spec speaks of each VM, by name."""
    own = {vm.name: f"vms[{index}]" for index, vm in enumerate(spec.vms)}
    return {o.vm: f"operations[{index}]" for index, o in enumerate(spec.operations)} | own


def changes_of(
    spec: Spec, host: HostView, owner: str, paths: Mapping[str, str] | None = None
) -> tuple[tuple[Change, ...], list[Problem]]:
    """Every object of the spec exactly once (noop included), and every reason it cannot be.

    What cannot be is counted all the same: its size may be a problem of its own. `paths` are where the
    request speaks of each VM, where that is not the spec's own order.
    """
    at = paths_of(spec) | dict(paths or {})
    changes: list[Change] = []
    problems: list[Problem] = []
    for index, network in enumerate(spec.networks):
        changes.append(_network(network, host))
        if host.facts.session:
            problems.append(Problem(f"networks[{index}]", "network_session"))
    for vm in spec.vms:
        change, found = _vm(vm, host, owner, at[vm.name], spec.kept.get(vm.name))
        changes.append(change)
        problems += found
    for index, operation in enumerate(spec.operations):
        made, found = _wish(operation, spec, host, owner, f"operations[{index}]")
        changes += made
        problems += found
    problems += _account_problems(changes, owner)
    done = (with_effects(change, host.machines.get(change.name)) for change in changes)
    return tuple(done), problems


def _marked(change: Change, machine: Machine, owner: str) -> Change:
    """Whose machine it is, where that is somebody else."""
    foreign = machine.owner not in (None, owner)
    return change.model_copy(update={"owner": machine.owner}) if foreign else change


def _account_problems(changes: list[Change], owner: str) -> list[Problem]:
    """A run works in one name: the machines' owner must be the same for all of them."""
    owners = sorted({change.owner or owner for change in changes})
    if len(owners) < 2:
        return []
    return [Problem("", "mixed_owners", {"value": ", ".join(owners)})]


def _wish(
    operation: OperationSpec, spec: Spec, host: HostView, owner: str, path: str
) -> tuple[list[Change], list[Problem]]:
    """The change that an operation is, or what speaks against it."""
    # An old machine that goes from the trash has nothing to do with a new one of its name.
    if operation.op != "purge" and any(operation.vm == vm.name for vm in spec.vms):
        return [], [Problem(f"{path}.vm", "vm_twice", {"value": operation.vm})]
    if operation.op in BACKUP_OPS:
        return backup_change(operation, host, owner, path)
    if operation.op in TRASH_OPS:
        change, problems = trash_change(operation, host, owner, path)
        return [change] if change else [], problems
    if operation.op == "delete":
        machine = removable(host, owner, operation.vm, operation.uuid)
        if machine is not None:
            return [_delete(machine, spec.kept.get(operation.vm))], []
        if operation.vm in host.leftovers:
            return [_clear(operation.vm)], []
    unowned = ownerless(operation, host)
    found = unowned or host.visible(owner).get(operation.vm)
    if found is None:
        return [], [_unknown(operation.vm, host, owner, f"{path}.vm")]
    right = host.may(owner, found.name)
    if unowned is None and not at_least(right, _needed(operation)):
        return [], [not_yours(found, f"{path}.vm", right, operation.op)]
    if operation.op == "adopt":
        drift = host.drift.get(found.name, ())
        return [adopt_change(operation, found, drift, owner)], []
    change, problems = _operation(operation, found, path)
    return [_marked(change, found, owner)], problems


def _needed(operation: OperationSpec) -> Right:
    """What is kept no longer is lost: that is its owner's to say, whoever may take a snapshot."""
    return "own" if operation.keep is not None else needed(operation.op)


def fingerprint(
    spec: Spec, host: HostView, seen: Mapping[str, Mapping[str, object]] = MappingProxyType({})
) -> str:
    """Digest of the found state of every object the spec names, absence included.

    `seen` are the definitions of these machines (`seen_machines`); plans of before have none.
    """
    names = _named(spec)
    found = {name: _state_of(host.machines.get(name)) for name in sorted(names)}
    left = sorted(names & host.leftovers)
    networks = sorted(n.name for n in spec.networks if n.name in host.facts.networks)
    snapshots = seen_snapshots(spec, host)
    # Left out where there is nothing of it, so that plans saved before there were any stay good.
    more: dict[str, object] = {"snapshots": snapshots} if snapshots else {}
    trash = seen_in_trash(spec, host)
    if trash:
        more["trash"] = trash
    if seen:
        more["seen"] = {name: sha256(fields) for name, fields in seen.items()}
    return sha256({"machines": found, "networks": networks, "leftovers": left, **more})


def seen_machines(spec: Spec, host: HostView) -> dict[str, Fields]:
    """State and definition of every machine that the spec names, by the name that it has now."""
    names, uuids = _named(spec), {o.uuid for o in spec.operations if o.uuid}
    machines = [host.machines[name] for name in sorted(names & host.machines.keys())]
    if uuids:  # in the trash it has another name
        machines += [m for m in host.machines.values() if m.uuid in uuids and m.name not in names]
    return {machine.name: seen_of(machine) for machine in machines}


def _named(spec: Spec) -> set[str]:
    """Machines by their name; those in the trash are known by their UUID."""
    new = {o.to for o in spec.operations if o.to is not None}
    old = {o.vm for o in spec.operations if o.op != "purge"}
    return {vm.name for vm in spec.vms} | old | new


def _state_of(machine: Machine | None) -> dict[str, object] | None:
    if machine is None:
        return None
    keys = ("uuid", "state", *SIZES, "owner", "template", "configured")
    seen: dict[str, object] = {key: getattr(machine, key) for key in keys}
    return {**seen, "trashed": True} if machine.trashed else seen


def guest_digest(vm: VmSpec) -> str:
    """What a configured guest is compared by: its template, the role behind it and what was said."""
    template = TEMPLATES[vm.template]
    return sha256({"template": template.name, "role": template.role, "vars": vm.vars})


def _network(network: NetworkSpec, host: HostView) -> Change:
    if network.name in host.facts.networks:
        return Change(object="network", name=network.name, action="noop")
    fields = (
        FieldChange(path="mode", before=None, after=network.mode),
        FieldChange(path="cidr", before=None, after=network.cidr),
    )
    return Change(object="network", name=network.name, action="create", fields=fields)


def _unknown(name: str, host: HostView, owner: str, path: str) -> Problem:
    operable = set(host.operable(owner)).union(*(other.operable(owner) for other in host.others))
    known = ", ".join(sorted(operable)) or "-"
    return Problem(path, "unknown_vm", {"value": shown(name), "known": shown(known, 200)})


def _vm(
    vm: VmSpec, host: HostView, owner: str, path: str, until: str | None
) -> tuple[Change, list[Problem]]:
    machine = host.machines.get(vm.name)
    going = removable(host, owner, vm.name) if vm.state == "absent" else None
    taken = None if going else _taken(vm.name, machine, host, owner)
    if vm.state == "absent" and taken is None:
        gone = _clear(vm.name) if vm.name in host.leftovers else _noop(vm)
        return (_delete(going, until) if going else gone), []
    if machine is None and vm.name in host.leftovers:
        taken = "leftover"
    if taken is not None:
        blocked = Problem(f"{path}.name", taken, {"value": vm.name})
        if vm.state == "absent":
            return _noop(vm), [blocked]
        return _create(vm), [blocked, *_image_problems(vm, host, path)]
    if machine is None:
        return _create(vm), _image_problems(vm, host, path)
    if machine.state == UNFINISHED:
        # Made anew; the UUID says which one was seen.
        change = _create(vm).model_copy(update={"uuid": machine.uuid})
        return change, _image_problems(vm, host, path)
    return _update(vm, machine, path)


def _taken(name: str, machine: Machine | None, host: HostView, owner: str) -> str | None:
    """Why the name cannot be had: somebody else's, or of a machine in the trash."""
    if machine is None:
        return "name_taken" if host.others and name in host.elsewhere() else None
    if machine.trashed is not None and machine.owner == owner:
        return "name_in_trash"
    own = machine.trashed is None and host.may(owner, machine.name) == "own"
    return None if own else "name_taken"


def _noop(vm: VmSpec) -> Change:
    return Change(object="vm", name=vm.name, action="noop", template=vm.template)


def _image_problems(vm: VmSpec, host: HostView, path: str) -> list[Problem]:
    image = TEMPLATES[vm.template].image
    if image in host.facts.images:
        return []
    return [Problem(f"{path}.template", "image_missing", {"value": image})]


def _create(vm: VmSpec) -> Change:
    template = TEMPLATES[vm.template]
    values: dict[str, str | int | bool] = {
        "cpus": vm.cpus or template.cpus,
        "memory_mib": vm.memory_mib or template.memory_mib,
        "disk_gib": vm.disk_gib or template.disk_gib,
        "image": template.image,
        "network": vm.network,
        "state": vm.state,
        **({"after": ", ".join(vm.after)} if vm.after else {}),
        **({"expires": end} if (end := vm.expires or vm.lasts) else {}),
        **{f"vars.{key}": value for key, value in vm.vars.items()},
    }
    fields = tuple(FieldChange(path=k, before=None, after=v) for k, v in values.items())
    return Change(object="vm", name=vm.name, action="create", template=vm.template, fields=fields)


def _clear(name: str) -> Change:
    """Remove the disk and seed that a machine of that name left when it went."""
    return Change(object="vm", name=name, action="delete", irreversible=True)


def _delete(machine: Machine, until: str | None) -> Change:
    """Into the trash until then, or gone at once."""
    return Change(
        object="vm",
        name=machine.trashed.name if machine.trashed else machine.name,
        action="delete",
        uuid=machine.uuid,
        template=machine.template,
        fields=removal_fields(machine, until),
        irreversible=until is None,
        until=until,
    )


def _sizes(
    wanted: VmSpec | OperationSpec, machine: Machine, path: str
) -> tuple[list[FieldChange], list[Problem]]:
    fields: list[FieldChange] = []
    for key in SIZES:
        after, before = getattr(wanted, key), getattr(machine, key)
        if after is not None and after != before:
            fields.append(FieldChange(path=key, before=before, after=after))
    shrink = [f for f in fields if f.path == "disk_gib" and _shrinks(f)]
    problems = [
        Problem(f"{path}.disk", "disk_shrink", {"before": f.before, "after": f.after})
        for f in shrink
    ]
    return fields, problems


def _shrinks(field: FieldChange) -> bool:
    return (
        isinstance(field.before, int)
        and isinstance(field.after, int)
        and (field.after < field.before)
    )


def _update(vm: VmSpec, machine: Machine, path: str) -> tuple[Change, list[Problem]]:
    fields, problems = _sizes(vm, machine, path)
    if machine.template and machine.template != vm.template:
        params = {"value": vm.name, "before": machine.template, "after": vm.template}
        problems.append(Problem(f"{path}.template", "template_change", dict(params)))
    fields += _end(vm, machine)
    power = "running" if machine.running else "stopped"
    if vm.state != power:
        fields.append(FieldChange(path="state", before=machine.state, after=vm.state))
    if vm.state == "running" and _configure(vm, machine):
        fields.append(FieldChange(path="configured", before=bool(machine.configured), after=True))
    action = _update_action(fields, vm.state)
    change = Change(
        object="vm",
        name=vm.name,
        action=action,
        uuid=machine.uuid,
        template=vm.template,
        fields=tuple(fields),
    )
    return change, problems


def _end(wanted: VmSpec | OperationSpec, machine: Machine) -> list[FieldChange]:
    """When its time is over, where that moves."""
    before, after = machine.expires or expiry.NEVER, wanted.expires
    if after is None or after == before:
        return []
    return [FieldChange(path="expires", before=before, after=after)]


def _configure(vm: VmSpec, machine: Machine) -> bool:
    """Whether the role has to run: it never finished, or other options were said now."""
    if machine.configured is None:
        return True
    return bool(vm.vars) and machine.configured != guest_digest(vm)


def _update_action(fields: list[FieldChange], state: str) -> Action:
    if not fields:
        return "noop"
    if [f.path for f in fields] == ["state"]:
        return "start" if state == "running" else "stop"
    return "update"


POWERED = {"running": "running", "stopped": "stopped", "restarted": "restarted"}
_POWER: dict[str, tuple[str, Action]] = {"start": ("running", "start"), "stop": ("stopped", "stop")}


def _operation(
    operation: OperationSpec, machine: Machine, path: str
) -> tuple[Change, list[Problem]]:
    if machine.state == UNFINISHED:
        noop = Change(object="vm", name=machine.name, action="noop", uuid=machine.uuid)
        return noop, [Problem(f"{path}.vm", "unfinished", {"value": machine.name})]
    if operation.op in SNAPSHOT_OPS:
        return snapshot_change(operation, machine, path)
    fields: list[FieldChange] = []
    problems: list[Problem] = []
    action: Action = "noop"
    if operation.op in ("resize", "expire"):
        fields, problems = _sizes(operation, machine, path)
        fields += _end(operation, machine)
        after = POWERED.get(operation.power or "", machine.state)
        if operation.power == "restarted" or after != machine.state:
            fields.append(FieldChange(path="state", before=machine.state, after=after))
        action = "update" if fields else "noop"
    elif operation.op == "restart":
        action = "restart" if machine.running else "start"
        if not machine.running:
            fields = [FieldChange(path="state", before=machine.state, after="running")]
        elif operation.force:
            fields = [FieldChange(path="force", before=False, after=True)]
    else:
        target, name = _POWER[operation.op]
        if machine.state != target:
            action = name
            fields = [FieldChange(path="state", before=machine.state, after=target)]
    change = Change(
        object="vm",
        name=machine.name,
        action=action,
        uuid=machine.uuid,
        template=machine.template,
        fields=tuple(fields),
        # What the guest had not saved is gone.
        irreversible=action == "restart" and operation.force,
    )
    return change, problems
