# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pools and volumes as documents, and the same as libvirt's XML. Pure.

What a file is called says whose it is. A machine's name holds no dot, so none of these collide.
Reading is liberal: a pool or volume of any kind gives a document, what it does not say is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import Const, One, Row

UNKNOWN = "unknown"
# Pools whose volumes are files below a directory.
FILE_POOLS = ("dir", "fs", "netfs", "gluster", "vstorage")
_BASE = re.compile(r"base-[0-9a-f]{16}\.qcow2", re.ASCII)
_MACHINES = re.compile(r"[a-z][a-z0-9-]*(\.qcow2|\.[a-z0-9-]+\.(qcow2|raw)|\.seed\.iso)", re.ASCII)
_ALONE = re.compile(r"[^.]+\.vol\.(qcow2|raw)", re.ASCII)


@dataclass
class Pool:
    """Storage that libvirt manages: mostly a directory. Sizes are bytes, ``mode`` is octal text."""

    name: str
    path: str = ""
    type: str = "dir"
    uuid: str | None = None
    host: str | None = None
    device: str | None = None
    directory: str | None = None
    source_name: str | None = None
    source_format: str | None = None
    mode: str | None = None
    owner: int | None = None
    group: int | None = None
    capacity: int | None = None
    allocation: int | None = None
    available: int | None = None


@dataclass
class Backing:
    """The file below an overlay."""

    path: str = ""
    format: str = "qcow2"


@dataclass
class Volume:
    """A volume of a pool. ``capacity`` is what a guest sees, ``allocation`` what it takes, in bytes."""

    name: str
    capacity: int = 0
    format: str = "qcow2"
    mode: str | None = None
    backing: Backing | None = None
    path: str | None = None
    allocation: int | None = None
    type: str | None = None
    modified: float | None = None


def _number(text: str) -> int | None:
    """Return a number; anything else is unknown rather than an error."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,20}", text.strip(), re.ASCII) else None


def _seconds(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,15}(\.[0-9]*)?", text, re.ASCII) else None


def _size(text: str) -> int:
    return max(_number(text) or 0, 0)


POOL_ROWS = (
    Row("type", "@type"),
    Row("name", "name"),
    Row("uuid", "uuid"),
    Row("source_name", "source/name"),
    Row("host", "source/host@name"),
    Row("device", "source/device@path"),
    Row("directory", "source/dir@path"),
    Row("source_format", "source/format@type"),
    Row("path", "target/path"),
    Row("mode", "target/permissions/mode"),
    Row("owner", "target/permissions/owner", _number),
    Row("group", "target/permissions/group", _number),
)
# What a pool holds and has left is libvirt's to say, never ours.
_POOL_SIZES = (
    Row("capacity", "capacity", _size),
    Row("allocation", "allocation", _size),
    Row("available", "available", _size),
)
VOLUME_ROWS = (
    Row("name", "name"),
    Row("capacity", "capacity", _size),
    Row("allocation", "allocation", _size),
    Row("path", "target/path"),
    Row("format", "target/format@type"),
    Row("mode", "target/permissions/mode"),
    One("backing", "backingStore", Backing, (Row("path", "path"), Row("format", "format@type"))),
)

_VOLUME_SAYS = (
    Row("type", "@type"),
    Row("modified", "target/timestamps/mtime", _seconds),
)

_VOLUME_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,126}", re.ASCII)
_POOL_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,62}", re.ASCII)


def check_volume_name(name: str) -> str:
    """Return a name that is safe as a file and in a message; raises ValueError."""
    if not isinstance(name, str) or not _VOLUME_NAME.fullmatch(name):
        raise ValueError(f"{name!a:.60} is no volume name (letters, digits and . _ + @ -)")
    if name.endswith(".part"):
        raise ValueError("names that end in .part are those of unfinished files")
    return name


def check_pool_name(name: str) -> str:
    """Return a name that is safe in a message and for libvirt's own files; raises ValueError."""
    if not isinstance(name, str) or not _POOL_NAME.fullmatch(name):
        raise ValueError(f"{name!a:.60} is no pool name (letters, digits and . _ + -)")
    return name


def base_name(sha256: str) -> str:
    """Return the volume name of an image; by content, so it never changes under a guest."""
    return f"base-{sha256[:16]}.qcow2"


def is_base(volume: str) -> bool:
    """Say whether a volume name is one that `base_name` makes."""
    return _BASE.fullmatch(volume) is not None


def is_machines(volume: str) -> bool:
    """Say whether a volume of that name in our pool would count as a machine's disk or seed."""
    return bool(_MACHINES.fullmatch(volume)) and not _ALONE.fullmatch(volume)


def disk_name(vm: str) -> str:
    """Return the volume name of a machine's root disk."""
    return f"{vm}.qcow2"


def data_name(vm: str, disk: str, form: str) -> str:
    """Return the volume name of one of a machine's data disks."""
    return f"{vm}.{disk}.{form}"


def seed_name(vm: str) -> str:
    """Return the volume name of a machine's cloud-init seed."""
    return f"{vm}.seed.iso"


def volume_name(name: str, form: str = "qcow2") -> str:
    """Return the volume name of a stand-alone volume."""
    return f"{name}.vol.{form}"


def build_pool(pool: Pool) -> str:
    """Return the pool XML."""
    # A pool without a path (libvirt knows where a volume group is) has no empty one either.
    plain: Any = replace(pool)
    plain.path = pool.path or None
    root = _xml.build("pool", plain, POOL_ROWS)
    if pool.type == "logical":
        _xml.put(root, "target", None)  # wanted by libvirt's schema even when it says nothing
    return _xml.dump(root)


def parse_pool(text: str) -> Pool:
    """Return the document of a pool XML."""
    pool = _xml.parse(Pool, _xml.load(text), POOL_ROWS + _POOL_SIZES)
    if pool.mode is not None:
        pool.mode = plain_mode(pool.mode)
    return pool


def edit_pool(text: str, edits: Mapping[str, str]) -> str:
    """Return a pool XML with some places (XML path: text) written anew, the rest as it was."""
    root = _xml.load(text)
    for path, value in edits.items():
        _xml.put(root, path, value)
    return _xml.dump(root)


def plain_mode(mode: str) -> str:
    """Return an octal mode as four digits, the way libvirt shows it; other texts as they are."""
    return f"{int(mode, 8):04o}" if re.fullmatch(r"[0-7]{1,5}", mode, re.ASCII) else mode


def build_volume(volume: Volume) -> str:
    """Return the volume XML."""
    # A qcow2 of version 3: discards and lazy counters; every QEMU of the last ten years reads it.
    rows = VOLUME_ROWS + ((Const("target/compat", "1.1"),) if volume.format == "qcow2" else ())
    return _xml.dump(_xml.build("volume", volume, rows))


def parse_volume(text: str) -> Volume:
    """Return the document of a volume XML; a backing store without a path counts as none."""
    root = _xml.load(text)
    volume = _xml.parse(Volume, root, VOLUME_ROWS + _VOLUME_SAYS)
    if _xml.find(root, "target/format") is None:
        volume.format = UNKNOWN
    if volume.backing is not None and not volume.backing.path:
        volume.backing = None
    elif volume.backing is not None and _xml.find(root, "backingStore/format") is None:
        volume.backing.format = UNKNOWN
    return volume
