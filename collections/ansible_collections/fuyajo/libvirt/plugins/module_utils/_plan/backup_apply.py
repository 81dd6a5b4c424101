# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing a machine back, once it is clear how.

First all disks are written beside their places; then the machine is defined, with a mark that says
that it is not complete; then the disks take their places; then the mark is set to complete. A run
that is killed in between is taken up by the next one.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _kept,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_images as _images,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.files import (
    sync_path,
    unlink,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.storage import require
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_restore as _model
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import Backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import backup_common as _common
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_want import WantedBackup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step


@dataclass
class Plan:
    """How a machine comes back.

    ``source`` is the backup's directory, ``volumes`` {target: volume of our pool}, ``old`` the machine
    that is replaced, ``resumed`` that an earlier run was killed at it.
    """

    wanted: WantedBackup
    backup: Backup
    source: str
    mark: _model.Mark
    old: Any
    uuid: str
    volumes: dict[str, str]
    old_xml: str = ""
    resumed: bool = False
    xml: str = ""
    seed: str | None = None
    nvram: str | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def renamed(self) -> bool:
        return self.wanted.target != self.backup.vm


def apply_restore(ctx: Context, plan: Plan, step: Step) -> None:
    """Bring the machine back; on any failure what this call made is removed again."""
    undo: list[tuple[str, Callable[[], None]]] = []
    with _kept.locked(plan.wanted.directory, plan.wanted.vm):
        try:
            moves = _write_parts(ctx, plan, undo)
            handle = _define(ctx, plan, step, undo)
            _move(ctx, plan, moves, step, undo)
            plan.mark.complete = "yes"
            mark = _model.build_mark(plan.mark)
            ctx.host.set_mark(handle, mark, _model.MARK_PREFIX, _model.MARK_NAMESPACE)
        except BaseException:
            _take_back(step, undo)
            raise
    step.uuid = plan.uuid
    if plan.wanted.started:
        start(ctx, plan, step)


def _write_parts(
    ctx: Context, plan: Plan, undo: list[tuple[str, Callable[[], None]]]
) -> list[tuple[str, str]]:
    """Write every disk beside its place; return [(what was written, its place)]."""
    clock = _common.Clock(plan.wanted.timeout)
    moves = []
    for disk in plan.backup.disks:
        place = ctx.path_of(plan.volumes[disk.target])
        part = _part(place, undo)
        try:
            source = os.path.join(plan.source, disk.file)
            _images.flatten(source, part, disk.format, clock.left())
            sync_path(part)
        except OSError as error:
            raise FuyajoError(f"cannot write {part}: {error.strerror}") from None
        moves.append((part, place))
    if plan.backup.seed is not None and plan.seed is not None:
        part = _part(plan.seed, undo)
        _kept.copy(os.path.join(plan.source, plan.backup.seed.file), part)
        moves.append((part, plan.seed))
    return moves


def _part(place: str, undo: list[tuple[str, Callable[[], None]]]) -> str:
    part = os.path.join(os.path.dirname(place), f".{os.path.basename(place)}.part")
    # Of a killed run: whoever is alive holds the lock that we hold.
    unlink(part)
    undo.append(("", lambda: unlink(part)))
    return part


def _define(
    ctx: Context, plan: Plan, step: Step, undo: list[tuple[str, Callable[[], None]]]
) -> Any:
    handle = ctx.host.define(plan.xml)
    step.actions.append("define")
    if plan.old is None:
        undo.append(("undefine", lambda: ctx.host.undefine(handle)))
    else:
        undo.append(("define", lambda: _ignore(ctx.host.define(plan.old_xml))))
    return handle


def _move(
    ctx: Context,
    plan: Plan,
    moves: list[tuple[str, str]],
    step: Step,
    undo: list[tuple[str, Callable[[], None]]],
) -> None:
    """Give everything its place. Of a machine that is replaced, nothing comes back from here on."""
    if plan.old is not None:
        undo.clear()
        for name in ctx.host.checkpoints(plan.old):
            ctx.host.drop_checkpoint(plan.old, name)
    try:
        for part, place in moves:
            if plan.old is None:
                # Never over a file that came meanwhile.
                os.link(part, place)
                undo.append((f"create {os.path.basename(place)}", _remover(place)))
                os.unlink(part)
            else:
                os.replace(part, place)
            step.actions.append(f"create {os.path.basename(place)}")
        sync_path(ctx.pool_path)
        if plan.backup.nvram is not None and plan.nvram is not None:
            with open(os.path.join(plan.source, plan.backup.nvram.file), "rb") as stream:
                _files.replace_file(plan.nvram, stream.read(), 0o600)
    except OSError as error:
        raise FuyajoError(f"cannot put the disks into {ctx.pool_path}: {error.strerror}") from None
    ctx.host.refresh_pool(ctx.pool)
    ctx.volumes = set(ctx.host.volume_handles(ctx.pool))


def _remover(path: str) -> Callable[[], None]:
    return lambda: unlink(path)


def _take_back(step: Step, undo: list[tuple[str, Callable[[], None]]]) -> None:
    for what, act in reversed(undo):
        try:
            act()
        except (FuyajoError, OSError) as second:
            # The first error is the one to tell; this one must not hide that something is left.
            step.actions.append(f"could not take back {what}: {second}")
        else:
            if what:
                step.actions.append(f"undo: {what}")


def start(ctx: Context, plan: Plan, step: Step) -> None:
    """Start the restored machine."""
    ctx.host.start(require(ctx.host.lookup(plan.wanted.target), plan.wanted.target))
    step.actions.append("start")


def machine_facts(ctx: Context, plan: Plan) -> dict[str, Any] | None:
    """Return {name, uuid, state} of the machine, or None when it is not there."""
    handle = ctx.host.lookup(plan.wanted.target)
    if handle is None:
        return None
    state = ctx.host.domain_info(handle)[0]
    return {"name": plan.wanted.target, "uuid": handle.UUIDString(), "state": state}


def _ignore(_value: Any) -> None:
    """Take a value that nobody needs."""
