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
from typing import Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import metadata as _metadata
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
    """What a restored machine gets. ``uuid`` and ``ports`` count only when it has a new name.

    ``disks`` is {target: (file, format)}; ``ports`` {port of the guest: port of the host}; ``present``
    says which files of other disks still exist.
    """

    name: str
    renamed: bool
    owner: str
    mark: Mark
    disks: Mapping[str, tuple[str, str]]
    uuid: str | None = None
    seed: str | None = None
    ports: Mapping[int, int] = field(default_factory=dict)
    present: frozenset[str] = frozenset()


def volume_of(vm: str, disk: KeptDisk) -> str:
    """Return the volume that a disk comes back as."""
    suffix = disk.suffix or ("" if disk.format == "qcow2" else disk.target)
    return f"{vm}.{suffix}.{disk.format}" if suffix else _storage.disk_name(vm)


def nvram_of(domain_xml: str) -> str | None:
    """Return where a definition keeps the firmware's variables, or None."""
    return (_xml.get(_xml.load(domain_xml), "os/nvram") or "").strip() or None


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
        _rename(root, reborn)
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
    if set(foreign) - allowed or (words and words != _own_words(document)):
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


def _rename(root: ET.Element, reborn: Reborn) -> None:
    """Make the machine another one: nothing that has to be unique stays the same."""
    _xml.put(root, "name", reborn.name)
    _xml.put(root, "uuid", reborn.uuid)
    for old in root.findall("genid"):
        root.remove(old)
    for system in root.findall("sysinfo/system"):
        for entry in system.findall("entry[@name='uuid']"):
            system.remove(entry)
    nvram = root.find("os/nvram")
    if nvram is not None and (nvram.text or "").strip():
        nvram.text = renamed_nvram((nvram.text or "").strip(), reborn.name)
    _rename_cards(root, reborn)


def _rename_cards(root: ET.Element, reborn: Reborn) -> None:
    cards = root.findall("devices/interface")
    for index, card in enumerate(cards):
        _xml.put(card, "mac@address", _defaults.mac_for(reborn.owner, reborn.name, index))
        for old in card.findall("target"):
            card.remove(old)
        for spread in card.findall("portForward/range"):
            guest = _number(spread.get("to") or spread.get("start"))
            if guest in reborn.ports:
                spread.set("to", str(guest))
                spread.set("start", str(reborn.ports[guest]))
    for forward in root.findall(_steps(f"{_metadata.META}/fuyajo:forward")):
        guest = _number(forward.get("guest"))
        if guest in reborn.ports:
            forward.set("host", str(reborn.ports[guest]))
    _rename_user_net(root, reborn, len(cards))


def _rename_user_net(root: ET.Element, reborn: Reborn, index: int) -> None:
    words = root.findall(_steps("qemu:commandline/qemu:arg"))
    if words:
        forwards = [_domain.Forward(guest, host) for guest, host in reborn.ports.items()]
        mac = _defaults.mac_for(reborn.owner, reborn.name, index)
        for word, arg in zip(words, _domain.user_net_args(forwards, mac)):
            word.set("value", arg.value)


def renamed_nvram(path: str, name: str) -> str:
    """Return where a machine of another name keeps the firmware's variables."""
    return os.path.join(os.path.dirname(path), f"{name}_VARS.fd")


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) else 0


def _steps(path: str) -> str:
    return "/".join(_xml.expand(step) for step in path.split("/"))
