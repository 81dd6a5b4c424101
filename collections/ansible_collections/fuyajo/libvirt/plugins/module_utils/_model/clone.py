# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's definition becomes that of its copy: another machine that knows where it came from. Pure."""

from __future__ import annotations

import os
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import another as _another
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

# Our own metadata element is written anew by every change; this one only says where a clone came from.
_ORIGIN = "{urn:fuyajo:clone:1}clone"
_OURS = "metadata/fuyajo:vm"


@dataclass
class Clone:
    """What the copy gets of its own. ``files`` by disk target: (path, format)."""

    name: str
    owner: str
    uuid: str
    source: str
    source_uuid: str | None
    forwards: list[_domain.Forward] = field(default_factory=list)
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    nvram: str | None = None
    unfinished: str | None = None


def cloned(text: str, clone: Clone) -> str:
    """Return the domain XML of the copy of a domain XML."""
    root = _xml.load(text)
    identity = _another.Identity(clone.name, clone.owner, clone.uuid, clone.forwards, clone.nvram)
    _another.become(root, identity)
    _mark(root, clone)
    return _snapshot.pointed(_xml.dump(root), clone.files)


def dropped(text: str) -> list[str]:
    """Return what a copy of a domain XML will not have, or only anew, in plain words."""
    root = _xml.load(text)
    # What is dropped does not depend on who the other machine is.
    found = _another.become(root, _another.Identity("", "", ""))
    if root.find("devices/tpm") is not None:
        found.append("what the TPM holds")
    return sorted(found)


def origin(text: str) -> str | None:
    """Return the name of the machine that this one was cloned from, or None."""
    mark = _xml.load(text).find(f"metadata/{_ORIGIN}")
    return None if mark is None else mark.get("source")


def is_unfinished(text: str) -> bool:
    """Say whether the making of a machine was not finished."""
    return bool(_xml.get(_xml.load(text), f"{_OURS}/fuyajo:unfinished"))


def volume_for(clone: str, source: str, seen: _snapshot.DiskSeen, root: bool) -> str:
    """Return the name of the volume that a copy's disk becomes."""
    name, ending = os.path.basename(seen.path or ""), "qcow2" if seen.format == "qcow2" else "raw"
    plain = name.startswith(f"{source}.") and not _snapshot.is_overlay(source, name)
    if plain and name.endswith(f".{ending}"):
        return clone + name[len(source) :]
    if root and ending == "qcow2":
        return _storage.disk_name(clone)
    return f"{clone}.{seen.target}.{ending}"


def _mark(root: ET.Element, clone: Clone) -> None:
    """Say where the copy comes from, and nothing of what was noted about its source."""
    ours = _xml.put(root, _OURS, None)
    for key in ("unfinished", "spec_digest", "seed"):
        for old in ours.findall(_xml.expand(f"fuyajo:{key}")):
            ours.remove(old)
    if clone.unfinished is not None:
        _xml.put(ours, "fuyajo:unfinished", clone.unfinished)
    above = _xml.put(root, "metadata", None)
    for old in above.findall(_ORIGIN):
        above.remove(old)
    mark = ET.SubElement(above, _ORIGIN, source=clone.source)
    if clone.source_uuid:
        mark.set("uuid", clone.source_uuid)
