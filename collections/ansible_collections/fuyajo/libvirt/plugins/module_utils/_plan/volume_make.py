# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a stand-alone volume: empty, as an overlay, from a file, or as a copy of another volume."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import image_file as _image
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step

if TYPE_CHECKING:
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.volume_kind import (
        WantedVolume,
    )

# Somebody who still writes does so more often than this.
_STILL_SECONDS = 60.0


@dataclass
class Recipe:
    """What will be made. ``origin`` has ``capacity`` bytes, the volume itself ``size``."""

    exact: str
    size: int
    format: str
    capacity: int = 0


def plan_make(ctx: Context, volume: WantedVolume, exact: str, step: Step) -> Step:
    """Return the step that makes a volume; raises when it could not work."""
    recipe = _recipe(ctx, volume, exact)
    if recipe.size < recipe.capacity:
        raise FuyajoError(
            f"{volume.name} would be smaller than what it is made from "
            f"({_units.format_bytes(recipe.capacity)})",
            INVALID,
        )
    after = {
        "state": "present",
        "size": _units.format_bytes(recipe.size) if recipe.size else None,
        "format": recipe.format,
        "backing": volume.backing,
        "source": volume.source,
        "source_volume": volume.source_volume,
        "preallocation": None if volume.preallocation == "none" else volume.preallocation,
    }
    before = {"state": "absent" if step.facts is None else "unfinished"}
    step.changes = diff(after, before)
    step.apply = lambda done: _make(ctx, volume, recipe, done)
    below = volume.source_volume or volume.backing
    origin = volume.source_pool or volume.store(ctx)
    made = [v for v in ctx.wanted.of("volumes") if (v.store(ctx), v.exact(ctx)) == (origin, below)]
    step.needs += [("volume", each.name) for each in made]
    return step


def is_unfinished(
    ctx: Context, volume: WantedVolume, handle: Any, facts: Mapping[str, Any]
) -> bool:
    """Say whether a killed run left this volume before its content came.

    A volume that is being filled has no beginning yet. Raises FuyajoError(kind=conflict) when
    somebody may be at it right now, or when nobody can tell what it is.
    """
    if volume.source is None or facts["type"] != "file":
        return False
    form, capacity, size = _origin(volume)
    if facts["capacity_bytes"] == 0:
        age = ctx.host.volume_age(handle)
        if age is None or age < _STILL_SECONDS:
            raise FuyajoError(f"{volume.name} is being filled by somebody else", CONFLICT)
        return True
    cut_short = facts["format"] == "raw" and facts["capacity_bytes"] < size
    if facts["format"] != form or cut_short or facts["capacity_bytes"] < capacity:
        raise FuyajoError(
            f"{volume.name} is there and is not made from {volume.source}, or a killed run left "
            "it unfinished; remove it first",
            CONFLICT,
        )
    return False


def _recipe(ctx: Context, volume: WantedVolume, exact: str) -> Recipe:
    if volume.source is not None:
        form, capacity, _size = _origin(volume)
        return Recipe(exact, volume.size or capacity, form, capacity)
    if volume.source_volume is not None:
        return _clone_recipe(ctx, volume, exact)
    if volume.backing is not None:
        facts = _volume(ctx, volume.store(ctx), volume.backing)
        capacity = 0 if facts is None else facts["capacity_bytes"]
        return Recipe(exact, volume.size or capacity, "qcow2", capacity)
    files = _is_of_files(ctx, volume.store(ctx))
    return Recipe(exact, volume.size or 0, volume.format or ("qcow2" if files else "raw"))


def _clone_recipe(ctx: Context, volume: WantedVolume, exact: str) -> Recipe:
    store = volume.source_pool or volume.store(ctx)
    facts = _volume(ctx, store, volume.source_volume or "")
    if facts is None:
        return Recipe(exact, volume.size or 0, volume.format or "qcow2")
    users = ctx.uses().machines(store, facts["name"], facts["path"])
    if any(name in ctx.domains and ctx.host.is_active(ctx.domains[name]) for name in users):
        raise FuyajoError(
            f"{store}/{facts['name']} belongs to {users[0]}, which runs: a copy would be torn",
            CONFLICT,
        )
    files = _is_of_files(ctx, volume.store(ctx))
    same = facts["format"] if facts["format"] in _image.FORMATS and files else "raw"
    capacity = facts["capacity_bytes"]
    return Recipe(exact, volume.size or capacity, volume.format or same, capacity)


def _volume(ctx: Context, store: str, name: str) -> dict[str, Any] | None:
    """Return the facts of a volume that is needed; None when this very call is to make it."""
    pool = ctx.host.pool_handle(store)
    if pool is not None and ctx.host.is_active(pool):
        handle = ctx.host.volume_handle(pool, name)
        facts = None if handle is None else ctx.host.volume_facts(handle, store)
        if facts is not None:
            return facts
    present = [v for v in ctx.wanted.of("volumes") if v.state == "present"]
    coming = {(v.store(ctx), v.exact(ctx)) for v in present}
    bases = {ctx.image_volume(image.name) for image in ctx.wanted.of("images")}
    if (store, name) in coming or (store == ctx.wanted.pool.name and name in bases):
        return None
    raise FuyajoError(f"there is no volume {name} in the pool {store}", NOT_FOUND)


def _is_of_files(ctx: Context, store: str) -> bool:
    pool = ctx.host.pool_handle(store)
    if pool is None:
        types = {p.name: p.type for p in ctx.wanted.of("pools")}
        return (types.get(store) or "dir") in _storage.FILE_POOLS
    return _storage.parse_pool(ctx.host.pool_xml(pool)).type in _storage.FILE_POOLS


def _origin(volume: WantedVolume) -> tuple[str, int, int]:
    """Return (format, virtual size, length) of the file that a volume is filled from."""
    path = volume.source or ""
    try:
        with _files.open_source(path) as stream:
            head, tail, size = _files.ends_of(stream, _image.HEAD_BYTES, _image.SECTOR)
    except OSError as error:
        raise FuyajoError(f"cannot read {path}: {error.strerror}", INVALID) from None
    found = _image.detect(head, tail)
    form = volume.format or (found if found in _image.FORMATS else "qcow2")
    most = _units.MAX_DISK_GIB * _units.GIB
    return form, _image.check(head, tail, size, form, most, path), size


# --- the work ---------------------------------------------------------------------------------------


def _make(ctx: Context, volume: WantedVolume, recipe: Recipe, step: Step) -> None:
    pool = ctx.host.pool_handle(volume.store(ctx))
    if pool is None:
        raise FuyajoError(f"there is no pool {volume.store(ctx)}", NOT_FOUND)
    if volume.source is not None:
        _fill(ctx, pool, volume, recipe, step)
    elif volume.source_volume is not None:
        _clone(ctx, pool, volume, recipe)
    else:
        _make_empty(ctx, pool, volume, recipe)
    step.actions.append(f"create {recipe.exact}")
    if volume.store(ctx) == ctx.wanted.pool.name:
        ctx.volumes.add(recipe.exact)


def _make_empty(ctx: Context, pool: Any, volume: WantedVolume, recipe: Recipe) -> None:
    document = _storage.Volume(recipe.exact, recipe.size, recipe.format, allocation=0)
    if volume.backing is not None:
        facts = _volume(ctx, volume.store(ctx), volume.backing)
        if facts is None:
            raise FuyajoError(f"there is no volume {volume.backing}", NOT_FOUND)
        document.backing = _storage.Backing(facts["path"], facts["format"])
        document.capacity = document.capacity or facts["capacity_bytes"]
    full = volume.preallocation == "full"
    if full or not _is_of_files(ctx, volume.store(ctx)):
        document.allocation = document.capacity
    tables = volume.preallocation != "none" and recipe.format == "qcow2"
    ctx.host.make_volume(pool, document, preallocate=tables)


def _clone(ctx: Context, pool: Any, volume: WantedVolume, recipe: Recipe) -> None:
    store, name = volume.source_pool or volume.store(ctx), volume.source_volume or ""
    above = ctx.host.pool_handle(store)
    source = None if above is None else ctx.host.volume_handle(above, name)
    if source is None:
        raise FuyajoError(f"there is no volume {name} in the pool {store}", NOT_FOUND)
    capacity = ctx.host.volume_bytes(source)
    document = _storage.Volume(recipe.exact, capacity, recipe.format)
    if _is_of_files(ctx, volume.store(ctx)):
        document.allocation = 0
    handle = ctx.host.clone_volume(pool, document, source)
    _or_delete(ctx, handle, lambda: _grow_to(ctx, handle, volume.size))


def _fill(ctx: Context, pool: Any, volume: WantedVolume, recipe: Recipe, step: Step) -> None:
    if step.facts is not None:
        # What a killed run left: nothing is in it, and libvirt refuses while somebody fills it.
        left = ctx.host.volume_handle(pool, recipe.exact)
        if left is not None:
            ctx.host.delete_volume(left)
    try:
        with _files.open_source(volume.source or "") as stream:
            size = os.fstat(stream.fileno()).st_size
            # The name is taken first: of two writers, one is told so before anything is written.
            document = _storage.Volume(recipe.exact, _room(ctx, volume, size), "raw", allocation=0)
            handle = ctx.host.make_volume(pool, document)
            _or_delete(ctx, handle, lambda: _pour(ctx, pool, volume, handle, stream, size))
    except OSError as error:
        raise FuyajoError(f"cannot read {volume.source}: {error.strerror}", INVALID) from None


def _room(ctx: Context, volume: WantedVolume, size: int) -> int:
    """Return the size a volume is made with: a file grows as it is filled, a block device does not."""
    return 0 if _is_of_files(ctx, volume.store(ctx)) else max(size, volume.size or 0)


def _pour(
    ctx: Context, pool: Any, volume: WantedVolume, handle: Any, stream: Any, size: int
) -> None:
    sent = ctx.host.upload_volume(handle, stream, size)
    if volume.checksum is not None and sent != volume.checksum:
        raise FuyajoError(f"{volume.source} has the sha256 {sent}, not {volume.checksum}", INVALID)
    ctx.host.refresh_pool(pool)
    if ctx.host.file_bytes(handle) < size:
        raise FuyajoError(f"not all of {volume.source} arrived")
    _grow_to(ctx, handle, volume.size)


def _grow_to(ctx: Context, handle: Any, size: int | None) -> None:
    if size is not None and size > ctx.host.volume_bytes(handle):
        ctx.host.grow_volume(handle, size)


def _or_delete(ctx: Context, handle: Any, act: Any) -> None:
    """Do the rest of the work on a new volume; when it fails, the volume goes again."""
    try:
        act()
    except BaseException:
        ctx.host.delete_volume(handle)
        raise
