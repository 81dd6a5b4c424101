# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way into the trash and out of it: a mark, the name, the files, the definition, and the mark's end.

Every step finds out by itself whether it was done, so a way that was cut off anywhere is gone to its end
by the next call, in either direction. The name comes first: it is all that libvirt, or another machine,
can refuse.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import qemu_layers as _layers
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step


def locked(ctx: Context, handle: Any, document: _domain.Domain, xml: str) -> ExitStack:
    """Hold the locks of a machine's name now and of its name in the trash; it must still be ``xml``."""
    stack = ExitStack()
    inside = _trash.trash_name(document.uuid or "")
    try:
        if document.name != inside:
            stack.enter_context(_unfinished.alone(ctx, handle, inside, None))
        stack.enter_context(_unfinished.alone(ctx, handle, document.name, xml))
    except BaseException:
        stack.close()
        raise
    return stack


def go(ctx: Context, handle: Any, meta: _domain.Meta, mark: _domain.Trashed, step: Step) -> None:
    """Bring a machine that is off into the trash, or out of it: ``mark.moving`` says where to.

    ``meta`` is all of its metadata. Raises FuyajoError with everything as it was when the name is taken.
    """
    inside = _trash.trash_name(handle.UUIDString())
    inward = mark.moving == _trash.IN
    files = {f.old: f.new for f in mark.files}
    files = files if inward else {new: old for old, new in files.items()}
    before = meta.trashed
    _write_mark(ctx, handle, meta, mark)
    if inward:
        ctx.host.set_autostart(handle, False)
    _rename(ctx, handle, replace(meta, trashed=mark), before, inside if inward else mark.name, step)
    _move_files(ctx, files, step)
    _define(ctx, handle, files, step)
    _rename_layers(ctx, files)
    if ctx.pool is not None and not ctx.host.is_mock and ctx.host.is_active(ctx.pool):
        ctx.host.refresh_pool(ctx.pool)
    if not inward and mark.autostart == "yes":
        ctx.host.set_autostart(handle, True)
        step.actions.append("set autostart")
    _write_mark(ctx, handle, meta, replace(mark, moving=None) if inward else None)


def _write_mark(
    ctx: Context, handle: Any, meta: _domain.Meta, mark: _domain.Trashed | None
) -> None:
    ctx.host.set_meta(handle, replace(meta, trashed=mark), config=True, live=False)


def _rename(
    ctx: Context,
    handle: Any,
    meta: _domain.Meta,
    before: _domain.Trashed | None,
    name: str,
    step: Step,
) -> None:
    if _name_of(ctx, handle) == name:
        return
    try:
        ctx.host.rename(handle, name)
    except FuyajoError:
        mark = meta.trashed
        if mark is not None and (before is None or before.moving is None):
            # Nothing of it was done yet: it stays where it is.
            _write_mark(ctx, handle, meta, before)
            if before is None and mark.autostart == "yes":
                ctx.host.set_autostart(handle, True)
        raise
    step.actions.append(f"rename to {name}")


def _name_of(ctx: Context, handle: Any) -> str:
    # A handle keeps the name that it was looked up by; the host knows better.
    return _domain.parse_domain(ctx.host.domain_xml(handle)).name


def _move_files(ctx: Context, files: Mapping[str, str], step: Step) -> None:
    if ctx.host.is_mock:
        return
    touched = set()
    for now, then in sorted(files.items()):
        if not os.path.lexists(now):
            continue  # moved before this call, or not there at all
        if os.path.lexists(then):
            raise FuyajoError(f"{then} exists already; {now} stays until that is gone", CONFLICT)
        try:
            os.rename(now, then)
        except OSError as error:
            raise FuyajoError(f"{now} cannot be renamed: {error.strerror}", CONFLICT) from None
        touched.add(os.path.dirname(then))
        step.actions.append(f"rename {os.path.basename(now)} to {os.path.basename(then)}")
    for directory in sorted(touched):
        _files.sync_path(directory)


def _define(ctx: Context, handle: Any, files: Mapping[str, str], step: Step) -> None:
    read, full = ctx.host.domain_xml(handle), ctx.host.full_definition(handle)
    wanted = _trash.moved(full, files)
    if wanted != full:
        ctx.host.redefine(handle, read, wanted)
        step.actions.append("define")


def _rename_layers(ctx: Context, files: Mapping[str, str]) -> None:
    """Let the layers of external snapshots name the files below them as these are called now."""
    for path in [] if ctx.host.is_mock else sorted(files.values()):
        below = _files.backing_file(path)
        if below is not None and below in files:
            now = files[below]
            _layers.rename_below(path, now, "raw" if now.endswith(".raw") else "qcow2")
