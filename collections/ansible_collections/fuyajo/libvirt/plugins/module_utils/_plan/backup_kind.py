# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of machines, as `converge` sees them."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import Backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup_chain import children
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import DESTROY, Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common as _common
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_make import (
    clear_leftovers,
    drop_checkpoint,
    plan_present,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_restore import (
    plan_restored,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_trial import plan_tested
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_want import (
    WantedBackup,
    parse_backup,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind


def plan_backup(ctx: Context, wanted: WantedBackup) -> Step:
    """Return the step for one backup; reads only."""
    if not ctx.host.is_local:
        raise FuyajoError(
            f"backups are files of the hypervisor: run this there, not over {ctx.host.uri}", INVALID
        )
    if ctx.host.is_mock:
        raise FuyajoError("libvirt's test driver makes no backups", INVALID)
    _common.require_directory(wanted.directory)
    shelf = _files.read_shelf(wanted.directory, wanted.vm)
    if wanted.state == "present":
        return plan_present(ctx, wanted, shelf)
    if wanted.state == "restored":
        return plan_restored(ctx, wanted, shelf)
    if wanted.state == "tested":
        return plan_tested(ctx, wanted, shelf)
    if wanted.state == "verified":
        return _plan_verified(ctx, wanted, shelf)
    return _plan_absent(ctx, wanted, shelf)


def _plan_verified(ctx: Context, wanted: WantedBackup, shelf: _files.Shelf) -> Step:
    backup = _common.require(shelf, wanted.name, ctx.wanted.owner)
    _common.verify(shelf, backup, _common.Clock(wanted.timeout))
    facts = _common.facts_of(shelf, backup, True)
    return Step("backup", wanted.name, backup.uuid, facts=facts)


def _plan_absent(ctx: Context, wanted: WantedBackup, shelf: _files.Shelf) -> Step:
    step = Step("backup", wanted.name)
    backup = _common.find(shelf, wanted.name, ctx.wanted.owner)
    if backup is None:
        return step
    _refuse_needed(shelf, backup)
    step.uuid = backup.uuid
    step.facts = _common.facts_of(shelf, backup)
    step.read = lambda: None
    step.changes = [Change("state", "present", "absent", DESTROY)]
    step.apply = lambda done: _remove(ctx, wanted, backup, done)
    return step


def _refuse_needed(shelf: _files.Shelf, backup: Backup) -> None:
    heirs = children(shelf.good, backup.name)
    if heirs:
        raise FuyajoError(
            f"the backup {backup.name} is what {', '.join(heirs)} lies on; remove that first",
            CONFLICT,
        )


def _remove(ctx: Context, wanted: WantedBackup, backup: Backup, step: Step) -> None:
    handle = ctx.domains.get(wanted.vm)
    if handle is not None and handle.UUIDString() != backup.uuid:
        handle = None
    with _files.locked(wanted.directory, wanted.vm) as path:
        if handle is not None:
            clear_leftovers(ctx, handle, path)
        else:
            _files.sweep(path)
        _refuse_needed(_files.read_shelf(wanted.directory, wanted.vm), backup)
        _files.remove(path, backup.name)
        step.actions.append(f"delete backup {backup.name}")
        if handle is not None and backup.checkpoint is not None:
            drop_checkpoint(ctx, handle, backup.checkpoint)


KIND = Kind("backup", "backups", 60, parse_backup, plan_backup)
