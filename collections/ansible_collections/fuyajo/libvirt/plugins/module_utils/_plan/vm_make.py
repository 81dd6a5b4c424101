# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a machine, and taking everything back when that fails."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, List, Tuple

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_document as _document
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import waits as _waits
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_devices import plug
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_document import (
    Blueprint,
    Recipe,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_options import (
    gib,
    said,
    wanted_options,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

# Another program took the port between our look and QEMU's start.
_PORT_LOST = "host forwarding"
_PORT_TRIES = 4
_STATES = {"present": "stopped", "stopped": "stopped", "paused": "paused"}

Undo = List[Tuple[str, Callable[[], None]]]


def plan_make(ctx: Context, vm: WantedVm, left: _unfinished.Unfinished | None = None) -> Step:
    """Return the step that makes a machine, or makes ``left`` anew; raises when it could not work."""
    if left is not None:
        _refuse_less(vm, left)
    elif vm.uuid is not None:
        raise FuyajoError(f"the machine {vm.name} ({vm.uuid}) does not exist any more", NOT_FOUND)
    else:
        _refuse_leftovers(ctx, vm)
    _refuse_small_disk(ctx, vm)
    _refuse_disks(ctx, vm)
    if vm.cloud_init and not ctx.host.is_local:
        raise FuyajoError("a seed is written as a file: run this on the hypervisor", INVALID)
    recipe = _recipe(ctx, vm)
    step = Step("vm", vm.name, needs=_needs(ctx, vm, recipe))
    before = "absent" if left is None else "unfinished"
    step.changes = diff(_shown(ctx, recipe), {"state": before})
    step.apply = lambda done: _make(ctx, recipe, left, done)
    step.wait = _waits.waiter(ctx, vm, step)
    return step


def _shown(ctx: Context, recipe: Recipe) -> dict[str, Any]:
    """Return what the machine will be, as far as anybody said or the defaults matter to people."""
    vm = recipe.vm
    values = wanted_options(vm)
    values.update(
        {
            "cpus": vm.cpus or _defaults.CPUS,
            "memory_mib": vm.memory or _document.default_memory(vm),
            "disk_gib": gib(vm.disk),
            "image": vm.image,
            "nics": values["nics"] or [{"network": nic.network} for nic in recipe.nics],
            "forwards": [{"guest": f.guest, "host": f.host} for f in recipe.forwards],
            "metadata": _document.meta_values(ctx, vm),
            # Of a disk that is not to be there nothing is made.
            "disks": [disk for disk in values["disks"] or () if "state" not in disk],
        }
    )
    # Nothing was there before, so "nothing" is no change.
    shown = {key: value for key, value in said(values).items() if value not in (False, "", [])}
    return {"state": _STATES.get(vm.state, "running"), **shown}


def _refuse_less(vm: WantedVm, left: _unfinished.Unfinished) -> None:
    """Refuse to complete a machine by a document that says less about it than the first one."""
    names = {_storage.disk_name(vm.name)} if vm.image or vm.disk else set()
    names |= {_storage.seed_name(vm.name)} if vm.cloud_init else set()
    for disk in vm.disks or ():
        if disk.state == "present" and disk.volume is None:
            names.add(_storage.data_name(vm.name, disk.name, disk.format or "qcow2"))
    missing = sorted(set(left.volumes) - names)
    if missing:
        raise FuyajoError(
            f"the machine {vm.name} is unfinished and was to have {' and '.join(missing)}; say all of "
            "it again to complete it, or state=absent to remove it",
            CONFLICT,
        )


def _refuse_leftovers(ctx: Context, vm: WantedVm) -> None:
    names = {_storage.disk_name(vm.name), _storage.seed_name(vm.name)}
    for disk in vm.disks or ():
        if disk.state == "present" and disk.volume is None:
            names |= {_storage.data_name(vm.name, disk.name, form) for form in ("qcow2", "raw")}
    left = names & ctx.volumes
    if left:
        raise FuyajoError(
            f"the pool {ctx.wanted.pool.name} still holds {' and '.join(sorted(left))}; "
            f"state=absent with remove_storage=true for {vm.name} deletes its root disk and seed, "
            "the module volume the others",
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


def _refuse_disks(ctx: Context, vm: WantedVm) -> None:
    made = volumes_of_this_call(ctx)
    for disk in vm.disks or ():
        if disk.state == "absent":
            continue
        if disk.volume is None and disk.size is None:
            raise FuyajoError(f"the disk {disk.name} of {vm.name} needs a size", INVALID)
        if disk.volume is not None and disk.volume not in made:
            _document.volume_format(ctx, disk)


def volumes_of_this_call(ctx: Context) -> dict[str, str]:
    """Return {volume: name in this call} of the stand-alone volumes that are asked for here."""
    own = ctx.wanted.pool.name
    wanted = [v for v in ctx.wanted.of("volumes") if v.state != "absent" and v.store(ctx) == own]
    return {each.exact(ctx): each.name for each in wanted}


def _needs(ctx: Context, vm: WantedVm, recipe: Recipe) -> list[tuple[str, str]]:
    own = vm.image or vm.disk or vm.cloud_init or vm.disks
    needs = [("pool", ctx.wanted.pool.name)] if own else []
    if vm.image in {image.name for image in ctx.wanted.of("images")}:
        needs.append(("image", str(vm.image)))
    made = volumes_of_this_call(ctx)
    needs += [("volume", made[d.volume]) for d in vm.disks or () if d.volume in made]
    listed = {network.name for network in ctx.wanted.of("networks")}
    names = [nic.network or "" for nic in recipe.nics]
    return needs + [("network", name) for name in names if name in listed]


def _recipe(ctx: Context, vm: WantedVm) -> Recipe:
    forwards, chosen = [], set()
    for each in vm.forwards or ():
        if each.host is None:
            chosen.add(each.guest)
            forwards.append(_domain.Forward(each.guest, ctx.port_for(vm.name, each.guest)))
        else:
            ctx.reserve(each.host)
            forwards.append(_domain.Forward(each.guest, each.host))
    forwards.sort(key=lambda f: f.guest)
    return Recipe(vm, _document.cards(vm), forwards, chosen)


def _make(ctx: Context, recipe: Recipe, left: _unfinished.Unfinished | None, step: Step) -> None:
    """Make machine, volumes and seed; on any failure remove what this call made, and only that.

    The definition comes first: its name is the lock against a second writer, and what is left when
    this process is killed is listed under it.
    """
    with _unfinished.claimed(ctx, recipe.vm.name, left) as seen:
        undo: Undo = []
        try:
            _refuse_small_disk(ctx, recipe.vm)
            plan = _document.blueprint(ctx, recipe)
            if left is not None:
                _unfinished.clear(ctx, left, step)
            step.uuid = plan.document.uuid
            handle = _define(ctx, plan, seen, step, undo)
            _make_volumes(ctx, plan, step, undo)
            _finish(ctx, recipe.vm, plan, handle, step, undo)
            _start(ctx, recipe, plan.document, handle, step, undo)
            step.read = lambda: ctx.host.vm_facts(handle)
        except BaseException as error:
            _take_back(step, undo, error)
            raise


def _take_back(step: Step, undo: Undo, error: BaseException) -> None:
    for what, act in reversed(undo):
        try:
            act()
        except FuyajoError as second:
            # The first error is the one to tell; this one must not hide that something is left. The
            # definition stays with it, so that it is found under its machine's name.
            step.actions.append(f"could not {what} again: {second}")
            return
        step.actions.append(f"undo: {what}")
    if isinstance(error, FuyajoError):
        step.uuid = None


def _define(ctx: Context, plan: Blueprint, seen: bool, step: Step, undo: Undo) -> Any:
    """Define a machine; until its volumes are there it has the mark `unfinished`."""
    if plan.volumes:
        _meta_of(plan).unfinished = _unfinished.mark(seen)
    handle = ctx.host.define(_domain.build_domain(plan.document))
    step.actions.append("define")
    undo.append(("undefine", lambda: ctx.host.undefine(handle)))
    return handle


def _meta_of(plan: Blueprint) -> _domain.Meta:
    plan.document.meta = plan.document.meta or _domain.Meta()
    return plan.document.meta


def _make_volumes(ctx: Context, plan: Blueprint, step: Step, undo: Undo) -> None:
    for volume in plan.volumes:
        handle = ctx.host.make_volume(ctx.pool, volume)
        undo.append((f"delete {volume.name}", partial(ctx.host.delete_volume, handle)))
        step.actions.append(f"create {volume.name}")


def _finish(
    ctx: Context, vm: WantedVm, plan: Blueprint, handle: Any, step: Step, undo: Undo
) -> None:
    """Write the seed, take the mark away, and say whether the machine starts with its host."""
    if plan.seed is not None:
        _files.replace_file(ctx.path_of(_storage.seed_name(vm.name)), plan.seed, 0o600)
    if vm.autostart:
        ctx.host.set_autostart(handle, True)
        undo.append(("clear autostart", partial(ctx.host.set_autostart, handle, False)))
        step.actions.append("set autostart")
    if plan.volumes:
        meta = _meta_of(plan)
        meta.unfinished = None
        ctx.host.set_meta(handle, meta, config=True, live=False)


def _start(
    ctx: Context, recipe: Recipe, document: _domain.Domain, handle: Any, step: Step, undo: Undo
) -> None:
    """Start a new machine, when that was asked for, in the state that was asked for."""
    if recipe.vm.state not in ("started", "restarted", "paused"):
        return
    undo.append(("destroy", lambda: ctx.host.destroy(handle)))
    _start_with_ports(ctx, recipe, document, handle)
    step.actions.append("start")


def _start_with_ports(ctx: Context, recipe: Recipe, document: _domain.Domain, handle: Any) -> None:
    """Start it; a port that was lost to somebody else is replaced by another one."""
    paused = recipe.vm.state == "paused"
    for attempt in range(_PORT_TRIES):
        try:
            ctx.host.start(handle, paused)
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
