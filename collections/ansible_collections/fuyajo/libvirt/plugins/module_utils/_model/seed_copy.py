# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seed of a copied machine: that of the original with a new name and a new identity. Pure."""

from __future__ import annotations

import json
import struct

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import (
    BLOCK,
    iso_image,
    one_line,
)

_DESCRIPTOR, _ROOT_RECORD = 16 * BLOCK, 156
_HEAD = b"#cloud-config\n"


def seed_copy(data: bytes, name: str, instance: str) -> bytes:
    """Return a seed of ours for another machine: its host name is ``name``.

    Raises ValueError when ``data`` is not a seed as `seed.seed_image` makes it.
    """
    files = read_iso(data)
    meta = _document(files.get("meta-data", b""))
    user = files.get("user-data", b"")
    if not user.startswith(_HEAD):
        raise ValueError("user-data is not a cloud-config of ours")
    config = _document(user[len(_HEAD) :])
    meta["instance-id"] = one_line("instance", instance)
    meta["local-hostname"] = name
    for key in ("hostname", "fqdn"):
        if key in config:
            config[key] = name
    files["meta-data"] = _text(meta)
    files["user-data"] = _HEAD + _text(config)
    return iso_image(files)


def read_iso(data: bytes) -> dict[str, bytes]:
    """Return {name: content} of the root directory of an ISO 9660 image without extensions."""
    found: dict[str, bytes] = {}
    if data[_DESCRIPTOR + 1 : _DESCRIPTOR + 6] != b"CD001":
        raise ValueError("not an ISO 9660 image")
    try:
        start, size = struct.unpack_from("<I4xI", data, _DESCRIPTOR + _ROOT_RECORD + 2)
        at, end = start * BLOCK, start * BLOCK + size
        while at < end and data[at]:
            length = data[at]
            extent, count = struct.unpack_from("<I4xI", data, at + 2)
            name = data[at + 33 : at + 33 + data[at + 32]]
            if not data[at + 25] & 2:
                content = data[extent * BLOCK : extent * BLOCK + count]
                found[name.decode("ascii").partition(";")[0].rstrip(".").lower()] = content
            at += length
    except (IndexError, struct.error, UnicodeDecodeError):
        raise ValueError("a damaged ISO 9660 image") from None
    return found


def _document(text: bytes) -> dict[str, object]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not a document of ours")
    return found


def _text(document: dict[str, object]) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"
