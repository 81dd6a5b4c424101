# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seed of a copied machine: that of the original with a new name and a new identity. Pure."""

from __future__ import annotations

import json

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import (
    iso_image,
    one_line,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed_read import seed_files

_HEAD = b"#cloud-config\n"


def seed_copy(data: bytes, name: str, instance: str) -> bytes:
    """Return a seed of ours for another machine: its host name is ``name``.

    Raises ValueError when ``data`` is not a seed as `seed.seed_image` makes it.
    """
    files = seed_files(data)
    user = files.get("user-data", b"")
    if not user.startswith(_HEAD):
        raise ValueError("user-data is not a cloud-config of ours")
    meta = _document(files.get("meta-data", b""))
    config = _document(user[len(_HEAD) :])
    meta["instance-id"] = one_line("instance", instance)
    meta["local-hostname"] = name
    for key in ("hostname", "fqdn"):
        if key in config:
            config[key] = name
    files["meta-data"] = _text(meta)
    files["user-data"] = _HEAD + _text(config)
    return iso_image(files)


def _document(text: bytes) -> dict[str, object]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not a document of ours")
    return found


def _text(document: dict[str, object]) -> bytes:
    return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"
