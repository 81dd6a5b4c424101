# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-alone volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind


@dataclass
class WantedVolume:
    """A stand-alone volume; ``size`` in bytes."""

    name: str
    size: int | None = None
    state: str = "present"


def parse_volume(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedVolume:
    """Return the checked form of one element of ``volumes``."""
    size = check.attempt(f"{at}.size", _units.parse_disk_gib, raw.get("size"))
    state = raw.get("state") or "present"
    if state == "present" and raw.get("size") is None:
        check.problem(f"{at}.size", "is required")
    name = check.name(f"{at}.name", raw.get("name"))
    return WantedVolume(name, None if size is None else size * _units.GIB, state)


def plan_volume(ctx: Context, volume: WantedVolume) -> Step:
    """Return the step for one stand-alone volume. It only ever grows."""
    name = _storage.volume_name(volume.name)
    step = Step("volume", volume.name)
    if volume.state == "absent":
        if name in ctx.volumes:
            users = ctx.users_of(name)
            if users:
                raise FuyajoError(f"{volume.name} is in use by {', '.join(users)}", CONFLICT)
            step.changes = [Change("state", "present", "absent")]
            step.apply = lambda done: ctx.delete_volume(name, done)
        return step
    step.needs = [("pool", ctx.wanted.pool.name)]
    size = volume.size or 0
    if name not in ctx.volumes:
        step.changes = [Change("size", None, _units.format_bytes(size))]
        step.apply = lambda done: _make_volume(ctx, name, size, done)
        return step
    handle = ctx.host.volume_handle(ctx.pool, name)
    found = ctx.host.volume_bytes(handle)
    if size < found:
        raise FuyajoError(
            f"{volume.name} has {_units.format_bytes(found)} and cannot shrink", INVALID
        )
    if size > found:
        step.changes = [
            Change("size", _units.format_bytes(found), _units.format_bytes(size)),
        ]
        step.apply = lambda done: _grow_volume(ctx, name, size, done)
    return step


def _make_volume(ctx: Context, name: str, size: int, step: Step) -> None:
    ctx.host.make_volume(ctx.pool, _storage.Volume(name, size))
    step.actions.append(f"create {name}")
    ctx.volumes.add(name)


def _grow_volume(ctx: Context, name: str, size: int, step: Step) -> None:
    ctx.host.grow_volume(ctx.host.volume_handle(ctx.pool, name), size)
    step.actions.append(f"grow {name}")


KIND = Kind("volume", "volumes", 30, parse_volume, plan_volume)
