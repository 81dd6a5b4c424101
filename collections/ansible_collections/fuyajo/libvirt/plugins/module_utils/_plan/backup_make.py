# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a backup. Whatever goes wrong, no file, no job and no checkpoint of it stays."""

from __future__ import annotations

import contextlib
import datetime
import functools
import os
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_images as _images,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.backups import LostTrack
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.storage import require
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup as _backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_xml as _bxml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup_chain import surplus
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import DESTROY, Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import parse_domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common as _common
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_choose import (
    Choice,
    choose,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_want import WantedBackup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.ownership import (
    require_ownership,
)

_SEED, _NVRAM = "seed.iso", "nvram.fd"


def plan_present(ctx: Context, wanted: WantedBackup, shelf: _files.Shelf) -> Step:
    """Return the step that makes a backup, unless a good one of that name is there."""
    step = Step("backup", wanted.name)
    handle = ctx.domains.get(wanted.vm)
    there = _common.find(shelf, wanted.name, ctx.wanted.owner)
    if there is not None:
        return _plan_there(wanted, shelf, step, there, handle)
    handle = require(handle, f"the machine {wanted.vm}")
    document = parse_domain(ctx.host.domain_xml(handle))
    require_ownership(ctx, document)
    choice = choose(ctx, wanted, handle, shelf)
    step.uuid = choice.uuid
    step.changes = [Change("state", "absent", "present"), Change("kind", None, choice.kind)]
    if choice.parent is not None:
        step.changes.append(Change("parent", None, choice.parent.name))
    step.changes.append(Change("disks", None, [disk.target for disk in choice.selection.disks]))
    going = surplus(_owned(ctx, shelf), choice.uuid, wanted.keep, choice.parent is None)
    step.changes += [Change(f"backups.{name}", "present", "absent", DESTROY) for name in going]
    step.apply = functools.partial(_make, ctx, wanted)
    return step


def _plan_there(
    wanted: WantedBackup, shelf: _files.Shelf, step: Step, there: _backup.Backup, handle: Any
) -> Step:
    if handle is not None and handle.UUIDString() != there.uuid:
        raise FuyajoError(
            f"the backup {there.name} is of an earlier machine {there.vm} ({there.uuid})", CONFLICT
        )
    if wanted.kind not in (_backup.AUTO, there.kind):
        raise FuyajoError(f"the backup {there.name} exists and is {there.kind}", CONFLICT)
    if wanted.verify:
        _common.verify(shelf, there, _common.Clock(wanted.timeout))
    step.uuid = there.uuid
    step.facts = _common.facts_of(shelf, there, True if wanted.verify else None)
    return step


def _owned(ctx: Context, shelf: _files.Shelf) -> dict[str, _backup.Backup]:
    return {name: each for name, each in shelf.good.items() if each.owner == ctx.wanted.owner}


def _make(ctx: Context, wanted: WantedBackup, step: Step) -> None:
    clock = _common.Clock(wanted.timeout)
    handle = require(ctx.host.lookup(wanted.vm), f"the machine {wanted.vm}")
    with _files.locked(wanted.directory, wanted.vm) as path:
        clear_leftovers(ctx, handle, path)
        shelf = _files.read_shelf(wanted.directory, wanted.vm)
        # Chosen anew: since the plan was made, another run may have added or removed backups.
        choice = choose(ctx, wanted, handle, shelf)
        part = _files.begin(path, wanted.name)
        backup = _document(ctx, wanted, choice, path)
        try:
            actions = _fill(ctx, wanted, handle, choice, backup, part, clock)
            _files.finish(path, part, backup)
        except BaseException:
            _files.forget(part)
            if backup.checkpoint is not None:
                with contextlib.suppress(FuyajoError):
                    drop_checkpoint(ctx, handle, backup.checkpoint)
            raise
        step.actions += [*actions, f"create backup {backup.name} ({backup.kind})"]
        step.read = lambda: _read(wanted)
        _drop_older(ctx, handle, path, backup, step)
        shelf.good[backup.name] = backup
        for name in surplus(_owned(ctx, shelf), backup.uuid, wanted.keep, False):
            _files.remove(path, name)
            step.actions.append(f"delete backup {name}")


def _read(wanted: WantedBackup) -> dict[str, Any] | None:
    shelf = _files.read_shelf(wanted.directory, wanted.vm)
    found = shelf.good.get(wanted.name)
    return None if found is None else _common.facts_of(shelf, found)


def clear_leftovers(ctx: Context, handle: Any, shelf: str) -> None:
    """Remove what a killed run left, its job included; raises when somebody else's job runs."""
    job = ctx.host.running_backup(handle) if ctx.host.is_active(handle) else None
    if job is not None:
        files = _bxml.job_files(job)
        if not files or not all(os.path.dirname(os.path.dirname(f)) == shelf for f in files):
            raise FuyajoError("another backup job of the machine is running", CONFLICT)
        ctx.host.abort_backup(handle)
    _files.sweep(shelf)


def _document(ctx: Context, wanted: WantedBackup, choice: Choice, shelf: str) -> _backup.Backup:
    disks = [
        _backup.KeptDisk(
            file=f"{disk.target}.qcow2",
            target=disk.target,
            format=disk.format,
            size=choice.sizes[disk.target],
            suffix=disk.suffix,
        )
        for disk in choice.selection.disks
    ]
    backup = _backup.Backup(
        name=wanted.name,
        vm=wanted.vm,
        uuid=choice.uuid,
        owner=ctx.wanted.owner,
        kind=choice.kind,
        created="",
        disks=disks,
        notes=list(choice.selection.notes),
        tools=ctx.host.versions(),
    )
    if choice.tracked:
        backup.checkpoint = _bxml.checkpoint_name(wanted.name, shelf)
    return backup


def _fill(
    ctx: Context,
    wanted: WantedBackup,
    handle: Any,
    choice: Choice,
    backup: _backup.Backup,
    part: str,
    clock: _common.Clock,
) -> list[str]:
    """Write everything but the metadata; return what was done to the machine."""
    try:
        for disk in backup.disks:
            _images.create(os.path.join(part, disk.file), disk.size)
        _keep_file(part, backup.definition.file, ctx.host.secure_xml(handle).encode())
    except OSError as error:
        raise FuyajoError(f"cannot write to {part}: {error.strerror}") from None
    if choice.selection.seed is not None:
        backup.seed = _backup.Kept(_SEED)
        _files.copy(choice.selection.seed, os.path.join(part, _SEED))
    idle = not ctx.host.is_active(handle)
    if idle:
        ctx.host.start_to_copy(handle)
    try:
        _run(ctx, wanted, handle, choice, backup, part, idle, clock)
    finally:
        if idle:
            ctx.host.destroy(handle)
    if choice.selection.nvram is not None and os.path.exists(choice.selection.nvram):
        backup.nvram = _backup.Kept(_NVRAM)
        _files.copy(choice.selection.nvram, os.path.join(part, _NVRAM))
    for disk in backup.disks:
        _images.await_closed(os.path.join(part, disk.file))
        below = _common.below_of(backup, disk.file)
        if below is not None:
            _images.lay_on(os.path.join(part, disk.file), below)
        _images.check(os.path.join(part, disk.file), clock.left())
    for kept in backup.files():
        clock.left()
        _files.measure(part, kept)
    return ["start with the guest paused", "stop"] if idle else []


def _keep_file(part: str, name: str, data: bytes) -> None:
    _files.write(os.path.join(part, name), data)


def _run(
    ctx: Context,
    wanted: WantedBackup,
    handle: Any,
    choice: Choice,
    backup: _backup.Backup,
    part: str,
    idle: bool,
    clock: _common.Clock,
) -> None:
    """Let QEMU write the disks; what turns out not to be countable becomes a full backup."""
    quiesce = wanted.quiesce and not idle
    backup.consistency = "off" if idle else "quiesced" if quiesce else "crash"
    now = datetime.datetime.now(datetime.timezone.utc)
    backup.created = now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if backup.checkpoint is not None:
        # One of a run that died; the directory has no backup of this name.
        drop_checkpoint(ctx, handle, backup.checkpoint)
    for attempt in (choice.parent, None):
        backup.parent = None if attempt is None else attempt.name
        backup.kind = _backup.FULL if attempt is None else _backup.INCREMENTAL
        job = _job(choice, backup, part, attempt)
        texts = _bxml.build_job(job), _bxml.build_checkpoint(job)
        try:
            ctx.host.backup(handle, *texts, quiesce, clock.left())
            break
        except LostTrack as error:
            if attempt is None or wanted.kind != _backup.AUTO:
                raise
            choice.reason = str(error)
    if choice.reason is not None:
        backup.notes.append(f"full, because {choice.reason}")


def _job(
    choice: Choice, backup: _backup.Backup, part: str, parent: _backup.Backup | None
) -> _bxml.Job:
    disks = [_bxml.Target(d.target, os.path.join(part, d.file)) for d in backup.disks]
    disks += [_bxml.Target(target) for target in choice.selection.others]
    job = _bxml.Job(disks, None if parent is None else parent.checkpoint, backup.checkpoint)
    job.description = _bxml.checkpoint_note(os.path.dirname(part))
    return job


def drop_checkpoint(ctx: Context, handle: Any, name: str) -> None:
    """Forget a checkpoint, and remove its bitmaps also where libvirt cannot."""
    if ctx.host.drop_checkpoint(handle, name) or ctx.host.is_active(handle):
        return
    for disk in _bxml.select(ctx.host.domain_xml(handle)).disks:
        if disk.format == "qcow2" and disk.path and os.path.exists(disk.path):
            _images.remove_bitmap(disk.path, name)


def _drop_older(ctx: Context, handle: Any, shelf: str, backup: _backup.Backup, step: Step) -> None:
    """Forget the checkpoints that no backup in this directory will count from any more."""
    note = _bxml.checkpoint_note(shelf)
    for name, xml in ctx.host.checkpoints(handle).items():
        if name != backup.checkpoint and _bxml.note_of(xml) == note:
            try:
                drop_checkpoint(ctx, handle, name)
            except FuyajoError as error:
                step.actions.append(f"keep checkpoint {name}: {error}")
