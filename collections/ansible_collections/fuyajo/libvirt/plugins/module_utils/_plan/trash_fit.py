# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a machine can go into the trash as it is: all of it that must not be lost has to go along."""

from __future__ import annotations

import os
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.clone_make import nvram_files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import (
    Machine,
    volume_of,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_remove import removable
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm


def files_of(ctx: Context, machine: Machine) -> dict[str, str]:
    """Return {file now: file in the trash} of all that goes there with a machine.

    Raises FuyajoError, which says why, when something that it writes to cannot go along.
    """
    _refuse_state(ctx, machine)
    name = _trash.trash_name(machine.document.uuid or "")
    if name in ctx.domains:
        raise FuyajoError(f"another machine is called {name}, as this one would be there", CONFLICT)
    wish = WantedVm(machine.name, "absent", remove_storage=True)
    volumes = removable(ctx, wish, [machine.xml, machine.live_xml])
    paths = [ctx.path_of(volume) for volume in volumes]
    _refuse_disks(ctx, machine, set(paths))
    files = {path: _trash.file_in_trash(path, machine.name, name) for path in paths}
    files.update(_variables(ctx, machine, name))
    refuse_unmovable(ctx, files)
    return files


def _refuse_state(ctx: Context, machine: Machine) -> None:
    name, meta = machine.name, machine.document.meta or _domain.Meta()
    if meta.unfinished is not None:
        raise FuyajoError(
            f"{name} is unfinished; state=absent of the module vm removes it", CONFLICT
        )
    if ctx.is_flagged("transients", machine.document.uuid):
        raise FuyajoError(f"{name} has no definition: switched off it would be gone", CONFLICT)
    if ctx.host.has_saved_state(machine.handle):
        raise FuyajoError(
            f"{name} has its memory saved, which libvirt cannot give another name; start it, or discard "
            "what was saved, first",
            CONFLICT,
        )
    held = _trash.of_the_host(machine.xml)
    if held:
        raise FuyajoError(
            f"{name} holds {' and '.join(held)}, which cannot be kept for it; detach that first",
            CONFLICT,
        )


def _refuse_disks(ctx: Context, machine: Machine, moved: set[str]) -> None:
    for target in _trash.pathless_disks(machine.xml):
        raise FuyajoError(
            f"the disk {target} of {machine.name} is no file that could be moved", CONFLICT
        )
    for seen in _snapshot.disks_seen(machine.xml):
        if not seen.writable or not seen.path or seen.path in moved:
            continue
        volume = volume_of(ctx, seen.path)
        users = ctx.users_of(volume or seen.path, but=machine.name)
        if volume is None:
            why = f"is outside the directory of the pool {ctx.wanted.pool.name}"
        elif users:
            why = f"is needed by {' and '.join(users)}"
        elif volume not in ctx.volumes:
            why = "is no volume that libvirt knows of; let the module pool refresh that"
        else:
            why = "was not made for this machine; detach it first"
        raise FuyajoError(f"the disk {seen.target} of {machine.name}, {seen.path}, {why}", CONFLICT)


def _variables(ctx: Context, machine: Machine, name: str) -> dict[str, str]:
    """Return the file with the UEFI variables, where it is named after the machine or in its definition."""
    pair = nvram_files(ctx, machine, name)
    said = _trash.nvram_of(machine.xml)
    if pair is None and said is not None:
        # Not there yet, and not to be that of another machine of the old name either.
        pair = said, os.path.join(os.path.dirname(said), f"{name}_VARS.fd")
    return {} if pair is None else dict([pair])


def refuse_unmovable(ctx: Context, files: Mapping[str, str]) -> None:
    """Raise FuyajoError unless these files could be given their names right now."""
    if ctx.host.is_mock or not files:
        return
    if not ctx.host.is_local:
        raise FuyajoError("files are given other names: run this on the hypervisor", INVALID)
    for path in _trash.too_long(files):
        raise FuyajoError(f"the name {os.path.basename(path)} would be too long", CONFLICT)
    for now, then in files.items():
        if os.path.lexists(now) and os.path.lexists(then):
            raise FuyajoError(f"{then} exists already", CONFLICT)
    for directory in sorted({os.path.dirname(path) for path in files}):
        if os.path.isdir(directory) and not os.access(directory, os.W_OK | os.X_OK):
            raise FuyajoError(
                f"files in {directory} cannot be given other names by this user", CONFLICT
            )


def volumes_of(ctx: Context, files: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the names of the volumes of our pool among the files, as they are and as they will be."""

    def names(paths: Any) -> list[str]:
        return sorted(filter(None, (volume_of(ctx, path) for path in paths)))

    return names(files), names(files.values())
