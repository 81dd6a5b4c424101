# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trash: machines that are kept, switched off and under another name, until they are wanted again."""

from __future__ import annotations

import time
from dataclasses import replace

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    DESTROY,
    LIVE,
    STOP,
    Change,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_fit as _fit
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_move as _move
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_power as _power
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.ownership import require_owner
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import (
    Machine,
    read_machine,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.trash_want import (
    TIME,
    WantedTrash,
    machine_meant,
    parse_trash,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_remove import removable
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm


def plan_trash(ctx: Context, wanted: WantedTrash) -> Step:
    """Return the step for one machine; reads only."""
    step = Step("vm", wanted.vm)
    handle = machine_meant(ctx, wanted)
    if handle is None:
        if wanted.state == "purged":
            return step
        raise FuyajoError(f"the machine {wanted.vm} does not exist", NOT_FOUND)
    machine = read_machine(ctx, handle)
    require_owner(ctx, machine.document)
    strange = _trash.strange_files(machine.document)
    if strange:
        raise FuyajoError(
            f"{machine.name} has a mark that names {strange[0]!r:.80}: not written here", CONFLICT
        )
    step.uuid = machine.document.uuid
    step.facts = ctx.host.vm_facts(handle)
    step.read = lambda: ctx.host.vm_facts(handle)
    if wanted.state == "trashed":
        return _plan_in(ctx, wanted, machine, step)
    plan = _plan_out if wanted.state == "restored" else _plan_gone
    return plan(ctx, machine, step)


def _plan_in(ctx: Context, wanted: WantedTrash, machine: Machine, step: Step) -> Step:
    mark = _trash.trashed_of(machine.document)
    _refuse_half_gone(machine, mark)
    if mark is not None and mark.moving is None:
        if mark.until != wanted.until:
            step.changes = [Change("until", mark.until, wanted.until)]
            again = replace(mark, until=wanted.until)
            step.apply = lambda done: _set_until(ctx, machine, again, done)
        return step
    mark = _new_mark(ctx, wanted, machine) if mark is None else mark
    mark = replace(mark, until=wanted.until, moving=_trash.IN)
    files = {each.old: each.new for each in mark.files}
    _fit.refuse_unmovable(ctx, files)
    name = _trash.trash_name(machine.document.uuid or "")
    effect = STOP if machine.running else LIVE
    step.changes = [Change("name", mark.name, name, effect), *_changes(ctx, files)]
    step.changes.append(Change("until", None, mark.until))
    if mark.autostart == "yes":
        step.changes.append(Change("autostart", True, False))
    step.apply = lambda done: _go_in(ctx, machine, mark, done)
    return step


def _new_mark(ctx: Context, wanted: WantedTrash, machine: Machine) -> _domain.Trashed:
    files = _fit.files_of(ctx, machine)
    return _domain.Trashed(
        machine.name,
        time.strftime(TIME, time.gmtime()),
        wanted.until,
        "yes" if ctx.is_flagged("autostarted", machine.document.uuid) else None,
        files=[_domain.MovedFile(old, new) for old, new in sorted(files.items())],
    )


def _changes(ctx: Context, files: dict[str, str]) -> list[Change]:
    before, after = _fit.volumes_of(ctx, files)
    return [Change("volumes", before, after)] if before else []


def _set_until(ctx: Context, machine: Machine, mark: _domain.Trashed, step: Step) -> None:
    with _move.locked(ctx, machine.handle, machine.document, machine.xml):
        meta = replace(machine.document.meta or _domain.Meta(), trashed=mark)
        ctx.host.set_meta(machine.handle, meta, config=True, live=False)
        step.actions.append("set metadata")


def _go_in(ctx: Context, machine: Machine, mark: _domain.Trashed, step: Step) -> None:
    with _move.locked(ctx, machine.handle, machine.document, machine.xml):
        if machine.running:
            grace = ctx.wanted.shutdown_timeout
            _power.turn_off(ctx, machine.handle, machine.state, grace, step)
        meta = machine.document.meta or _domain.Meta()
        _move.go(ctx, machine.handle, meta, mark, step)


def _plan_out(ctx: Context, machine: Machine, step: Step) -> Step:
    mark = _trash.trashed_of(machine.document)
    if mark is None:
        return step
    _refuse_half_gone(machine, mark)
    if machine.running:
        raise FuyajoError(
            f"{machine.name} runs, which nothing in the trash should; stop it", CONFLICT
        )
    other = ctx.domains.get(mark.name)
    if other is not None and other.UUIDString() != machine.document.uuid:
        raise FuyajoError(f"the name {mark.name} is taken by another machine", CONFLICT)
    files = {each.new: each.old for each in mark.files}
    _fit.refuse_unmovable(ctx, files)
    inside = _trash.trash_name(machine.document.uuid or "")
    step.changes = [Change("name", inside, mark.name), *_changes(ctx, files)]
    step.changes.append(Change("until", mark.until, None))
    if mark.autostart == "yes":
        step.changes.append(Change("autostart", False, True))
    out = replace(mark, moving=_trash.OUT)
    step.apply = lambda done: _go_out(ctx, machine, out, done)
    return step


def _go_out(ctx: Context, machine: Machine, mark: _domain.Trashed, step: Step) -> None:
    with _move.locked(ctx, machine.handle, machine.document, machine.xml):
        meta = machine.document.meta or _domain.Meta()
        _move.go(ctx, machine.handle, meta, mark, step)


def _plan_gone(ctx: Context, machine: Machine, step: Step) -> Step:
    mark = _trash.trashed_of(machine.document)
    if mark is None:
        raise FuyajoError(f"the machine {machine.name} is not in the trash", CONFLICT)
    names = _fit.volumes_of(ctx, {each.old: each.new for each in mark.files})[1]
    if mark.moving in (None, _trash.GONE):
        names = _volumes(ctx, machine)
    step.changes = [Change("state", machine.state, "absent", STOP if machine.running else LIVE)]
    if names:
        step.changes.append(Change("volumes", names, [], DESTROY))
    step.apply = lambda done: _go_away(ctx, machine, mark, done)
    return step


def _volumes(ctx: Context, machine: Machine) -> list[str]:
    wish = WantedVm(machine.name, "absent", remove_storage=True)
    return removable(ctx, wish, [machine.xml, machine.live_xml])


def _go_away(ctx: Context, machine: Machine, mark: _domain.Trashed, step: Step) -> None:
    if mark.moving in (_trash.IN, _trash.OUT):
        # Gone to its end first: then all that is to go has names that say so.
        _go_in(ctx, machine, replace(mark, moving=_trash.IN), step)
        ctx = Context(ctx.host, ctx.wanted)
        machine = read_machine(ctx, machine.handle)
    host, handle = ctx.host, machine.handle
    with _move.locked(ctx, handle, machine.document, machine.xml):
        volumes = _volumes(ctx, machine)
        gone = replace(mark, moving=_trash.GONE)
        meta = replace(machine.document.meta or _domain.Meta(), trashed=gone)
        host.set_meta(handle, meta, config=True, live=False)
        if host.domain_info(handle)[0] != "stopped":
            host.destroy(handle)
            step.actions.append("destroy")
        for volume in volumes:
            ctx.delete_volume(volume, step)
        # The machine goes last: as long as it is listed, the next run knows what is left.
        host.undefine(handle)
        step.actions.append("undefine")


def _refuse_half_gone(machine: Machine, mark: _domain.Trashed | None) -> None:
    if mark is not None and mark.moving == _trash.GONE:
        raise FuyajoError(
            f"{machine.name} was being removed when that was cut off; state=purged completes it",
            CONFLICT,
        )


KIND = Kind("vm", "trash", 45, parse_trash, plan_trash)
