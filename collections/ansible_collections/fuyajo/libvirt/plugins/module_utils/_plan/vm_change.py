# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing a machine that exists, and removing one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    DESTROY,
    RESTART,
    STOP,
    Change,
    diff,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import waits as _waits
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_make import plan_make, plug
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

# What QEMU has to be started anew for.
_AT_START = dict.fromkeys(("cpus", "memory_mib", "networks", "forwards"), RESTART)
_OFF = ("stopped", "crashed")


@dataclass
class Found:
    """A machine as it was read: its handle, its XML and document, and how it is now."""

    handle: Any
    xml: str
    document: _domain.Domain
    state: str
    pending: bool
    disk_bytes: int | None = None
    running: bool = field(init=False)

    def __post_init__(self) -> None:
        self.running = self.state not in _OFF


def plan_vm(ctx: Context, vm: WantedVm) -> Step:
    """Return the step for one machine; reads only."""
    handle = ctx.domains.get(vm.name)
    if handle is None:
        return _plan_leftovers(ctx, vm) if vm.state == "absent" else plan_make(ctx, vm)
    found = _read(ctx, handle)
    _refuse_foreign(ctx, vm, found)
    if vm.state == "absent":
        return _plan_absent(ctx, vm, found)
    return _plan_update(ctx, vm, found)


def _read(ctx: Context, handle: Any) -> Found:
    xml = ctx.host.domain_xml(handle)
    document = _domain.parse_domain(xml)
    state, memory, cpus = ctx.host.domain_info(handle)
    now = (memory, cpus)
    pending = state not in _OFF and now != (document.memory_mib, document.cpus)
    found = Found(handle, xml, document, state, pending)
    disk = _facts.root_disk(document)
    if disk is not None and disk.path:
        found.disk_bytes = ctx.host.disk_bytes(handle, disk.path)
    return found


def _refuse_foreign(ctx: Context, vm: WantedVm, found: Found) -> None:
    meta, identity = found.document.meta, found.document.uuid
    if meta is None or meta.owner is None:
        if ctx.wanted.adopt:
            return
        raise FuyajoError(
            f"a machine {vm.name} exists that nobody here owns; adopt=true takes it over", CONFLICT
        )
    if meta.owner != ctx.wanted.owner:
        raise FuyajoError(f"the machine {vm.name} belongs to {meta.owner!r:.80}", CONFLICT)
    if vm.uuid is not None and vm.uuid != identity:
        raise FuyajoError(f"the machine {vm.name} is {identity}, not {vm.uuid}", CONFLICT)


def _plan_update(ctx: Context, vm: WantedVm, found: Found) -> Step:
    step = Step("vm", vm.name, found.document.uuid)
    step.facts = _facts.vm_facts(found.document, found.state, found.disk_bytes)
    step.read = lambda: ctx.host.vm_facts(found.handle)
    step.changes = diff(_wanted(ctx, vm, found), _projection(found), _AT_START)
    if not found.running:
        # Nothing runs, so everything takes effect at the next start anyway.
        step.changes = [Change(c.path, c.before, c.after) for c in step.changes]
    waits = found.running and (found.pending or any(c.effect == RESTART for c in step.changes))
    restart = found.running and (
        vm.state == "restarted"
        or (waits and ctx.wanted.allow_restart and vm.state in ("present", "started"))
    )
    if restart:
        step.changes.append(Change("restart", False, True, STOP))
    step.restart_required = waits and not restart and vm.state != "stopped"
    if step.changes:
        step.apply = lambda done: _update(ctx, vm, found, restart, done)
    step.wait = _waits.waiter(ctx, vm, step)
    return step


def _projection(found: Found) -> dict[str, Any]:
    document, meta = found.document, found.document.meta or _domain.Meta()
    return {
        "state": "stopped" if not found.running else found.state,
        "cpus": document.cpus,
        "memory_mib": document.memory_mib,
        "disk_gib": _gib(found.disk_bytes),
        "networks": _facts.nic_names(document),
        "forwards": [{"guest": f.guest, "host": f.host} for f in meta.forwards],
        "metadata": {key: getattr(meta, key) for key in ("owner", *_domain.META_KEYS)},
    }


def _wanted(ctx: Context, vm: WantedVm, found: Found) -> dict[str, Any]:
    power = {"started": "running", "restarted": "running", "stopped": "stopped"}
    networks = None
    if vm.nics is not None:
        networks = sorted(n for n in vm.nics if n != "user")
        networks += ["user"] if "user" in vm.nics else []
    metadata: dict[str, Any] = dict(vm.metadata)
    metadata["environment"] = ctx.wanted.environment
    metadata["owner"] = ctx.wanted.owner
    if vm.disk is not None and found.disk_bytes is not None and vm.disk < found.disk_bytes:
        raise FuyajoError(
            f"the disk of {vm.name} has {_units.format_bytes(found.disk_bytes)}; it can only grow",
            INVALID,
        )
    return {
        "state": power.get(vm.state),
        "cpus": vm.cpus,
        "memory_mib": vm.memory,
        "disk_gib": _gib(vm.disk),
        "networks": networks,
        "forwards": _forwards(ctx, vm, found),
        "metadata": metadata,
    }


def _forwards(ctx: Context, vm: WantedVm, found: Found) -> list[dict[str, int]] | None:
    """Return the wanted forwards; a port that was chosen once is kept."""
    if vm.forwards is None:
        return None
    if vm.nics is None and vm.forwards and not _domain.has_user_net(found.document):
        raise FuyajoError(f"{vm.name} has no nic on the network 'user' to forward to", INVALID)
    meta = found.document.meta or _domain.Meta()
    kept = {f.guest: f.host for f in meta.forwards}
    result = []
    for each in vm.forwards:
        host = each.host or kept.get(each.guest) or ctx.port_for(vm.name, each.guest)
        if each.host and each.host not in kept.values():
            ctx.reserve(each.host)
        result.append({"guest": each.guest, "host": host})
    return sorted(result, key=lambda f: f["guest"])


def _gib(size: int | None) -> int | float | None:
    if size is None:
        return None
    return size // _units.GIB if size % _units.GIB == 0 else round(size / _units.GIB, 3)


def _update(ctx: Context, vm: WantedVm, found: Found, restart: bool, step: Step) -> None:
    after = {change.path: change.after for change in step.changes}
    if found.running and (restart or after.get("state") == "stopped"):
        step.actions.append(ctx.host.stop(found.handle, ctx.wanted.shutdown_timeout))
        found.running = False
    _write_definition(ctx, found, after, step)
    _write_metadata(ctx, found, after, step)
    if "disk_gib" in after:
        _grow(ctx, found, vm.disk or 0, step)
    if restart or after.get("state") == "running":
        if found.state == "paused" and found.running:
            ctx.host.resume(found.handle)
            step.actions.append("resume")
        else:
            ctx.host.start(found.handle)
            step.actions.append("start")


def _write_definition(ctx: Context, found: Found, after: dict[str, Any], step: Step) -> None:
    edits: dict[str, Any] = {k: after[k] for k in ("cpus", "memory_mib") if k in after}
    if "networks" in after or "forwards" in after:
        document = found.document
        names = after.get("networks", _facts.nic_names(document))
        meta = document.meta or _domain.Meta()
        forwards = [_domain.Forward(**f) for f in after.get("forwards", [])] or meta.forwards
        if "forwards" in after and not after["forwards"]:
            forwards = []
        passt = bool(names) and ctx.offer().passt
        plug(document, ctx.wanted.owner, names, forwards if "user" in names else [], passt)
        edits.update(nics=document.nics, qemu_args=document.qemu_args)
    if edits:
        ctx.host.define(_domain.edit_domain(found.xml, edits))
        step.actions.append("define")


def _write_metadata(ctx: Context, found: Found, after: dict[str, Any], step: Step) -> None:
    """Write what changed of the metadata; the rest is what was read."""
    meta = found.document.meta or _domain.Meta(owner=ctx.wanted.owner)
    touched = False
    for key in ("owner", *_domain.META_KEYS):
        if f"metadata.{key}" in after:
            setattr(meta, key, after[f"metadata.{key}"])
            touched = True
    if "forwards" in after:
        meta.forwards = [_domain.Forward(**f) for f in after["forwards"]]
        touched = True
    if touched:
        ctx.host.set_meta(found.handle, meta)
        step.actions.append("set metadata")


def _grow(ctx: Context, found: Found, size: int, step: Step) -> None:
    disk = _facts.root_disk(found.document)
    if disk is None:
        raise FuyajoError(f"{found.document.name} has no disk that could grow", INVALID)
    if found.running:
        ctx.host.grow_running_disk(found.handle, disk.path, size)
    else:
        ctx.host.grow_idle_disk(disk.path, size)
    step.actions.append("grow disk")


def _plan_absent(ctx: Context, vm: WantedVm, found: Found) -> Step:
    step = Step("vm", vm.name, found.document.uuid)
    step.facts = _facts.vm_facts(found.document, found.state, found.disk_bytes)
    step.read = lambda: ctx.host.vm_facts(found.handle)
    volumes = _removable(ctx, vm.name)
    before = "stopped" if not found.running else found.state
    step.changes = [Change("state", before, "absent", STOP if found.running else "live")]
    if volumes:
        step.changes.append(Change("volumes", volumes, [], DESTROY))
    step.apply = lambda done: _remove(ctx, found, volumes, done)
    return step


def _plan_leftovers(ctx: Context, vm: WantedVm) -> Step:
    step = Step("vm", vm.name)
    volumes = _removable(ctx, vm.name)
    if volumes:
        step.changes = [Change("volumes", volumes, [], DESTROY)]
        step.apply = lambda done: _remove(ctx, None, volumes, done)
    return step


def _removable(ctx: Context, name: str) -> list[str]:
    """Return the volumes that are this machine's by name, in our pool, and nobody else's by use."""
    named = [_storage.disk_name(name), _storage.seed_name(name)]
    mine = [volume for volume in named if volume in ctx.volumes]
    return [volume for volume in mine if not ctx.users_of(volume, but=name)]


def _remove(ctx: Context, found: Found | None, volumes: list[str], step: Step) -> None:
    if found is not None:
        if found.running:
            ctx.host.destroy(found.handle)
            step.actions.append("destroy")
        ctx.host.undefine(found.handle)
        step.actions.append("undefine")
    for volume in volumes:
        handle = ctx.host.volume_handle(ctx.pool, volume)
        if handle is not None:
            ctx.host.delete_volume(handle)
            step.actions.append(f"delete {volume}")
