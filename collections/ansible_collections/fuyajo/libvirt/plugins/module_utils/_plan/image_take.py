# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bringing an image into the pool: next to it when the pool is on this machine, else over the wire."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, BinaryIO

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import take_image as _take
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step

if TYPE_CHECKING:
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.image_kind import (
        WantedImage,
    )


def take_in(ctx: Context, image: WantedImage, volume: str, step: Step) -> None:
    """Put an image into our pool under the name of its content, checked and whole."""
    source = _take.Source(
        image.sha256, image.path, image.url, image.format, image.max_size, image.timeout
    )
    if ctx.host.is_local:
        _place(ctx, source, volume, step)
    else:
        _send(ctx, source, volume, step)
    ctx.volumes.add(volume)


def _place(ctx: Context, source: _take.Source, volume: str, step: Step) -> None:
    target = ctx.path_of(volume)
    for left in _files.sweep_parts(ctx.pool_path):
        step.actions.append(f"sweep {left}")
    # Somebody else may have brought the very same content meanwhile: then there is nothing to do.
    if not os.path.exists(target) or step.facts is not None:
        with _take.taken(source, target) as (part, _size):
            _files.place(part, target, 0o644)
        step.actions.append(f"copy {volume}")
    ctx.host.refresh_pool(ctx.pool)


def _send(ctx: Context, source: _take.Source, volume: str, step: Step) -> None:
    if step.facts is not None:
        ctx.delete_volume(volume, step)
    with tempfile.TemporaryDirectory(prefix="fuyajo-image-") as directory:
        target = os.path.join(directory, volume)
        with _take.taken(source, target) as (part, size):
            # libvirt cannot rename, so the name is taken first: a second writer gets a conflict.
            document = _storage.Volume(volume, 0, "raw", mode="0644", allocation=0)
            handle = ctx.host.make_volume(ctx.pool, document)
            try:
                _upload(ctx, volume, part, size)
            except BaseException:
                ctx.host.delete_volume(handle)
                raise
    step.actions.append(f"upload {volume}")


def _upload(ctx: Context, volume: str, part: BinaryIO, size: int) -> None:
    handle = ctx.host.volume_handle(ctx.pool, volume)
    if handle is None:
        raise FuyajoError(f"somebody removed {volume} meanwhile", CONFLICT)
    length = os.fstat(part.fileno()).st_size
    ctx.host.upload_volume(handle, part, length)
    ctx.host.refresh_pool(ctx.pool)
    facts = ctx.host.volume_facts(handle, ctx.wanted.pool.name) or {}
    found = (facts.get("format"), facts.get("capacity_bytes"), ctx.host.file_bytes(handle))
    # Reading it all back to compare its digest would take as long as the upload.
    if found != ("qcow2", size, length):
        raise FuyajoError(f"{volume} did not arrive whole")
