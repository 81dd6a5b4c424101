# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base images: content-addressed files that disks are made on top of."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import catalogue as _catalogue
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import DESTROY, Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.image_file import FORMATS
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.uses import Uses

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
MAX_SIZE = 256 * _units.GIB
DOWNLOAD_SECONDS = 3600
# Somebody who still uploads writes more often than this.
_STILL_SECONDS = 60.0


@dataclass
class WantedImage:
    """A base image: where it comes from and the digest it must have; ``max_size`` in bytes."""

    name: str
    path: str | None
    sha256: str
    state: str = "present"
    url: str | None = None
    format: str = "qcow2"
    max_size: int = MAX_SIZE
    timeout: int = DOWNLOAD_SECONDS


def parse_image(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedImage:
    """Return the checked form of one element of ``images``."""
    sha256 = str(raw.get("sha256") or "").lower()
    if not _SHA256.fullmatch(sha256):
        check.problem(f"{at}.sha256", "must be 64 hexadecimal digits")
    name = check.name(f"{at}.name", raw.get("name"), dots=True)
    path = check.path(f"{at}.path", raw.get("path"))
    url = check.attempt(f"{at}.url", _catalogue.check_url, raw.get("url"))
    state = check.choice(f"{at}.state", raw.get("state"), ("present", "absent")) or "present"
    if raw.get("path") is not None and raw.get("url") is not None:
        check.problem(f"{at}.url", "path and url exclude each other")
    if raw.get("path") is None and raw.get("url") is None:
        url = _catalogue.url_of(name)
        if url is None and state == "present":
            check.problem(f"{at}.path", "path or url is required, or a name of the catalogue")
    max_size = check.attempt(f"{at}.max_size", _max_size, raw.get("max_size"))
    return WantedImage(
        name,
        path,
        sha256,
        state,
        url,
        check.choice(f"{at}.format", raw.get("format"), FORMATS) or "qcow2",
        MAX_SIZE if max_size is None else max_size,
        check.between(f"{at}.timeout", raw.get("timeout"), 1, 86400) or DOWNLOAD_SECONDS,
    )


def _max_size(value: Any) -> int:
    return _units.parse_bytes(value, "g")


def plan_image(ctx: Context, image: WantedImage) -> Step:
    """Return the step for one base image. A base that is there is trusted by its name."""
    volume = _storage.base_name(image.sha256)
    step = Step("image", image.name, needs=[("pool", ctx.wanted.pool.name)])
    there = volume in ctx.volumes
    facts = {
        "name": image.name,
        "sha256": image.sha256,
        "volume": volume,
        "path": ctx.path_of(volume),
    }
    step.facts = facts if there else None
    step.read = lambda: facts if volume in ctx.volumes else None
    if image.state == "absent":
        return _plan_image_absent(ctx, step, volume) if there else step
    before = volume if there else None
    if there and not _is_unfinished(ctx, volume):
        return step
    if image.path is not None and not os.path.isfile(image.path):
        raise FuyajoError(f"there is no file {image.path} for the image {image.name}", INVALID)
    step.changes = [Change("volume", before and f"{before} (unfinished)", volume)]
    step.apply = lambda done: _take_in(ctx, image, volume, done)
    return step


def _is_unfinished(ctx: Context, volume: str) -> bool:
    """Say whether a killed upload left a base without its beginning, which makes it no qcow2."""
    handle = ctx.host.volume_handle(ctx.pool, volume)
    facts = None if handle is None else ctx.host.volume_facts(handle, ctx.wanted.pool.name)
    if facts is None or facts["format"] != "raw":
        return False
    age = ctx.host.volume_age(handle)
    if age is None or age < _STILL_SECONDS:
        raise FuyajoError(f"{volume} is being uploaded by somebody else", CONFLICT)
    return True


def _take_in(ctx: Context, image: WantedImage, volume: str, step: Step) -> None:
    # Imported when it is needed: most runs fetch nothing, and the libraries for it take their time.
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import image_take

    image_take.take_in(ctx, image, volume, step)


def _plan_image_absent(ctx: Context, step: Step, volume: str) -> Step:
    users = ctx.users_of(volume)
    if users:
        raise FuyajoError(
            f"the image {step.name} ({volume}) is in use by {', '.join(users)}", CONFLICT
        )
    step.changes = [Change("volume", volume, None, DESTROY)]
    step.apply = lambda done: _delete(ctx, volume, done)
    return step


def _delete(ctx: Context, volume: str, step: Step) -> None:
    # Looked at once more: a disk may have been made on top of it since.
    users = Uses(ctx.host).of(ctx.wanted.pool.name, volume, ctx.path_of(volume))
    if users:
        raise FuyajoError(f"{volume} is in use by {', '.join(users)} now", CONFLICT)
    ctx.delete_volume(volume, step)


def plan_unused(ctx: Context, stages: list[list[Step]]) -> list[Step]:
    """Return a step for every base that nothing needs, when that was asked for."""
    if not ctx.wanted.remove_unused_images:
        return []
    wanted = {_storage.base_name(i.sha256) for i in ctx.wanted.of("images")}
    wanted |= {ctx.image_volume(vm.image) for vm in ctx.wanted.of("vms") if vm.image}
    wanted |= {v.backing for v in ctx.wanted.of("volumes") if v.backing}
    wanted |= {v.source_volume for v in ctx.wanted.of("volumes") if v.source_volume}
    doing = [step for stage in stages for step in stage if not step.error]
    going = {name for step in doing for name in _destroyed(step)}
    steps = []
    for base in sorted(ctx.volumes):
        if not _storage.is_base(base) or base in wanted:
            continue
        path = ctx.path_of(base)
        if ctx.uses().of(ctx.wanted.pool.name, base, path, ctx.absent_vms(), going):
            continue
        step = Step("image", base, changes=[Change("volume", base, None, DESTROY)])
        step.needs = [done.key for done in doing if _destroyed(done)]
        step.apply = lambda done, base=base: _delete(ctx, base, done)
        steps.append(step)
    return steps


def _destroyed(step: Step) -> list[str]:
    """Return the volumes of our pool that a step is going to delete."""
    found: list[str] = []
    for change in step.changes:
        if change.effect == DESTROY and change.path == "volumes":
            found += change.before
    if step.kind == "volume" and step.facts and any(c.effect == DESTROY for c in step.changes):
        found.append(step.facts["name"])
    return found


KIND = Kind("image", "images", 10, parse_image, plan_image, sweep=plan_unused)
