# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools and volumes as documents, and the same as libvirt's XML. Pure.

What a file is called says whose it is. A machine's name holds no dot, so none of these collide.
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import Const, One, Row


@dataclass
class Pool:
    """A directory that libvirt manages."""

    name: str
    path: str


@dataclass
class Backing:
    """The file below an overlay."""

    path: str = ""
    format: str = "qcow2"


@dataclass
class Volume:
    """A file in a pool. ``capacity`` is what a guest sees, in bytes."""

    name: str
    capacity: int
    format: str = "qcow2"
    mode: str | None = None
    backing: Backing | None = None
    path: str | None = None


POOL_ROWS = (Const("@type", "dir"), Row("name", "name"), Row("path", "target/path"))
VOLUME_ROWS = (
    Row("name", "name"),
    Row("capacity", "capacity", int),
    Row("path", "target/path"),
    Row("format", "target/format@type"),
    Row("mode", "target/permissions/mode"),
    One("backing", "backingStore", Backing, (Row("path", "path"), Row("format", "format@type"))),
)


def base_name(sha256: str) -> str:
    """Return the volume name of an image; by content, so it never changes under a guest."""
    return f"base-{sha256[:16]}.qcow2"


def disk_name(vm: str) -> str:
    """Return the volume name of a machine's root disk."""
    return f"{vm}.qcow2"


def data_name(vm: str, disk: str, form: str) -> str:
    """Return the volume name of one of a machine's data disks."""
    return f"{vm}.{disk}.{form}"


def seed_name(vm: str) -> str:
    """Return the volume name of a machine's cloud-init seed."""
    return f"{vm}.seed.iso"


def volume_name(name: str) -> str:
    """Return the volume name of a stand-alone volume."""
    return f"{name}.vol.qcow2"


def build_pool(pool: Pool) -> str:
    """Return the pool XML."""
    return _xml.dump(_xml.build("pool", pool, POOL_ROWS))


def parse_pool(text: str) -> Pool:
    """Return the document of a pool XML."""
    return _xml.parse(Pool, _xml.load(text), POOL_ROWS)


def build_volume(volume: Volume) -> str:
    """Return the volume XML."""
    # A qcow2 of version 3: discards and lazy counters; every QEMU of the last ten years reads it.
    rows = VOLUME_ROWS + ((Const("target/compat", "1.1"),) if volume.format == "qcow2" else ())
    return _xml.dump(_xml.build("volume", volume, rows))


def parse_volume(text: str) -> Volume:
    """Return the document of a volume XML; a backing store without a path counts as none."""
    volume = _xml.parse(Volume, _xml.load(text), VOLUME_ROWS)
    if volume.backing is not None and not volume.backing.path:
        volume.backing = None
    return volume
