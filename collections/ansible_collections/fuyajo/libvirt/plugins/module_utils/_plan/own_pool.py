# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory pool that everything of ours lives in: made when first needed, removed when empty."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step


def plan_pool(ctx: Context) -> list[Step]:
    """Return a step for the pool, when anything of this call will live in it."""
    new = [vm for vm in ctx.wanted.of("vms") if vm.state != "absent" and _needs_volumes(ctx, vm)]
    own = ctx.wanted.pool.name
    volumes = [v for v in ctx.wanted.of("volumes") if v.state == "present"]
    present = [v for v in volumes if v.pool in (None, own)]
    bases = [i for i in ctx.wanted.of("images") if i.state == "present"]
    restored = [b for b in ctx.wanted.of("backups") if b.state == "restored"]
    if not (new or present or bases or restored) or own in _listed(ctx):
        return []
    step = Step("pool", ctx.wanted.pool.name)
    if ctx.wanted.pool.state == "absent":
        raise FuyajoError("a pool that goes away can take in nothing new", INVALID)
    if ctx.pool is None:
        step.changes = [Change("state", "absent", "started")]
        step.changes.append(Change("path", None, ctx.pool_path))
    elif not ctx.host.is_active(ctx.pool):
        step.changes = [Change("state", "stopped", "started")]
    if step.changes:
        step.apply = lambda done: _apply_pool(ctx, done)
    return [step]


def _needs_volumes(ctx: Context, vm: Any) -> bool:
    """Say whether volumes are to be made for a machine, be it a new one or one that exists."""
    names = {_storage.seed_name(vm.name)} if vm.cloud_init else set()
    own = {disk.name for disk in vm.disks or () if disk.size and not disk.volume}
    if vm.name not in ctx.domains:
        return bool(vm.image or vm.disk or names or own)
    kept = {_storage.data_name(vm.name, name, form) for name in own for form in ("qcow2", "raw")}
    return bool(names - ctx.volumes) or bool(own and not kept & ctx.volumes)


def _listed(ctx: Context) -> set[str]:
    """Return the pools that are elements of the call themselves, and made as such."""
    return {pool.name for pool in ctx.wanted.of("pools") if pool.state != "absent"}


def _apply_pool(ctx: Context, step: Step) -> None:
    if ctx.pool is None:
        ctx.pool = ctx.host.make_pool(_storage.Pool(ctx.wanted.pool.name, ctx.pool_path))
        step.actions.append("create pool")
    else:
        ctx.host.start_pool(ctx.pool)
        step.actions.append("start pool")
    # The directory may have had a life before this pool.
    ctx.volumes = set(ctx.host.volume_handles(ctx.pool))


def plan_pool_absent(ctx: Context) -> list[Step]:
    """Return a step that removes the pool and its directory, when it is to go and is there."""
    if ctx.wanted.pool.state != "absent" or ctx.pool is None:
        return []
    step = Step("pool", ctx.wanted.pool.name)
    step.changes = [Change("state", "present", "absent")]
    step.apply = lambda done: _apply_pool_absent(ctx, done)
    return [step]


def _apply_pool_absent(ctx: Context, step: Step) -> None:
    active = ctx.host.is_active(ctx.pool)
    # What killed runs left unfinished is nothing that anybody could miss.
    near = ctx.host.is_local and not ctx.host.is_mock
    if near and _files.sweep_parts(ctx.pool_path) and active:
        ctx.host.refresh_pool(ctx.pool)
    left = sorted(ctx.host.volume_handles(ctx.pool)) if active else []
    if left:
        # What a volume holds cannot be made again; whoever wants it gone says so by its name.
        raise FuyajoError(f"the pool {step.name} still holds {', '.join(left[:5])}", CONFLICT)
    ctx.host.delete_pool(ctx.pool)
    step.actions.append("delete pool")
