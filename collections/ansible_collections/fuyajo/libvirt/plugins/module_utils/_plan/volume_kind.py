# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-alone volumes: made, filled, grown; removed only when nobody needs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import DESTROY, Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FAILED,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.uses import Uses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.volume_make import (
    is_unfinished,
    plan_make,
)

FORMATS = ("qcow2", "raw")
PREALLOCATION = ("none", "metadata", "full")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SECTOR = 512
# Volume groups and their like round up to their own units.
_ROUNDED = 32 * _units.MIB


@dataclass
class WantedVolume:
    """A stand-alone volume; ``size`` in bytes. What nobody said is None."""

    title: str
    size: int | None = None
    state: str = "present"
    pool: str | None = None
    format: str | None = None
    backing: str | None = None
    preallocation: str = "none"
    source: str | None = None
    checksum: str | None = None
    source_volume: str | None = None
    source_pool: str | None = None

    @property
    def name(self) -> str:
        """Return what results call it: volumes of two pools may have one name."""
        return self.title if self.pool is None else f"{self.pool}/{self.title}"

    def store(self, ctx: Context) -> str:
        """Return the name of its pool."""
        return self.pool or ctx.wanted.pool.name

    def exact(self, ctx: Context) -> str:
        """Return its name in the pool: in our own, a name without a dot gets our ending."""
        if "." in self.title or self.store(ctx) != ctx.wanted.pool.name:
            return self.title
        raw = _storage.volume_name(self.title, "raw")
        if self.format == "raw" or (self.format is None and raw in ctx.volumes):
            return raw
        return _storage.volume_name(self.title)

    def leaves(self, ctx: Context, pool: str) -> bool:
        """Say whether it is to leave that pool."""
        return self.state == "absent" and self.store(ctx) == pool


def parse_volume(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedVolume:
    """Return the checked form of one element of ``volumes``."""
    checksum = raw.get("checksum")
    if checksum is not None:
        checksum = str(checksum).lower()
        if not _SHA256.fullmatch(checksum):
            check.problem(f"{at}.checksum", "must be 64 hexadecimal digits")
    volume_name, pool_name = _storage.check_volume_name, _storage.check_pool_name
    volume = WantedVolume(
        title=check.attempt(f"{at}.name", volume_name, raw.get("name") or "") or "",
        size=check.attempt(f"{at}.size", _size, raw.get("size")),
        state=check.choice(f"{at}.state", raw.get("state"), ("present", "absent")) or "present",
        pool=check.attempt(f"{at}.pool", pool_name, raw.get("pool")),
        format=check.choice(f"{at}.format", raw.get("format"), FORMATS),
        backing=check.attempt(f"{at}.backing", volume_name, raw.get("backing")),
        preallocation=check.choice(f"{at}.preallocation", raw.get("preallocation"), PREALLOCATION)
        or "none",
        source=check.path(f"{at}.source", raw.get("source")),
        checksum=checksum,
        source_volume=check.attempt(f"{at}.source_volume", volume_name, raw.get("source_volume")),
        source_pool=check.attempt(f"{at}.source_pool", pool_name, raw.get("source_pool")),
    )
    _check_together(check, at, volume, raw)
    return volume


def _size(value: Any) -> int:
    size = _units.parse_bytes(value, "g")
    if size % _SECTOR or size > _units.MAX_DISK_GIB * _units.GIB:
        raise ValueError("must be a whole number of 512-byte sectors, of a size that exists")
    return size


def _check_together(check: Checker, at: str, volume: WantedVolume, raw: Mapping[str, Any]) -> None:
    """Find options that do not go together."""
    origins = [key for key in ("source", "source_volume", "backing") if raw.get(key) is not None]
    if len(origins) > 1:
        check.problem(at, f"{' and '.join(origins)} exclude each other")
    if volume.state == "present" and raw.get("size") is None and not origins:
        check.problem(f"{at}.size", "is required")
    if volume.preallocation != "none" and origins:
        check.problem(f"{at}.preallocation", f"does not go with {origins[0]}")
    if volume.preallocation == "metadata" and volume.format == "raw":
        check.problem(f"{at}.preallocation", "a raw volume has no metadata")
    if volume.backing is not None and volume.format == "raw":
        check.problem(f"{at}.format", "a raw volume cannot lie on another one")
    if volume.source_pool is not None and volume.source_volume is None:
        check.problem(f"{at}.source_pool", "goes with source_volume only")


def plan_volume(ctx: Context, volume: WantedVolume) -> Step:
    """Return the step for one stand-alone volume. It only ever grows."""
    store, exact = volume.store(ctx), volume.exact(ctx)
    step = Step("volume", volume.name, needs=[("pool", store)])
    pool, active = _pool(ctx, volume, store)
    handle = ctx.host.volume_handle(pool, exact) if active else None
    facts = None if handle is None else ctx.host.volume_facts(handle, store)
    step.read = lambda: _read(ctx, store, exact)
    if facts is None:
        if volume.state == "absent":
            return step
        _refuse_reserved(ctx, store, exact)
        return plan_make(ctx, volume, exact, step)
    step.facts = facts
    if volume.state == "absent":
        return _plan_absent(ctx, volume, exact, step)
    if is_unfinished(ctx, volume, handle, facts):
        return plan_make(ctx, volume, exact, step)
    _refuse_other(ctx, volume, handle, facts)
    return _plan_grow(ctx, volume, exact, step)


def _read(ctx: Context, store: str, exact: str) -> dict[str, Any] | None:
    pool = ctx.host.pool_handle(store)
    if pool is None or not ctx.host.is_active(pool):
        return None
    handle = ctx.host.volume_handle(pool, exact)
    return None if handle is None else ctx.host.volume_facts(handle, store)


def _pool(ctx: Context, volume: WantedVolume, store: str) -> tuple[Any, bool]:
    """Return (the pool's handle, it can be looked into); a pool of this call may still be made."""
    own = store == ctx.wanted.pool.name
    pool = ctx.pool if own else ctx.host.pool_handle(store)
    if pool is not None and ctx.host.is_active(pool):
        return pool, True
    coming = {p.name for p in ctx.wanted.of("pools") if p.state == "started"}
    if own or store in coming:
        return pool, False
    if pool is None and volume.state == "absent":
        return pool, False
    if pool is None:
        raise FuyajoError(f"there is no pool {store}; the module pool makes one", NOT_FOUND)
    raise FuyajoError(f"the pool {store} is stopped, so nobody knows what it holds", FAILED)


def _refuse_reserved(ctx: Context, store: str, exact: str) -> None:
    """Keep names free that mean something in our pool: a machine's removal takes its disks along."""
    if store != ctx.wanted.pool.name:
        return
    if _storage.is_base(exact) or _storage.is_machines(exact):
        plain = exact.partition(".")[0]
        what = "a base image" if _storage.is_base(exact) else f"a disk of a machine {plain}"
        raise FuyajoError(
            f"in the pool {store}, {exact} would count as {what}; take a name without a dot, "
            "another ending or another pool",
            INVALID,
        )


def _refuse_other(
    ctx: Context, volume: WantedVolume, handle: Any, facts: Mapping[str, Any]
) -> None:
    """Refuse to turn a volume into another one: that would change what a guest finds in it."""
    if volume.format is not None and facts["format"] != volume.format:
        raise FuyajoError(
            f"{volume.name} is there and of format {facts['format']}, not {volume.format}", CONFLICT
        )
    if volume.backing is not None:
        below = ctx.host.volume_handle(ctx.host.pool_handle(volume.store(ctx)), volume.backing)
        path = None if below is None else ctx.host.volume_path(below)
        if facts["backing"] != path:
            raise FuyajoError(
                f"{volume.name} is there and lies on {facts['backing'] or 'nothing'}, "
                f"not on {volume.backing}",
                CONFLICT,
            )
    if volume.checksum is not None:
        found = ctx.host.volume_sha256(handle)
        if found != volume.checksum:
            raise FuyajoError(
                f"{volume.name} is there with the sha256 {found}; content is never replaced, "
                "so remove it first",
                CONFLICT,
            )


def _plan_grow(ctx: Context, volume: WantedVolume, exact: str, step: Step) -> Step:
    facts = step.facts or {}
    size, found = volume.size, facts["capacity_bytes"]
    rounded = _ROUNDED if facts["type"] == "block" else 0
    if size is None or size == found or size < found < size + rounded:
        return step
    if size < found:
        raise FuyajoError(
            f"{volume.name} has {_units.format_bytes(found)} and cannot shrink", INVALID
        )
    step.changes = [Change("size", _units.format_bytes(found), _units.format_bytes(size))]
    step.apply = lambda done: _grow(ctx, volume.store(ctx), exact, size, done)
    return step


def _grow(ctx: Context, store: str, exact: str, size: int, step: Step) -> None:
    handle = ctx.host.volume_handle(ctx.host.pool_handle(store), exact)
    path = ctx.host.volume_path(handle)
    # A running guest has to be told; only its own QEMU may touch the file anyway.
    users = [ctx.domains.get(name) for name in ctx.uses().machines(store, exact, path)]
    running = [domain for domain in users if domain is not None and ctx.host.is_active(domain)]
    if running:
        ctx.host.grow_running_disk(running[0], path, size)
        ctx.host.refresh_pool(ctx.host.pool_handle(store))
    else:
        ctx.host.grow_volume(handle, size)
    step.actions.append(f"grow {exact}")


def _plan_absent(ctx: Context, volume: WantedVolume, exact: str, step: Step) -> Step:
    store, path = volume.store(ctx), (step.facts or {})["path"]
    if store == ctx.wanted.pool.name and _storage.is_base(exact):
        raise FuyajoError(f"{exact} is a base image; the module image removes those", INVALID)
    going = ctx.absent_vms()
    leaving = _going(ctx, store)
    users = ctx.uses().of(store, exact, path, going, leaving)
    if users:
        raise FuyajoError(f"{volume.name} is in use by {', '.join(users)}", CONFLICT)
    above = set(ctx.uses().of(store, exact, path, going)) & set(leaving)
    step.needs += [("volume", leaving[name]) for name in sorted(above)]
    step.needs += [("vm", name) for name in ctx.uses().machines(store, exact, path)]
    step.changes = [Change("state", "present", "absent", DESTROY)]
    step.apply = lambda done: _delete(ctx, volume, exact, path, done)
    return step


def _going(ctx: Context, store: str) -> dict[str, str]:
    """Return {volume: the name of its step} of what this call is to remove from a pool."""
    return {v.exact(ctx): v.name for v in ctx.wanted.of("volumes") if v.leaves(ctx, store)}


def _delete(ctx: Context, volume: WantedVolume, exact: str, path: str | None, step: Step) -> None:
    store = volume.store(ctx)
    # Looked at once more: a machine may have taken it since.
    users = Uses(ctx.host).of(store, exact, path)
    if users:
        raise FuyajoError(f"{volume.name} is in use by {', '.join(users)}", CONFLICT)
    handle = ctx.host.volume_handle(ctx.host.pool_handle(store), exact)
    if handle is not None:
        ctx.host.delete_volume(handle)
        step.actions.append(f"delete {exact}")
    if store == ctx.wanted.pool.name:
        ctx.volumes.discard(exact)


KIND = Kind("volume", "volumes", 30, parse_volume, plan_volume)
