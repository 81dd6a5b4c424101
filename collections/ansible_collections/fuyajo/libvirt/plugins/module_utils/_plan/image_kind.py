# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base images: content-addressed files that disks are made on top of."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass
class WantedImage:
    """A base image: a local file and the digest its content must have."""

    name: str
    path: str | None
    sha256: str
    state: str = "present"


def parse_image(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedImage:
    """Return the checked form of one element of ``images``."""
    sha256 = str(raw.get("sha256") or "").lower()
    if not _SHA256.fullmatch(sha256):
        check.problem(f"{at}.sha256", "must be 64 hexadecimal digits")
    path = check.path(f"{at}.path", raw.get("path"))
    state = raw.get("state") or "present"
    if path is None and state == "present":
        check.problem(f"{at}.path", "is required")
    return WantedImage(check.name(f"{at}.name", raw.get("name"), dots=True), path, sha256, state)


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
    if not there:
        if image.path is not None and not os.path.isfile(image.path):
            raise FuyajoError(f"there is no file {image.path} for the image {image.name}", INVALID)
        if not ctx.host.is_local:
            raise FuyajoError("an image is copied as a file: run this on the hypervisor", INVALID)
        step.changes = [Change("volume", None, volume)]
        step.apply = lambda done: _apply_image(ctx, image, volume, done)
    return step


def _apply_image(ctx: Context, image: WantedImage, volume: str, step: Step) -> None:
    target = ctx.path_of(volume)
    if not os.path.exists(target):
        _files.copy_image(image.path or "", target, image.sha256)
        step.actions.append(f"copy {volume}")
    ctx.host.refresh_pool(ctx.pool)
    ctx.volumes.add(volume)


def _plan_image_absent(ctx: Context, step: Step, volume: str) -> Step:
    users = ctx.users_of(volume)
    if users:
        raise FuyajoError(
            f"the image {step.name} ({volume}) is in use by {', '.join(users)}", CONFLICT
        )
    step.changes = [Change("volume", volume, None)]
    step.apply = lambda done: ctx.delete_volume(volume, done)
    return step


KIND = Kind("image", "images", 10, parse_image, plan_image)
