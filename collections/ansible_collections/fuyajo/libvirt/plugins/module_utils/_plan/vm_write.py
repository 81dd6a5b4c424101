# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing what was decided about a machine that exists."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any, Iterator

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import root_disk
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_edit import Edit
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_found import Found


@contextlib.contextmanager
def made_volumes(ctx: Context, edit: Edit, step: Step) -> Iterator[None]:
    """Make the volumes of new data disks; what fails inside of the block takes them away again."""
    made: list[tuple[str, Any]] = []
    try:
        for volume in edit.volumes:
            made.append((volume.name, ctx.host.make_volume(ctx.pool, volume)))
            step.actions.append(f"create {volume.name}")
        yield
    except BaseException:
        for name, handle in made:
            ctx.host.delete_volume(handle)
            step.actions.append(f"undo: create {name}")
        raise
    ctx.volumes |= {name for name, _handle in made}


def write_definition(ctx: Context, found: Found, xml: str | None, step: Step) -> None:
    """Define the machine anew, unless somebody else did since it was read."""
    if xml is not None:
        ctx.host.redefine(found.handle, found.xml, xml)
        step.actions.append("define")


def write_texts(
    ctx: Context, found: Found, after: _domain.Domain, active: bool, step: Step
) -> None:
    """Write title, description and metadata, now and for the next start."""
    before = found.document
    if after.title != before.title:
        ctx.host.set_title(found.handle, after.title, active)
        step.actions.append("set title")
    if after.description != before.description:
        ctx.host.set_description(found.handle, after.description, active)
        step.actions.append("set description")
    if after.meta is not None and after.meta != before.meta:
        _write_meta(ctx, found, after.meta, active)
        step.actions.append("set metadata")


def _write_meta(ctx: Context, found: Found, meta: _domain.Meta, active: bool) -> None:
    # What runs was started with another seed, maybe, and goes on to say so.
    running = found.live.meta if found.live is not None else None
    seed = running.seed if running is not None else None
    if not active or seed == meta.seed:
        ctx.host.set_meta(found.handle, meta, config=True, live=active)
        return
    ctx.host.set_meta(found.handle, meta, config=True, live=False)
    ctx.host.set_meta(found.handle, replace(meta, seed=seed), config=False, live=True)


def grow_disks(
    ctx: Context, found: Found, edit: Edit, root: int | None, active: bool, step: Step
) -> None:
    """Grow the root disk to ``root`` bytes, and the data disks that are to grow."""
    grow = dict(edit.grow)
    if root is not None:
        disk = root_disk(found.document)
        if disk is None or not disk.path:
            raise FuyajoError(f"{found.document.name} has no disk that could grow", INVALID)
        grow[disk.path] = root
    plugged = {disk.path for disk in found.live.disks} if found.live is not None else set()
    for path, size in sorted(grow.items()):
        if active and path in plugged:
            ctx.host.grow_running_disk(found.handle, path, size)
        else:
            ctx.host.grow_idle_disk(path, size)
        found.sizes[path] = size
        step.actions.append("grow disk")
