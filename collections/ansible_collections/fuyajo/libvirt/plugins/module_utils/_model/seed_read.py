# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a NoCloud seed says, read back from its image. Pure.

Whoever can write into the pool can write a seed, so nothing in it is believed: a seed that is not
one of ours reads as one that differs.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import (
    BLOCK,
    one_line,
    seed_image,
)

_DESCRIPTOR = 16 * BLOCK
_ROOT_RECORD = 156
_FILES = {"meta-data": "", "user-data": "user_data.", "network-config": "network_config."}


def seed_files(image: bytes) -> dict[str, bytes]:
    """Return {name: content} of the root directory of an ISO 9660 image; {} when it is none."""
    if image[_DESCRIPTOR + 1 : _DESCRIPTOR + 6] != b"CD001":
        return {}
    extent, size = _place(image, _DESCRIPTOR + _ROOT_RECORD)
    found: dict[str, bytes] = {}
    at, end = extent, min(extent + min(size, BLOCK), len(image) - 34)
    while at < end and image[at]:
        name = image[at + 33 : at + 33 + image[at + 32]]
        if name not in (b"\0", b"\1"):
            start, length = _place(image, at)
            plain = name.decode("ascii", "replace").partition(";")[0].rstrip(".").lower()
            found[plain] = image[start : start + length]
        at += image[at]
    return found


def instance_of(image: bytes) -> str | None:
    """Return the instance-id in a seed, or None when there is none that we would write."""
    identity = _document(seed_files(image).get("meta-data", b"")).get("instance-id")
    try:
        return one_line("instance", identity)
    except ValueError:
        return None


def seed_keys(image: bytes, other: bytes) -> list[str]:
    """Return the names of what is in ``image`` and not the same in ``other``: never the values."""
    mine, others = _flat(image), _flat(other)
    return sorted(key for key, value in mine.items() if others.get(key) != value)


def same_seed(image: bytes, name: str, instance: str, cloud_init: Mapping[str, Any]) -> bool:
    """Say whether a seed is the one that would be written."""
    return image.rstrip(b"\0") == seed_image(name, instance, cloud_init).rstrip(b"\0")


def _place(image: bytes, record: int) -> tuple[int, int]:
    """Return (offset, length) that a directory record names."""
    if record + 14 > len(image):
        return len(image), 0
    (extent,) = struct.unpack_from("<I", image, record + 2)
    (size,) = struct.unpack_from("<I", image, record + 10)
    return extent * BLOCK, size


def _flat(image: bytes) -> dict[str, str]:
    files = seed_files(image)
    found: dict[str, str] = {}
    for name, prefix in _FILES.items():
        document = _document(files.get(name, b""))
        if not document and files.get(name):
            found[name] = files[name].decode("utf-8", "replace")
        for key, value in document.items():
            found[prefix + key] = json.dumps(value, sort_keys=True)
    return found


def _document(text: bytes) -> dict[str, Any]:
    """Return the JSON object below the first comment line; {} for anything else."""
    if text.startswith(b"#"):
        text = text.partition(b"\n")[2]
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
