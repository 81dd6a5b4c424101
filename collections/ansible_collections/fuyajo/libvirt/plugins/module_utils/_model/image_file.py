# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image file is, and whether it is safe to open, told from its bytes alone. Pure.

QEMU follows what an image names: another file, a device, an address. So nothing is given to QEMU
before this file has looked at it, and only two formats are let through at all.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import format_bytes

FORMATS = ("qcow2", "raw")
COMPRESSED = ("gzip", "xz", "bzip2", "zstd", "zip")
# As much as any check below looks at.
HEAD_BYTES = 65536
SECTOR = 512

_QCOW2 = b"QFI\xfb"
_MAGICS = (
    (0, _QCOW2, "qcow2"),
    (0, b"QED\0", "qed"),
    (0, b"KDMV", "vmdk"),
    (0, b"COWD", "vmdk"),
    (0, b"vhdxfile", "vhdx"),
    (0, b"conectix", "vpc"),
    (0, b"LUKS\xba\xbe", "luks"),
    (0, b"OOOM", "cow"),
    (0, b"WithoutFreeSpace", "parallels"),
    (0, b"WithouFreSpacExt", "parallels"),
    (0, b"Bochs Virtual HD Image", "bochs"),
    (0, b"#!/bin/sh\n#V2.0 Format", "cloop"),
    (0x40, b"\x7f\x10\xda\xbe", "vdi"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"\xfd7zXZ\0", "xz"),
    (0, b"BZh", "bzip2"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"PK\x03\x04", "zip"),
)
_VMDK_TEXT = re.compile(rb"#\s*Disk\s*DescriptorFile", re.I)
# qcow2's incompatible features. Compressed by zstd and extended L2 tables only say how data is laid
# out; "dirty" and "corrupt" say that it is not sound.
_DIRTY, _CORRUPT, _DATA_FILE, _ZSTD, _EXTENDED_L2 = 1, 2, 4, 8, 16
_UNDERSTOOD = _ZSTD | _EXTENDED_L2
_EXT_END, _EXT_DATA_FILE = 0, 0x44415441
# QEMU's own bounds for the tables that it reads into memory.
_MAX_L1_BYTES, _MAX_REFTABLE_BYTES = 32 << 20, 8 << 20
_HEADER = struct.Struct(">4sIQIIQIIQQIIQ")  # up to the place of the snapshots: 72 bytes


@dataclass(frozen=True)
class Qcow2:
    """The fields of a qcow2 header that decide anything."""

    version: int
    backing: int
    cluster_bits: int
    size: int
    crypt: int
    l1_size: int
    l1_offset: int
    reftable_offset: int
    reftable_clusters: int
    snapshots: int
    features: int
    header_length: int


def detect(head: bytes, tail: bytes = b"") -> str:
    """Return the format of a file by its first bytes and its last sector; ``raw`` when it is none."""
    for offset, magic, name in _MAGICS:
        if head[offset : offset + len(magic)] == magic:
            return name
    if _VMDK_TEXT.match(head.lstrip()[:256]):
        return "vmdk"
    # A fixed VHD is a raw disk with a footer.
    return "vpc" if tail[-SECTOR:][:8] == b"conectix" else "raw"


def check(
    head: bytes, tail: bytes, file_bytes: int, declared: str, max_bytes: int, name: str
) -> int:
    """Return the virtual size in bytes of an image that is what it was declared to be, and safe.

    Raises FuyajoError(kind=invalid) that says what is wrong with ``name``.
    """
    found = detect(head, tail)
    if file_bytes == 0:
        raise _bad(name, "is empty")
    if found in COMPRESSED:
        raise _bad(name, f"is compressed with {found}; unpack it first")
    if found != declared:
        raise _bad(
            name,
            f"is not a {declared} image but {found}; "
            "make one with qemu-img convert -O qcow2, where it came from",
        )
    if found == "raw":
        if file_bytes % SECTOR:
            raise _bad(name, "is no raw disk: its size is not a whole number of 512-byte sectors")
        size = file_bytes
    else:
        size = _check_qcow2(head, file_bytes, name)
    if size > max_bytes:
        raise _bad(
            name,
            f"is a disk of {format_bytes(size)}; more than {format_bytes(max_bytes)} (max_size) is refused",
        )
    return size


def _check_qcow2(head: bytes, file_bytes: int, name: str) -> int:
    header = read_header(head, name)
    if header.backing or header.features & _DATA_FILE or _names_data_file(head, header):
        raise _bad(name, "refers to other files; flatten it first")
    if header.features & (_DIRTY | _CORRUPT):
        raise _bad(name, "was not closed properly or is marked as corrupt; repair it first")
    if header.features & ~_UNDERSTOOD:
        raise _bad(name, f"needs features that are not known ({header.features:#x})")
    if header.crypt:
        raise _bad(name, "is encrypted")
    if header.snapshots:
        raise _bad(name, "holds internal snapshots; flatten it first")
    _check_tables(header, file_bytes, name)
    return header.size


def read_header(head: bytes, name: str) -> Qcow2:
    """Return the header of a qcow2 file of version 2 or 3."""
    if head[:4] != _QCOW2 or len(head) < _HEADER.size:
        raise _bad(name, "is not a qcow2 image")
    (_m, version, backing, _length, bits, size, crypt, l1, l1_at, ref_at, refs, snaps, _at) = (
        _HEADER.unpack(head[: _HEADER.size])
    )
    features, length = 0, _HEADER.size
    if version not in (2, 3):
        raise _bad(name, f"is a qcow of version {version}; only 2 and 3 are read")
    if version == 3:
        if len(head) < 104:
            raise _bad(name, "is not a qcow2 image: it is cut short")
        features = struct.unpack(">Q", head[72:80])[0]
        length = struct.unpack(">I", head[100:104])[0]
        if not 104 <= length <= 4096 or length % 8:
            raise _bad(name, "has a header of an impossible length")
    return Qcow2(
        version, backing, bits, size, crypt, l1, l1_at, ref_at, refs, snaps, features, length
    )


def _check_tables(header: Qcow2, file_bytes: int, name: str) -> None:
    """Refuse sizes that do not fit together: reading such tables may take all memory there is."""
    if not 9 <= header.cluster_bits <= 21:
        raise _bad(name, "has clusters of an impossible size")
    cluster = 1 << header.cluster_bits
    if not 0 < header.size < 1 << 56 or header.size % SECTOR:
        raise _bad(name, "has a disk of an impossible size")
    entry = 16 if header.features & _EXTENDED_L2 else 8
    needed = -(-header.size // (cluster * (cluster // entry)))
    l1_bytes, ref_bytes = header.l1_size * 8, header.reftable_clusters * cluster
    # A table that was made for a larger disk is fine, within QEMU's own bound.
    if header.l1_size < needed or l1_bytes > _MAX_L1_BYTES:
        raise _bad(name, "has a table of an impossible size")
    if not 0 < ref_bytes <= max(_MAX_REFTABLE_BYTES, cluster):
        raise _bad(name, "has a table of an impossible size")
    ends = (header.l1_offset + l1_bytes, header.reftable_offset + ref_bytes)
    if max(ends) > file_bytes + cluster or header.l1_offset % cluster:
        raise _bad(name, "is cut short or damaged: its tables lie outside of it")


def _names_data_file(head: bytes, header: Qcow2) -> bool:
    """Say whether the header's extensions name a file with the data, whatever its features say."""
    at = header.header_length
    while at + 8 <= len(head):
        kind, length = struct.unpack(">II", head[at : at + 8])
        if kind in (_EXT_END, _EXT_DATA_FILE):
            return bool(kind == _EXT_DATA_FILE)
        at += 8 + -(-length // 8) * 8
    return False


def _bad(name: str, why: str) -> FuyajoError:
    return FuyajoError(f"{name} {why}", INVALID)
