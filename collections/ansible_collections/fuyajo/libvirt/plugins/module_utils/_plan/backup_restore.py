# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to bring a machine back. Every byte is looked at before anything is touched."""

from __future__ import annotations

import functools
import os
import uuid
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_images as _images,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import another as _another
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_restore as _model
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import (
    Backup,
    digest_of,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import DESTROY, Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common as _common
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_apply import (
    Plan,
    apply_restore,
    machine_facts,
    start,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_want import WantedBackup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.ownership import (
    require_ownership,
)


def plan_restored(ctx: Context, wanted: WantedBackup, shelf: _files.Shelf) -> Step:
    """Return the step that makes the machine what the backup holds."""
    backup = _common.require(shelf, wanted.name, ctx.wanted.owner)
    chain = _common.verify(shelf, backup, _common.Clock(wanted.timeout))
    refuse_strangers(shelf, chain)
    plan = _plan(ctx, wanted, shelf, backup)
    step = Step("backup", wanted.name, needs=[("pool", ctx.wanted.pool.name)])
    step.facts = _facts(ctx, plan, shelf)
    step.read = lambda: _facts(ctx, plan, shelf)
    if plan.old is not None and _is_done(ctx, plan):
        return _plan_started(ctx, plan, step)
    _refuse_taken(ctx, plan)
    _rebuild(ctx, plan)
    # With the notes of what will be missing, which check mode tells as well.
    step.facts = _facts(ctx, plan, shelf)
    step.changes = _changes(ctx, plan)
    step.apply = functools.partial(apply_restore, ctx, plan)
    return step


def refuse_strangers(shelf: _files.Shelf, chain: list[Backup]) -> None:
    """Raise when somebody else could have written what a machine would be made from."""
    strangers = _files.strangers(shelf.path, [link.name for link in chain])
    if strangers:
        raise FuyajoError(
            f"others could have written {', '.join(strangers[:3])}: a machine is made only from "
            "files of root or of this user that nobody else may write",
            INVALID,
        )


def _plan(ctx: Context, wanted: WantedBackup, shelf: _files.Shelf, backup: Backup) -> Plan:
    old = ctx.domains.get(wanted.target)
    plan = Plan(
        wanted=wanted,
        backup=backup,
        source=os.path.join(shelf.path, backup.name),
        mark=_model.Mark(backup.name, digest_of(backup)),
        old=old,
        uuid=backup.uuid,
        volumes={d.target: _model.volume_of(wanted.target, d) for d in backup.disks},
    )
    if plan.renamed:
        plan.uuid = str(uuid.uuid4()) if old is None else old.UUIDString()
    if old is not None:
        plan.old_xml = ctx.host.secure_xml(old)
        require_ownership(ctx, _domain.parse_domain(plan.old_xml))
    return plan


def _is_done(ctx: Context, plan: Plan) -> bool:
    """Say whether the machine that exists is the restored one; raises when it may not become it."""
    name, wanted = plan.wanted.target, plan.wanted
    mark = _model.parse_mark(plan.old_xml)
    same = mark is not None and mark.digest == plan.mark.digest
    complete = same and mark is not None and mark.complete == "yes"
    running = ctx.host.is_active(plan.old)
    plan.resumed = same and not complete
    if complete and (not wanted.replace or (running and wanted.started)):
        return True
    if not plan.resumed and not wanted.replace:
        raise FuyajoError(
            f"a machine {name} exists; replace=true overwrites it, as=NAME makes another", CONFLICT
        )
    if running:
        raise FuyajoError(f"the machine {name} is running; stop it before it is replaced", CONFLICT)
    if plan.old.UUIDString() != plan.uuid:
        raise FuyajoError(
            f"the machine {name} is {plan.old.UUIDString()}, not {plan.uuid} as in the backup; "
            "remove it first, or restore under another name",
            CONFLICT,
        )
    ctx.host.refuse_unfit(plan.old, name)
    snapshots = ctx.host.snapshot_names(plan.old)
    if snapshots:
        raise FuyajoError(f"{name} has the snapshots {', '.join(snapshots[:5])}", CONFLICT)
    return complete and _same_disks(ctx, plan)


def _same_disks(ctx: Context, plan: Plan) -> bool:
    """Say whether the machine's disks still hold what the backup holds."""
    used = _domain.disk_files(plan.old_xml)
    clock = _common.Clock(plan.wanted.timeout)
    for disk in plan.backup.disks:
        path = ctx.path_of(plan.volumes[disk.target])
        if path not in used or not os.path.exists(path):
            return False
        kept = os.path.join(plan.source, disk.file)
        if not _images.same_content(kept, path, disk.format, clock.left()):
            return False
    return True


def _plan_started(ctx: Context, plan: Plan, step: Step) -> Step:
    step.uuid = plan.old.UUIDString()
    if plan.wanted.started and not ctx.host.is_active(plan.old):
        step.changes = [Change("machine.state", "stopped", "running")]
        step.apply = functools.partial(start, ctx, plan)
    return step


def _refuse_taken(ctx: Context, plan: Plan) -> None:
    """Raise when the machine's UUID or its volumes are somebody else's."""
    name = plan.wanted.target
    for other, handle in ctx.domains.items():
        if other != name and handle.UUIDString() == plan.uuid:
            raise FuyajoError(f"the machine {other} has the UUID of the backup; use as", CONFLICT)
    names = [*plan.volumes.values(), *([_storage.seed_name(name)] if plan.backup.seed else [])]
    used = set() if plan.old is None else _domain.disk_files(plan.old_xml)
    for volume in sorted(volume for volume in names if _is_there(ctx, volume)):
        users = ctx.users_of(volume, but=name)
        if users:
            raise FuyajoError(f"{volume} is in use by {', '.join(users)}", CONFLICT)
        if ctx.path_of(volume) not in used and not plan.resumed:
            raise FuyajoError(
                f"the pool {ctx.wanted.pool.name} still holds {volume}, which {name} does not use",
                CONFLICT,
            )


def _is_there(ctx: Context, volume: str) -> bool:
    """Say whether a volume exists, also when libvirt has not seen its file yet."""
    return volume in ctx.volumes or os.path.lexists(ctx.path_of(volume))


def _rebuild(ctx: Context, plan: Plan) -> None:
    """Make the definition, by which every reason not to is found before anything is written."""
    path = os.path.join(plan.source, plan.backup.definition.file)
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    files = _domain.disk_files(text)
    reborn = _model.Reborn(
        name=plan.wanted.target,
        renamed=plan.renamed,
        owner=ctx.wanted.owner,
        mark=plan.mark,
        disks={
            d.target: (ctx.path_of(plan.volumes[d.target]), d.format) for d in plan.backup.disks
        },
        uuid=plan.uuid,
        seed=ctx.path_of(_storage.seed_name(plan.wanted.target)) if plan.backup.seed else None,
        present=frozenset(each for each in files if os.path.exists(each)),
    )
    if plan.renamed:
        meta = _domain.parse_domain(text).meta or _domain.Meta()
        reborn.forwards = [
            _domain.Forward(each.guest, ctx.port_for(reborn.name, each.guest), each.address)
            for each in meta.forwards
            if each.guest
        ]
    plan.xml, notes = _model.rebuild(text, reborn)
    plan.notes += notes
    plan.seed = reborn.seed
    if plan.backup.nvram is not None:
        plan.nvram = _another.nvram_of(_xml.load(plan.xml))


def _changes(ctx: Context, plan: Plan) -> list[Change]:
    if plan.old is None:
        changes = [Change("machine.name", None, plan.wanted.target)]
        changes.append(Change("machine.volumes", [], sorted(plan.volumes.values())))
    else:
        before = _model.parse_mark(plan.old_xml)
        came = None if before is None else before.name
        changes = [Change("machine.restored", came, plan.backup.name, DESTROY)]
        for volume in sorted(plan.volumes.values()):
            there = "present" if _is_there(ctx, volume) else "absent"
            changes.append(Change(f"machine.volumes.{volume}", there, "restored", DESTROY))
    if plan.wanted.started:
        changes.append(Change("machine.state", "stopped", "running"))
    return changes


def _facts(ctx: Context, plan: Plan, shelf: _files.Shelf) -> dict[str, Any]:
    facts = _common.facts_of(shelf, plan.backup, True)
    facts["notes"] += plan.notes
    facts["machine"] = machine_facts(ctx, plan)
    return facts
