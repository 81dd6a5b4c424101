# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The definition that comes out of a backup, made from the one that went in. Pure.

The text lay on a disk for a while. What could reach further into the host than a disk of our own is
refused or taken out, and everything else stays as it was.
"""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Mapping, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import another as _another
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import KeptDisk
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import Row

MARK_PREFIX = "restored"
MARK_NAMESPACE = _xml.NAMESPACES[MARK_PREFIX]
_MAC = re.compile(r"mac=([0-9a-f]{2}(?::[0-9a-f]{2}){5})", re.ASCII)


@dataclass
class Mark:
    """What a restored machine keeps of where it comes from: the backup's name and digest."""

    name: str = ""
    digest: str = ""
    complete: str = "no"


_MARK_ROWS = (Row("name", "@name"), Row("digest", "@digest"), Row("complete", "@complete"))


@dataclass
class Reborn:
    """What a restored machine gets. ``uuid`` and ``forwards`` count only when it has a new name.

    ``disks`` is {target: (file, format)}; ``present`` says which files of other disks
    still exist.
    """

    name: str
    renamed: bool
    owner: str
    mark: Mark
    disks: Mapping[str, tuple[str, str]]
    uuid: str = ""
    seed: str | None = None
    forwards: Sequence[_domain.Forward] = field(default_factory=tuple)
    present: frozenset[str] = frozenset()


def volume_of(vm: str, disk: KeptDisk) -> str:
    """Return the volume that a disk comes back as."""
    suffix = disk.suffix or ("" if disk.format == "qcow2" else disk.target)
    return f"{vm}.{suffix}.{disk.format}" if suffix else _storage.disk_name(vm)


def parse_mark(domain_xml: str) -> Mark | None:
    """Return from which backup a machine was restored, or None."""
    found = _xml.find(_xml.load(domain_xml), f"metadata/{MARK_PREFIX}:backup")
    return None if found is None else _xml.parse(Mark, found, _MARK_ROWS)


def build_mark(mark: Mark) -> str:
    """Return the mark as libvirt's metadata call wants it, without a namespace."""
    return _xml.dump(_xml.build("backup", mark, _MARK_ROWS))


def rebuild(text: str, reborn: Reborn) -> tuple[str, list[str]]:
    """Return the definition of a restored machine, and what was left out of it.

    Raises FuyajoError when the text holds what nobody may bring in through a file.
    """
    try:
        root = _xml.load(text)
    except ET.ParseError:
        raise FuyajoError("the definition in the backup is not XML", INVALID) from None
    _refuse(root, text, reborn.owner)
    notes = _disks(root, reborn)
    emulator = root.find("devices/emulator")
    if emulator is not None:
        # A program to run as named by a file: libvirt takes its own for this architecture.
        _xml.put(root, "devices", None).remove(emulator)
    if reborn.renamed:
        notes += _rename(root, reborn)
    above = _xml.put(root, "metadata", None)
    for old in above.findall(_xml.expand(f"{MARK_PREFIX}:backup")):
        above.remove(old)
    above.append(_xml.build(f"{MARK_PREFIX}:backup", reborn.mark, _MARK_ROWS))
    return _xml.dump(root), notes


def _refuse(root: ET.Element, text: str, owner: str) -> None:
    if root.tag != "domain":
        raise FuyajoError("the definition in the backup is not that of a machine", INVALID)
    inside = {id(each) for meta in root.findall("metadata") for each in meta.iter()}
    foreign = [e.tag for e in root.iter() if "}" in e.tag and id(e) not in inside]
    allowed = {_xml.expand("qemu:commandline"), _xml.expand("qemu:arg")}
    document = _domain.parse_domain(text)
    words = [arg.value for arg in document.qemu_args]
    # The metadata is of the file as well, so it alone does not make the words ours.
    own = words == _own_words(document) and _domain.has_user_net(
        _domain.Domain(qemu_args=document.qemu_args)
    )
    if set(foreign) - allowed or (words and not own):
        raise FuyajoError(
            "the definition in the backup has arguments for QEMU that this collection does not write",
            INVALID,
        )
    if document.meta is not None and document.meta.owner not in (None, owner):
        raise FuyajoError(f"the machine in the backup belongs to {document.meta.owner!r:.80}")


def _own_words(document: _domain.Domain) -> list[str]:
    """Return the QEMU arguments that we would have written for this machine."""
    found = _MAC.search(" ".join(arg.value for arg in document.qemu_args))
    meta = document.meta or _domain.Meta()
    mac = found.group(1) if found else ""
    return [arg.value for arg in _domain.user_net_args(meta.forwards, mac)]


def _disks(root: ET.Element, reborn: Reborn) -> list[str]:
    notes = []
    devices = _xml.put(root, "devices", None)
    for disk in devices.findall("disk"):
        target = _xml.get(disk, "target@dev") or ""
        source = disk.find("source")
        path = "" if source is None else source.get("file", "")
        if disk.get("device", "disk") in ("cdrom", "floppy"):
            if source is not None:
                disk.remove(source)
                notes.append(f"{target} has no medium any more ({path or 'not a file'})")
        elif target in reborn.disks:
            _point(disk, *reborn.disks[target])
        elif reborn.seed is not None and os.path.basename(path).endswith(".seed.iso"):
            _point(disk, reborn.seed, "raw")
        elif path not in reborn.present:
            devices.remove(disk)
            notes.append(f"{target} is not part of the machine any more")
    return notes


def _point(disk: ET.Element, path: str, form: str) -> None:
    for tag in ("source", "backingStore", "mirror"):
        for old in disk.findall(tag):
            disk.remove(old)
    disk.set("type", "file")
    _xml.put(disk, "driver@name", "qemu")
    _xml.put(disk, "driver@type", form)
    _xml.put(disk, "source@file", path)
    _xml.put(disk, "backingStore", None)


def _rename(root: ET.Element, reborn: Reborn) -> list[str]:
    """Make the machine another one; return what it lacks."""
    old, nvram = _xml.get(root, "name") or "", _another.nvram_of(root)
    if nvram is not None:
        nvram = _another.nvram_for(reborn.name, nvram)
    identity = _another.Identity(reborn.name, reborn.owner, reborn.uuid, reborn.forwards, nvram)
    dropped = sorted(_another.become(root, identity))
    return [f"{reborn.name} is without this of {old}: {each}" for each in dropped]
