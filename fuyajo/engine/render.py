"""Plan → run document: the one JSON file a run is given. Pure but for what is passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fuyajo.domain.adopting import ADOPTED_KEYS, is_imported
from fuyajo.domain.backups import gone_of
from fuyajo.domain.catalogue import TEMPLATES, Scalar, Template
from fuyajo.domain.order import Place, places
from fuyajo.domain.plan import Change, Plan, sha256, takes_over
from fuyajo.domain.planning import guest_digest
from fuyajo.domain.snapshots import retired_of, snapshot_of
from fuyajo.domain.spec import BACKUP_OPS, COPY_OPS, OperationSpec, VmSpec
from fuyajo.domain.trash import trash_name
from fuyajo.domain.vault import Vault

GUEST_USER = "fuyajo"
SSH = 22
STATES = {
    "running": "started",
    "restarted": "restarted",
    "stopped": "stopped",
    "absent": "absent",
}
OPERATIONS = {
    "start": "started",
    "stop": "stopped",
    "restart": "restarted",
    "delete": "absent",
    "resize": "present",
    "expire": "present",
}
# What becomes of machines of the trash; what cannot be undone comes last.
TRASH = {"delete": "trashed", "recover": "restored", "purge": "purged"}
# Here "delete" has always meant the disks as well; the plan says so, and is asked about it.
REMOVAL = {"remove_storage": True}


@dataclass(frozen=True)
class BaseImage:
    name: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class Surroundings:
    """What a run needs besides the plan; all of it is ours, none of it from a request."""

    uri: str
    pool: str
    pool_path: Path
    public_key: str
    private_key: Path
    known_hosts: Path
    images: tuple[BaseImage, ...]
    accelerator: str = "auto"
    backups: Path = Path("/var/lib/libvirt/images/fuyajo-backups")
    vault: Vault | None = None


def run_document(plan: Plan, run_id: str, around: Surroundings) -> dict[str, Any]:
    """The document of docs/design/0001. The same plan gives the same stack options every time."""
    # An old machine that leaves the trash for good may have the name of one of today.
    today = [c for c in plan.changes if c.object == "vm" and c.action != "purge"]
    changes = {change.name: change for change in today}
    kept = {change.name for change in today if change.until}
    vms = [_vm(vm, changes[vm.name], around) for vm in plan.spec.vms if vm.name not in kept]
    vms += [
        _operation(o, changes[o.vm])
        for o in plan.spec.operations
        if (o.op in OPERATIONS and o.vm not in kept) or (o.op == "recover" and o.power)
    ]
    vms += [adoption(changes[o.vm]) for o in plan.spec.operations if o.op == "adopt"]
    order = _order(plan, changes, vms)
    return {
        "version": 1,
        "run_id": run_id,
        "trash": _trash(plan),
        "stack": _stack(plan, vms, around),
        **order,
        "snapshots": _snapshots("snapshot", plan, changes),
        "reverts": _snapshots("revert", plan, changes),
        "snapshot_deletions": [
            *_snapshots("delete-snapshot", plan, changes),
            *_retired(changes),
        ],
        **_backups(plan, changes, around),
        "ssh": {
            "user": GUEST_USER,
            "private_key": str(around.private_key),
            "known_hosts": str(around.known_hosts),
        },
    }


def _stack(plan: Plan, vms: list[dict[str, Any]], around: Surroundings) -> dict[str, Any]:
    used = {vm["image"] for vm in vms if "image" in vm}
    stack: dict[str, Any] = {
        "uri": around.uri,
        "owner": plan.account,
        "accelerator": around.accelerator,
        "pool": {"name": around.pool, "path": str(around.pool_path)},
        "images": [
            {"name": i.name, "path": str(i.path), "sha256": i.sha256}
            for i in around.images
            if i.name in used
        ],
        "networks": [
            {"name": n.name, "mode": n.mode, "cidr": n.cidr, "state": "present"}
            for n in plan.spec.networks
        ],
        "vms": vms,
    }
    if any(takes_over(change) for change in plan.changes):
        stack["adopt"] = True
    if plan.spec.environment:
        stack["environment"] = plan.spec.environment
    return stack


def _vm(vm: VmSpec, change: Change, around: Surroundings) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": vm.name, "state": STATES[vm.state]}
    if change.uuid:
        entry["uuid"] = change.uuid
    if vm.state == "absent":
        return entry | REMOVAL
    template = TEMPLATES[vm.template]
    if change.action == "create":
        entry |= _creation(vm, template, around)
    else:
        entry |= _said(vm.cpus, vm.memory_mib, vm.disk_gib) | _end(vm.expires)
    return entry


def _creation(vm: VmSpec, template: Template, around: Surroundings) -> dict[str, Any]:
    """Everything a new machine is made of; afterwards only what is said again can change it."""
    nics = [{"network": "user"}]
    if vm.network != "default":
        nics.append({"network": vm.network})
    return {
        "cpus": vm.cpus or template.cpus,
        "memory": vm.memory_mib or template.memory_mib,
        "disk": f"{vm.disk_gib or template.disk_gib}GiB",
        "image": template.image,
        "nics": nics,
        "forwards": [{"guest": port} for port in (SSH, *template.ports)],
        "cloud_init": {
            "user": GUEST_USER,
            "hostname": vm.name,
            "ssh_authorized_keys": [around.public_key],
        },
        "metadata": {
            "template": vm.template,
            "spec_digest": sha256(vm.model_dump(mode="json")),
            **({"expires": end} if (end := vm.expires or vm.lasts) else {}),
        },
    }


def adoption(change: Change) -> dict[str, Any]:
    """Nothing but what its metadata says of it; the owner is the stack's."""
    said = {f.path: f.after for f in change.fields if f.path in ADOPTED_KEYS}
    entry = {"name": change.name, "uuid": change.uuid, "state": "present"}
    return entry | ({"metadata": said} if said else {})


def _said(cpus: int | None, memory_mib: int | None, disk_gib: int | None) -> dict[str, Any]:
    sizes: dict[str, Any] = {
        "cpus": cpus,
        "memory": memory_mib,
        "disk": f"{disk_gib}GiB" if disk_gib else None,
    }
    return {key: value for key, value in sizes.items() if value is not None}


def _end(expires: str | None) -> dict[str, Any]:
    return {"metadata": {"expires": expires}} if expires else {}


def _operation(operation: OperationSpec, change: Change) -> dict[str, Any]:
    state = STATES[operation.power] if operation.power else OPERATIONS[operation.op]
    entry: dict[str, Any] = {"name": change.name, "state": state}
    if change.uuid:
        entry["uuid"] = change.uuid
    if operation.op == "delete":
        entry |= REMOVAL
    if operation.force and change.action == "restart":
        entry["force_off"] = True
    sizes = _said(operation.cpus, operation.memory_mib, operation.disk_gib)
    return entry | sizes | _end(operation.expires)


def _trash(plan: Plan) -> list[dict[str, Any]]:
    """Options of the trash module, one entry per machine that goes there or leaves it."""
    entries: list[dict[str, Any]] = []
    for change in plan.changes:
        if change.action == "delete" and change.until:
            entry = {"vm": change.name, "uuid": change.uuid, "until": change.until}
        elif change.action in ("recover", "purge") and change.uuid:
            entry = {"vm": trash_name(change.uuid), "uuid": change.uuid, "name": change.name}
        else:
            continue
        entries.append({**entry, "state": TRASH[change.action]})
    return sorted(entries, key=lambda entry: [*TRASH.values()].index(entry["state"]))


def _snapshots(op: str, plan: Plan, changes: dict[str, Change]) -> list[dict[str, Any]]:
    """Options of the snapshot module, one entry per operation, bound to the machine that was seen."""
    wanted = [changes[o.vm] for o in plan.spec.operations if o.op == op]
    return [{"vm": c.name, "uuid": c.uuid, "name": snapshot_of(c)} for c in wanted]


def _backups(plan: Plan, changes: dict[str, Change], around: Surroundings) -> dict[str, Any]:
    """Options of the backup module, one list for each place in the run; nothing where there are none."""
    wanted = [o for o in plan.spec.operations if o.op in BACKUP_OPS]
    if not wanted:
        return {}
    made, back, gone, tried = [], [], [], []
    moved: dict[str, list[dict[str, Any]]] = {op: [] for op in COPY_OPS}
    for operation in wanted:
        entry = {"vm": operation.vm, "name": operation.backup}
        if operation.op == "backup" and operation.taken is None:
            made.append({**entry, "kind": operation.kind or "auto"})
            gone += [{**entry, "name": name} for name in gone_of(changes[operation.vm])]
        elif operation.op == "delete-backup":
            gone.append(entry)
        elif operation.op == "test-backup" and operation.tested is None:
            tried.append(entry)
        elif operation.op in COPY_OPS and operation.copied is None:
            moved[operation.op].append(entry)
        elif operation.op == "restore":
            there = changes[operation.to or operation.vm].uuid is not None
            as_new = {"as": operation.to} if operation.to else {}
            back.append({**entry, **as_new, "replace": there, "started": not there})
    lists = {"backups": made, "restores": back, "backup_deletions": gone, "backup_tests": tried}
    lists |= {"backup_copies": moved["copy-backup"], "backup_fetches": moved["fetch-backup"]}
    vault = around.vault.options() if around.vault is not None and any(moved.values()) else {}
    return {"backups_directory": str(around.backups), "backup_vault": vault, **lists}


def _retired(changes: dict[str, Change]) -> list[dict[str, Any]]:
    """The snapshots that a pattern keeps no longer, in the order in which they go."""
    return [
        {"vm": change.name, "uuid": change.uuid, "name": name}
        for change in changes.values()
        for name in retired_of(change)
    ]


def _order(plan: Plan, changes: Mapping[str, Change], vms: list[dict[str, Any]]) -> dict[str, Any]:
    """`guests` by their turn; `turns`, and what is done `first` to machines, only where somebody waits."""
    order = places(plan.spec.vms)
    # Nobody but its owner has a key for a guest that we did not make.
    ours = (vm for vm in plan.spec.vms if not is_imported(plan.seen.get(vm.name)))
    running = sorted((vm for vm in ours if vm.state == "running"), key=lambda vm: order[vm.name])
    held = {vm.name for vm in running if order[vm.name] > Place() and _starts(changes[vm.name])}
    ready = {vm.name: vm.ready for vm in running}
    found: dict[str, Any] = {}
    if _ordered(running):
        found["turns"] = [*range(max(place.round for place in order.values()) + 1)]
    if held:
        found["first"] = [_held(vm) if vm["name"] in held else vm for vm in vms]
    guests = [_guest(vm, order[vm.name], vm.name in held, ready) for vm in running]
    return {"guests": guests, **found}


def _ordered(running: Sequence[VmSpec]) -> bool:
    names = {vm.name for vm in running}
    return any(names.intersection(vm.after) for vm in running)


def _starts(change: Change) -> bool:
    return any(field.path == "state" and field.after == "running" for field in change.fields)


def _held(entry: dict[str, Any]) -> dict[str, Any]:
    """Made or changed now, started when its turn comes."""
    return entry | {"state": "present"}


def _guest(vm: VmSpec, place: Place, held: bool, ready: Mapping[str, str]) -> dict[str, Any]:
    """`ready` is what each VM that runs has to come to for others; whoever does not run holds nobody up."""
    template = TEMPLATES[vm.template]
    variables: dict[str, Scalar] = {k: v.default for k, v in template.variables.items()}
    return {
        "name": vm.name,
        "role": template.role,
        "vars": {**variables, **vm.vars},
        "digest": guest_digest(vm),
        "page": template.page,
        "wave": place.wave,
        "round": place.round,
        "held": held,
        "after": [{"name": name, "ready": ready[name]} for name in vm.after if name in ready],
    }
