# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which disks a backup takes, and whether it can be an incremental one. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_images as _images,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_xml as _bxml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import (
    AUTO,
    FULL,
    INCREMENTAL,
    Backup,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup_chain import (
    chain_of,
    newest,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_want import WantedBackup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context


@dataclass
class Choice:
    """How a machine is backed up. ``reason`` says why not as an increment of an earlier backup.

    ``tracked`` is whether QEMU can count changes on every disk, so that a checkpoint makes sense.
    """

    uuid: str
    selection: _bxml.Selection
    sizes: dict[str, int]
    tracked: bool
    parent: Backup | None = None
    reason: str | None = None

    @property
    def kind(self) -> str:
        return FULL if self.parent is None else INCREMENTAL


def choose(ctx: Context, wanted: WantedBackup, handle: Any, shelf: _files.Shelf) -> Choice:
    """Return how the machine is backed up; raises FuyajoError when it cannot be as asked."""
    ctx.host.refuse_unfit(handle, wanted.vm)
    running = ctx.host.is_active(handle)
    selection = _select(ctx, handle, running)
    uuid = handle.UUIDString()
    sizes = {disk.target: ctx.host.disk_size(handle, disk.target) for disk in selection.disks}
    problem = _untracked(selection, running)
    choice = Choice(uuid, selection, sizes, problem is None and wanted.track)
    if wanted.kind == FULL:
        return choice
    parent = newest(_own(shelf, ctx.wanted.owner), uuid)
    reason = problem or _unusable(ctx, wanted, handle, shelf, choice, parent)
    if reason is None:
        choice.parent = parent
    elif wanted.kind == INCREMENTAL:
        raise FuyajoError(f"an incremental backup of {wanted.vm} cannot be: {reason}", CONFLICT)
    elif wanted.kind == AUTO:
        choice.reason = reason
    return choice


def _own(shelf: _files.Shelf, owner: str) -> dict[str, Backup]:
    return {name: each for name, each in shelf.good.items() if each.owner == owner}


def _select(ctx: Context, handle: Any, running: bool) -> _bxml.Selection:
    """Return the disks of now that are also those of the next start: only they can come back."""
    later = _bxml.select(ctx.host.domain_xml(handle))
    if not running:
        return later
    defined = {disk.target for disk in later.disks}
    now = _bxml.select(ctx.host.live_xml(handle))
    passing = {disk.target for disk in now.disks} - defined
    return _bxml.without(now, passing, "it is not part of the machine's definition")


def _untracked(selection: _bxml.Selection, running: bool) -> str | None:
    for disk in selection.disks:
        if disk.format != "qcow2":
            return f"{disk.target} is {disk.format}, where QEMU cannot note what changes"
        if disk.path and not _images.keeps_bitmaps(disk.path, running):
            return f"{disk.target} is a qcow2 of version 2, where QEMU cannot note what changes"
    return None


def _unusable(
    ctx: Context,
    wanted: WantedBackup,
    handle: Any,
    shelf: _files.Shelf,
    choice: Choice,
    parent: Backup | None,
) -> str | None:
    """Return why ``parent`` cannot be what an incremental backup lies on, or None."""
    if parent is None:
        return "there is no earlier backup of this machine"
    try:
        chain = chain_of(shelf.good, parent.name)
    except ValueError as error:
        return str(error)
    if len(chain) > wanted.max_incrementals:
        return f"{parent.name} is the last of {wanted.max_incrementals} incremental ones in a row"
    wrong = [text for link in chain for text in _files.problems(shelf.path, link, content=False)]
    if wrong:
        return wrong[0]
    before = {disk.target: disk.size for disk in parent.disks}
    if before != choice.sizes:
        changed = sorted(
            t for t in before.keys() | choice.sizes.keys() if _differs(t, before, choice)
        )
        return f"{', '.join(changed)} is new, gone or of another size since {parent.name}"
    return _lost(ctx, handle, choice, parent)


def _differs(target: str, before: dict[str, int], choice: Choice) -> bool:
    return before.get(target) != choice.sizes.get(target)


def _lost(ctx: Context, handle: Any, choice: Choice, parent: Backup) -> str | None:
    """Return why the changes since ``parent`` are not known, or None when they are."""
    mark = parent.checkpoint
    if mark is None or mark not in ctx.host.checkpoints(handle):
        return f"the machine has no checkpoint of {parent.name} any more"
    if ctx.host.is_active(handle):
        counted = _bxml.tracked(ctx.host.measured_checkpoint(handle, mark))
    else:
        idle = [d for d in choice.selection.disks if d.path]
        counted = {d.target for d in idle if mark in _images.good_bitmaps(d.path)}
        counted |= {d.target for d in choice.selection.disks if not d.path}
    lost = sorted({disk.target for disk in choice.selection.disks} - counted)
    return f"what changed on {', '.join(lost)} since {parent.name} is not known" if lost else None
