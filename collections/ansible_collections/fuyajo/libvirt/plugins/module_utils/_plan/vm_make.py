# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a machine, and taking everything back when that fails."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import waits as _waits
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

# Another program took the port between our look and QEMU's start.
_PORT_LOST = "host forwarding"
_PORT_TRIES = 4


@dataclass
class Recipe:
    """A machine that is to be made. ``chosen`` holds the guest ports whose host port we picked."""

    vm: WantedVm
    nics: list[str]
    forwards: list[_domain.Forward]
    chosen: set[int]


def plan_make(ctx: Context, vm: WantedVm) -> Step:
    """Return the step that makes a machine; raises when it could not work."""
    if vm.uuid is not None:
        raise FuyajoError(f"the machine {vm.name} ({vm.uuid}) does not exist any more", NOT_FOUND)
    _refuse_leftovers(ctx, vm)
    _refuse_small_disk(ctx, vm)
    if vm.cloud_init and not ctx.host.is_local:
        raise FuyajoError("a seed is written as a file: run this on the hypervisor", INVALID)
    recipe = _recipe(ctx, vm)
    step = Step("vm", vm.name, needs=_needs(ctx, vm, recipe))
    after = {
        "state": "stopped" if vm.state in ("present", "stopped") else "running",
        "cpus": vm.cpus or _defaults.CPUS,
        "memory_mib": vm.memory or _defaults.MEMORY_MIB,
        "disk_gib": None if vm.disk is None else vm.disk // _units.GIB,
        "image": vm.image,
        "networks": recipe.nics,
        "forwards": [{"guest": f.guest, "host": f.host} for f in recipe.forwards],
        "metadata": _meta_values(ctx, vm),
    }
    step.changes = diff(after, {"state": "absent"})
    step.apply = lambda done: _make(ctx, recipe, done)
    step.wait = _waits.waiter(ctx, vm, step)
    return step


def _refuse_leftovers(ctx: Context, vm: WantedVm) -> None:
    left = {_storage.disk_name(vm.name), _storage.seed_name(vm.name)} & ctx.volumes
    if left:
        raise FuyajoError(
            f"the pool {ctx.wanted.pool.name} still holds {' and '.join(sorted(left))}; "
            f"state=absent for {vm.name} clears that when no machine uses it",
            CONFLICT,
        )


def _refuse_small_disk(ctx: Context, vm: WantedVm) -> None:
    if vm.image is None:
        return
    base = ctx.image_volume(vm.image)
    if base not in ctx.volumes:
        if vm.image == base:
            raise FuyajoError(f"the pool has no image {base}", NOT_FOUND)
        return
    size = ctx.base_bytes(base)
    if vm.disk is not None and vm.disk < size:
        raise FuyajoError(
            f"the disk of {vm.name} is smaller than its image ({_units.format_bytes(size)})",
            INVALID,
        )


def _needs(ctx: Context, vm: WantedVm, recipe: Recipe) -> list[tuple[str, str]]:
    needs = [("pool", ctx.wanted.pool.name)] if vm.image or vm.disk or vm.cloud_init else []
    if vm.image in {image.name for image in ctx.wanted.of("images")}:
        needs.append(("image", str(vm.image)))
    listed = {network.name for network in ctx.wanted.of("networks")}
    return needs + [("network", nic) for nic in recipe.nics if nic in listed]


def _recipe(ctx: Context, vm: WantedVm) -> Recipe:
    nics = ["user"] if vm.nics is None else vm.nics
    nics = sorted(n for n in nics if n != "user") + (["user"] if "user" in nics else [])
    forwards, chosen = [], set()
    for each in vm.forwards or ():
        if each.host is None:
            chosen.add(each.guest)
            forwards.append(_domain.Forward(each.guest, ctx.port_for(vm.name, each.guest)))
        else:
            ctx.reserve(each.host)
            forwards.append(_domain.Forward(each.guest, each.host))
    return Recipe(vm, nics, sorted(forwards, key=lambda f: f.guest), chosen)


def _meta_values(ctx: Context, vm: WantedVm) -> dict[str, Any]:
    values: dict[str, Any] = {"owner": ctx.wanted.owner, "environment": ctx.wanted.environment}
    values.update(vm.metadata)
    return values


def _make(ctx: Context, recipe: Recipe, step: Step) -> None:
    """Make disk, seed and machine; on any failure remove what this call made, and only that."""
    undo: list[tuple[str, Callable[[], None]]] = []
    try:
        document = _document(ctx, recipe)
        step.uuid = document.uuid
        _make_disk(ctx, recipe.vm, document, step, undo)
        _make_seed(ctx, recipe.vm, document, step, undo)
        handle = ctx.host.define(_domain.build_domain(document))
        step.actions.append("define")
        undo.append(("undefine", lambda: ctx.host.undefine(handle)))
        if recipe.vm.state in ("started", "restarted"):
            undo.append(("destroy", lambda: ctx.host.destroy(handle)))
            _start(ctx, recipe, document, handle)
            step.actions.append("start")
        step.read = lambda: ctx.host.vm_facts(handle)
    except BaseException as error:
        _take_back(step, undo, error)
        raise


def _take_back(
    step: Step, undo: list[tuple[str, Callable[[], None]]], error: BaseException
) -> None:
    for what, act in reversed(undo):
        try:
            act()
        except FuyajoError as second:
            # The first error is the one to tell; this one must not hide that something is left.
            step.actions.append(f"could not {what} again: {second}")
        else:
            step.actions.append(f"undo: {what}")
    if isinstance(error, FuyajoError):
        step.uuid = None


def _document(ctx: Context, recipe: Recipe) -> _domain.Domain:
    vm, owner = recipe.vm, ctx.wanted.owner
    platform = _defaults.platform_for(ctx.offer())
    meta = _domain.Meta(forwards=recipe.forwards, **_meta_values(ctx, vm))
    document = _domain.Domain(
        name=vm.name,
        # Random on purpose: with a computed one, of two simultaneous definitions the last one wins
        # silently. So the name is the lock.
        uuid=str(uuid.uuid4()),
        virt_type=platform.virt_type,
        arch=platform.arch,
        machine=platform.machine,
        cpu_mode=platform.cpu_mode,
        memory_mib=vm.memory or _defaults.MEMORY_MIB,
        cpus=vm.cpus or _defaults.CPUS,
        meta=meta,
    )
    plug(document, owner, recipe.nics, recipe.forwards, ctx.offer().passt)
    return document


def plug(
    document: _domain.Domain,
    owner: str,
    nics: list[str],
    forwards: list[_domain.Forward],
    passt: bool,
) -> None:
    """Give a machine its network cards, and nothing else."""
    document.nics, document.qemu_args = [], []
    for index, name in enumerate(nics):
        mac = _defaults.mac_for(owner, document.name, index)
        if name != "user":
            document.nics.append(_domain.Nic("network", mac, network=name))
        elif passt:
            nic = _domain.Nic("user", mac, backend="passt", forwards=list(forwards))
            document.nics.append(nic)
        else:
            document.qemu_args = _domain.user_net_args(forwards, mac)


def _make_disk(
    ctx: Context,
    vm: WantedVm,
    document: _domain.Domain,
    step: Step,
    undo: list[tuple[str, Callable[[], None]]],
) -> None:
    if vm.image is None and vm.disk is None:
        return
    volume = _storage.Volume(_storage.disk_name(vm.name), vm.disk or 0)
    disk = _domain.Disk(ctx.path_of(volume.name), "vda")
    if vm.image is not None:
        base = ctx.image_volume(vm.image)
        _refuse_small_disk(ctx, vm)
        volume.capacity = vm.disk or ctx.base_bytes(base)
        volume.backing = _storage.Backing(ctx.path_of(base))
        disk.base = _domain.Base(ctx.path_of(base))
    handle = ctx.host.make_volume(ctx.pool, volume)
    undo.append((f"delete {volume.name}", lambda: ctx.host.delete_volume(handle)))
    step.actions.append(f"create {volume.name}")
    document.disks.append(disk)


def _make_seed(
    ctx: Context,
    vm: WantedVm,
    document: _domain.Domain,
    step: Step,
    undo: list[tuple[str, Callable[[], None]]],
) -> None:
    if vm.cloud_init is None:
        return
    data = _seed.seed_image(vm.name, str(document.uuid), vm.cloud_init)
    # libvirt makes the volume, so that it knows it without a refresh; the content replaces it.
    volume = _storage.Volume(_storage.seed_name(vm.name), len(data), format="raw", mode="0600")
    handle = ctx.host.make_volume(ctx.pool, volume)
    undo.append((f"delete {volume.name}", lambda: ctx.host.delete_volume(handle)))
    step.actions.append(f"create {volume.name}")
    path = ctx.path_of(volume.name)
    _files.replace_file(path, data, 0o600)
    # A plain read-only disk: cloud kernels often come without drivers for CD drives.
    document.disks.append(_domain.Disk(path, "vdb", format="raw", readonly=True))


def _start(ctx: Context, recipe: Recipe, document: _domain.Domain, handle: Any) -> None:
    """Start a new machine; a port that was lost to somebody else is replaced by another one."""
    for attempt in range(_PORT_TRIES):
        try:
            ctx.host.start(handle)
            return
        except FuyajoError as error:
            last = attempt == _PORT_TRIES - 1
            if last or _PORT_LOST not in str(error) or not recipe.chosen:
                raise
        for forward in recipe.forwards:
            if forward.guest in recipe.chosen:
                forward.host = ctx.port_for(recipe.vm.name, forward.guest)
        plug(document, ctx.wanted.owner, recipe.nics, recipe.forwards, ctx.offer().passt)
        ctx.host.define(_domain.build_domain(document))
