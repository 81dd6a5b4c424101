# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a copy of a machine, and taking everything back when that fails."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import another as _another
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import clone as _clone
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed_copy as _seed_copy
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import Machine

Undo = Callable[[], None]
_SYSTEM_NVRAM = "/var/lib/libvirt/qemu/nvram"
_SESSION_NVRAM = "~/.config/libvirt/qemu/nvram"


@dataclass
class Copy:
    """A disk of the copy: a volume with the content of ``path``.

    ``on_top`` makes it an overlay on a file that is never written to; with ``shares`` it is a copy of the
    topmost layer on the same lower one; with neither it stands alone.
    """

    target: str
    source: Any
    path: str
    format: str
    volume: str
    on_top: _storage.Backing | None = None
    shares: _storage.Backing | None = None


@dataclass
class Recipe:
    """A copy that is to be made of a machine as it was read."""

    machine: Machine
    clone: _clone.Clone
    start: bool = False
    copies: list[Copy] = field(default_factory=list)
    seeds: list[str] = field(default_factory=list)
    seed_target: str = ""
    nvram: tuple[str, str] | None = None
    # The machine of that name whose making was cut off, when there is one.
    left: _unfinished.Unfinished | None = None
    undo: list[tuple[str, Undo]] = field(default_factory=list)

    @property
    def reads_frozen(self) -> bool:
        """True when all content comes from files that nobody writes to."""
        return all(copy.on_top is not None for copy in self.copies)


def make(ctx: Context, recipe: Recipe, step: Step) -> None:
    """Make the copy; on any failure remove what this call made, and only that."""
    clone = recipe.clone
    step.uuid = clone.uuid
    for copy in recipe.copies:
        clone.files[copy.target] = (ctx.path_of(copy.volume), copy.format)
    for seed in recipe.seeds:
        clone.files[recipe.seed_target] = (ctx.path_of(seed), "raw")
    with _unfinished.claimed(ctx, clone.name, recipe.left) as seen:
        _make(ctx, recipe, seen, step)


def _make(ctx: Context, recipe: Recipe, seen: bool, step: Step) -> None:
    clone = recipe.clone
    try:
        if recipe.left is not None:
            _unfinished.clear(ctx, recipe.left, step)
        # Defined first: the name is the lock against a second one with the same wish.
        clone.unfinished = _unfinished.mark(seen)
        handle = ctx.host.define(_clone.cloned(recipe.machine.xml, clone))
        recipe.undo.append(("undefine", lambda: ctx.host.undefine(handle)))
        step.actions.append("define")
        _copy_disks(ctx, recipe, step)
        _copy_seed(ctx, recipe, step)
        _copy_nvram(recipe)
        clone.unfinished = None
        ctx.host.define(_clone.cloned(recipe.machine.xml, clone))
        if recipe.start:
            recipe.undo.append(("destroy", lambda: ctx.host.destroy(handle)))
            ctx.host.start(handle)
            step.actions.append("start")
        step.read = lambda: ctx.host.vm_facts(handle)
    except BaseException:
        _take_back(recipe, step)
        raise


def _take_back(recipe: Recipe, step: Step) -> None:
    # The machine goes last: while it is there, nobody else can make volumes under its name.
    first = [each for each in recipe.undo if each[0] != "undefine"]
    last = [each for each in recipe.undo if each[0] == "undefine"]
    for what, act in [*reversed(first), *last]:
        try:
            act()
        except FuyajoError as error:
            step.actions.append(f"could not {what} again: {error}")
        else:
            step.actions.append(f"undo: {what}")
    step.uuid = None


def _copy_disks(ctx: Context, recipe: Recipe, step: Step) -> None:
    host = ctx.host
    for copy in recipe.copies:
        backing = copy.on_top or copy.shares
        size = host.volume_bytes(copy.source)
        volume = _storage.Volume(copy.volume, size, copy.format, backing=backing)
        if copy.on_top is not None:
            handle = host.make_volume(ctx.pool, volume)
        else:
            handle = host.copy_volume(ctx.pool, _storage.build_volume(volume), copy.source)
        recipe.undo.append((f"delete {copy.volume}", _deleter(ctx, handle)))
        step.actions.append(f"create {copy.volume}")
    machine = recipe.machine
    if not recipe.reads_frozen and not machine.running and host.is_active(machine.handle):
        raise FuyajoError(f"{machine.name} was started while its disks were copied", CONFLICT)


def _deleter(ctx: Context, handle: Any) -> Undo:
    return lambda: ctx.host.delete_volume(handle)


def _copy_seed(ctx: Context, recipe: Recipe, step: Step) -> None:
    for seed in recipe.seeds:
        source = ctx.path_of(_storage.seed_name(recipe.machine.name))
        try:
            with open(source, "rb") as stream:
                data = _seed_copy.seed_copy(stream.read(), recipe.clone.name, recipe.clone.uuid)
        except (OSError, ValueError) as error:
            raise FuyajoError(f"the seed {source} cannot be copied: {error}", CONFLICT) from None
        volume = _storage.Volume(seed, len(data), format="raw", mode="0600")
        handle = ctx.host.make_volume(ctx.pool, volume)
        recipe.undo.append((f"delete {seed}", _deleter(ctx, handle)))
        _files.replace_file(ctx.path_of(seed), data, 0o600)
        step.actions.append(f"create {seed}")


def nvram_files(ctx: Context, machine: Machine, name: str) -> tuple[str, str] | None:
    """Return (file with the UEFI variables, that of the copy); None when there is none yet."""
    old = _another.nvram_of(_xml.load(machine.xml))
    if old is None and _snapshot.uses_pflash(machine.xml):
        # libvirt chose the firmware and does not write down where the variables are.
        system = ctx.host.uri.endswith("/system")
        directory = _SYSTEM_NVRAM if system else os.path.expanduser(_SESSION_NVRAM)
        old = os.path.join(directory, f"{machine.name}_VARS.fd")
    if old is None or not ctx.host.is_local or not os.path.isfile(old):
        return None
    new = _another.nvram_for(name, old)
    if os.path.exists(new):
        raise FuyajoError(f"{new} is left of another machine", CONFLICT)
    return old, new


def _copy_nvram(recipe: Recipe) -> None:
    # What boots is noted in there. undefine removes the file again.
    if recipe.nvram is None:
        return
    old, new = recipe.nvram
    try:
        with open(old, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise FuyajoError(f"{old} cannot be read: {error.strerror}", CONFLICT) from None
    _files.replace_file(new, data, 0o600)
