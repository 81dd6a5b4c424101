# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""cloud-init's NoCloud seed: documents, and the small CD image that carries them. Pure.

user-data is written as JSON below the ``#cloud-config`` line. JSON is YAML, and a JSON encoder
cannot be talked into starting a new key, whatever a value contains.

The image is ISO 9660 without extensions. Linux shows ``USER-DATA.;1`` as ``user-data``: its isofs
turns such names to lower case and drops the ``.;1``. The same input always gives the same bytes.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Mapping

BLOCK = 2048
LABEL = b"cidata"
_SYSTEM_BLOCKS = 16
# Blocks: 16 volume descriptor, 17 terminator, 18/19 path tables, 20 root directory, then files.
_PATH_LE, _PATH_BE, _ROOT, _FIRST_FILE = 18, 19, 20, 21
# 1980-01-01T00:00:00 UTC in the two forms ISO 9660 knows: no clock, so no changing bytes.
_SHORT_DATE = bytes((80, 1, 1, 0, 0, 0, 0))
_LONG_DATE = b"1980010100000000\0"
_NO_DATE = b"0" * 16 + b"\0"


def seed_image(name: str, instance: str, cloud_init: Mapping[str, Any]) -> bytes:
    """Return the seed of a machine as bytes of an ISO image.

    ``cloud_init`` may hold ``user``, ``ssh_authorized_keys``, ``hostname``, ``user_data`` (merged
    at the top level) and ``network_config``. ``instance`` tells cloud-init when a disk is a new
    machine. Raises ValueError for a text of more than one line.
    """
    hostname = one_line("hostname", cloud_init.get("hostname") or name)
    files = {
        "meta-data": _json(
            {"instance-id": one_line("instance", instance), "local-hostname": hostname}
        ),
        "user-data": b"#cloud-config\n" + _json(user_data(hostname, cloud_init)),
    }
    if cloud_init.get("network_config"):
        files["network-config"] = _json(dict(cloud_init["network_config"]))
    return iso_image(files)


def user_data(hostname: str, cloud_init: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cloud-config document. No package is touched: that is Ansible's part."""
    data: dict[str, Any] = {
        "hostname": hostname,
        "preserve_hostname": False,
        "ssh_pwauth": False,
        "package_update": False,
        "package_upgrade": False,
    }
    keys = [one_line("ssh key", key) for key in cloud_init.get("ssh_authorized_keys") or ()]
    if cloud_init.get("user"):
        data["users"] = [
            {
                "name": one_line("user", cloud_init["user"]),
                "sudo": "ALL=(ALL) NOPASSWD:ALL",
                "shell": "/bin/bash",
                "lock_passwd": True,
                "ssh_authorized_keys": keys,
            }
        ]
    elif keys:
        data["ssh_authorized_keys"] = keys
    data.update(cloud_init.get("user_data") or {})
    return data


def one_line(what: str, text: Any) -> str:
    """Return ``text`` when it is one printable line, else raise ValueError."""
    if not isinstance(text, str) or not text or not text.isprintable():
        raise ValueError(f"{what} must be one printable line")
    return text


def iso_image(files: Mapping[str, bytes]) -> bytes:
    """Return an ISO 9660 image, labelled for NoCloud, with ``files`` in its root directory."""
    names = sorted(files)
    extents: dict[str, int] = {}
    block = _FIRST_FILE
    for name in names:
        extents[name] = block
        block += _blocks(files[name])
    root = _record(b"\0", _ROOT, BLOCK, True) + _record(b"\1", _ROOT, BLOCK, True)
    for name in names:
        root += _record(f"{name.upper()}.;1".encode(), extents[name], len(files[name]), False)
    if len(root) > BLOCK:
        raise ValueError("too many files for a seed")
    parts = [b"\0" * (_SYSTEM_BLOCKS * BLOCK), _volume_descriptor(block), b"\xffCD001\x01"]
    parts += [_path_table("<"), _path_table(">"), root]
    parts += [files[name] for name in names]
    return b"".join(_pad(part) for part in parts)


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"


def _blocks(data: bytes) -> int:
    return -(-len(data) // BLOCK)


def _pad(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % BLOCK)


def _both(value: int) -> bytes:
    """Return a 32 bit number in both byte orders, as ISO 9660 wants it."""
    return struct.pack("<I", value) + struct.pack(">I", value)


def _both16(value: int) -> bytes:
    return struct.pack("<H", value) + struct.pack(">H", value)


def _record(name: bytes, extent: int, size: int, directory: bool) -> bytes:
    body = b"\0" + _both(extent) + _both(size) + _SHORT_DATE
    body += bytes((2 if directory else 0, 0, 0)) + _both16(1) + bytes((len(name),)) + name
    body += b"\0" * ((len(body) + 1) % 2)
    return bytes((len(body) + 1,)) + body


def _path_table(order: str) -> bytes:
    return bytes((1, 0)) + struct.pack(order + "IH", _ROOT, 1) + b"\0\0"


def _volume_descriptor(blocks: int) -> bytes:
    out = b"\x01CD001\x01\0" + b" " * 32 + LABEL.ljust(32) + b"\0" * 8
    out += _both(blocks) + b"\0" * 32 + _both16(1) + _both16(1) + _both16(BLOCK) + _both(10)
    out += struct.pack("<II", _PATH_LE, 0) + struct.pack(">II", _PATH_BE, 0)
    out += _record(b"\0", _ROOT, BLOCK, True)
    out += b" " * (128 * 4) + b" " * (37 * 3)
    return out + _LONG_DATE + _LONG_DATE + _NO_DATE + _NO_DATE + b"\x01"
