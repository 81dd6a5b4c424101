# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of a machine as documents, and the same as libvirt's XML. Pure.

An internal snapshot lives inside the qcow2 file that the machine writes to. An external one freezes that
file: from then on the machine writes to an overlay on top of it. So the content of an external snapshot is
the file that the machine's definition named when it was taken, which libvirt keeps with the snapshot.
"""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import Many, Row

INTERNAL, EXTERNAL = "internal", "external"
# What libvirt calls the state of a machine of which only the disks were recorded while it ran.
_STATES = {"shutoff": "stopped", "disk-snapshot": "running", "blocked": "running"}
_OVERLAY = re.compile(r"\.[a-z][a-z0-9-]*\.[a-z][a-z0-9]*(\.[0-9]+)?\.qcow2", re.ASCII)


@dataclass
class SnapDisk:
    """What a snapshot does to one disk: ``how`` is internal, external, no or manual."""

    target: str = ""
    how: str | None = None
    format: str | None = None
    path: str | None = None
    type: str | None = None


@dataclass
class DiskSeen:
    """A disk as a machine's definition shows it; ``names`` are what else it may be called by."""

    target: str
    path: str | None
    format: str
    readonly: bool
    shareable: bool
    device: str
    names: set[str] = field(default_factory=set)

    @property
    def writable(self) -> bool:
        """True for what a snapshot is about: a disk that this machine alone writes to."""
        return self.device == "disk" and not self.readonly and not self.shareable


@dataclass
class Snapshot:
    """A snapshot. ``frozen`` has the files, by target, that held the content when it was taken."""

    name: str = ""
    description: str | None = None
    state: str | None = None
    parent: str | None = None
    created: int | None = None
    memory: str | None = None
    disks: list[SnapDisk] = field(default_factory=list)
    frozen: dict[str, DiskSeen] = field(default_factory=dict)
    current: bool = False
    text: str = ""

    @property
    def kind(self) -> str:
        """Return ``external`` when any part of it lies in files of its own."""
        external = self.memory == EXTERNAL or any(d.how == EXTERNAL for d in self.disks)
        return EXTERNAL if external else INTERNAL

    @property
    def included(self) -> list[str]:
        """Return the targets of the disks that it recorded."""
        return sorted(d.target for d in self.disks if d.how in (INTERNAL, EXTERNAL))

    @property
    def machine_state(self) -> str:
        """Return the state that the machine was in."""
        return _STATES.get(self.state or "", self.state or "stopped")

    def layers(self) -> dict[str, DiskSeen]:
        """Return {target: the frozen disk} of the disks that are external and are files."""
        taken = {d.target for d in self.disks if d.how == EXTERNAL}
        return {t: seen for t, seen in self.frozen.items() if t in taken and seen.path}


DISK_ROWS = (
    Row("target", "@name"),
    Row("how", "@snapshot"),
    Row("type", "@type"),
    Row("format", "driver@type"),
    Row("path", "source@file"),
)
ROWS = (
    Row("name", "name"),
    Row("description", "description"),
    Row("state", "state"),
    Row("parent", "parent/name"),
    Row("created", "creationTime", int),
    Row("memory", "memory@snapshot"),
    Many("disks", "disks/disk", SnapDisk, DISK_ROWS),
)


def parse_snapshot(text: str, current: bool = False) -> Snapshot:
    """Return the document of a snapshot's XML, ours or anybody's."""
    root = _xml.load(text)
    snapshot = _xml.parse(Snapshot, root, ROWS)
    definition = _definition(root)
    if definition is not None:
        snapshot.frozen = {seen.target: seen for seen in _disks(definition)}
    snapshot.text, snapshot.current = text, current
    return snapshot


def build_snapshot(snapshot: Snapshot) -> str:
    """Return the XML of a snapshot that is to be taken."""
    return _xml.dump(_xml.build("domainsnapshot", snapshot, ROWS))


def described(text: str, description: str) -> str:
    """Return a snapshot's XML with another description."""
    root = _xml.load(text)
    _xml.put(root, "description", description)
    return _xml.dump(root)


def repointed(text: str, target: str, path: str, disk_format: str) -> str:
    """Return a snapshot's XML whose content of one disk is another file."""
    root = _xml.load(text)
    for tag in ("domain", "inactiveDomain"):
        for definition in root.findall(tag):
            _point(definition, {target: (path, disk_format)})
    return _xml.dump(root)


def unlinked(snapshot: Snapshot) -> str:
    """Return a snapshot's XML that names its own frozen files as its overlays.

    When libvirt forgets an external snapshot, from 9.0 on, it lets all children that name its overlay name
    its frozen file instead, whether these were merged or not. So there must be no child that does.
    """
    root = _xml.load(snapshot.text)
    for disk in root.findall("disks/disk"):
        seen = snapshot.layers().get(disk.get("name", ""))
        if seen is not None:
            _xml.put(disk, "source@file", seen.path)
    return _xml.dump(root)


def machine_of(text: str) -> str | None:
    """Return the machine's definition that a snapshot recorded, as domain XML, or None."""
    definition = _definition(_xml.load(text))
    if definition is None:
        return None
    definition.tag = "domain"
    return _xml.dump(definition)


def disks_seen(domain_xml: str) -> list[DiskSeen]:
    """Return the disks of a domain XML, in its order."""
    return _disks(_xml.load(domain_xml))


def layer_files(domain_xml: str, target: str) -> list[str]:
    """Return the files that a domain XML names for one disk, the one that is written to first."""
    for disk in _xml.load(domain_xml).findall("devices/disk"):
        if _xml.get(disk, "target@dev") == target:
            return [source.get("file", "") for source in disk.iter("source")]
    return []


def pointed(domain_xml: str, files: dict[str, tuple[str, str]]) -> str:
    """Return a domain XML whose disks, by target, are other (file, format)."""
    root = _xml.load(domain_xml)
    _point(root, files)
    return _xml.dump(root)


def taken_back(then_xml: str, now_xml: str, files: dict[str, tuple[str, str]]) -> str:
    """Return a recorded definition for use now: ``files`` are the disks that go back.

    Every other disk stays what it is now: the snapshot knows nothing of its content.
    """
    root, now = _xml.load(then_xml), _xml.load(now_xml)
    devices = _xml.put(root, "devices", None)
    for disk in devices.findall("disk"):
        if _xml.get(disk, "target@dev") not in files:
            devices.remove(disk)
    for disk in now.findall("devices/disk"):
        if _xml.get(disk, "target@dev") not in files:
            devices.append(disk)
    _point(root, files)
    return _xml.dump(root)


def uses_pflash(domain_xml: str) -> bool:
    """Say whether the firmware keeps variables in flash, which internal snapshots do not cover."""
    root = _xml.load(domain_xml)
    loader = _xml.get(root, "os/loader@type") == "pflash"
    return loader or root.find("os/nvram") is not None or _xml.get(root, "os@firmware") == "efi"


def agent_answers(live_xml: str) -> bool:
    """Say whether the guest agent of a running machine is connected."""
    for target in _xml.load(live_xml).findall("devices/channel/target"):
        if target.get("name") == "org.qemu.guest_agent.0" and target.get("state") == "connected":
            return True
    return False


def overlay_name(vm: str, snapshot: str, target: str, taken: set[str]) -> str:
    """Return a name, not in ``taken``, for the file a machine writes to after a snapshot."""
    name, count = f"{vm}.{snapshot}.{target}.qcow2", 1
    while name in taken:
        count += 1
        name = f"{vm}.{snapshot}.{target}.{count}.qcow2"
    return name


def is_overlay(vm: str, volume: str) -> bool:
    """Say whether a volume is, by its name, a layer that snapshots of a machine made."""
    return volume.startswith(vm) and _OVERLAY.fullmatch(volume[len(vm) :]) is not None


def descendants(snapshots: Sequence[Snapshot], name: str) -> list[str]:
    """Return all snapshots below one, the deepest first."""
    found: list[str] = []
    for child in sorted(s.name for s in snapshots if s.parent == name):
        found += [*descendants(snapshots, child), child]
    return found


def snapshot_facts(snapshot: Snapshot, snapshots: Sequence[Snapshot]) -> dict[str, Any]:
    """Return the facts of a snapshot as plain values."""
    created = None
    if snapshot.created is not None:
        when = datetime.datetime.fromtimestamp(snapshot.created, datetime.timezone.utc)
        created = when.isoformat().replace("+00:00", "Z")
    files = {target: seen.path for target, seen in snapshot.layers().items()}
    return {
        "name": snapshot.name,
        "description": snapshot.description,
        "parent": snapshot.parent,
        "children": sorted(s.name for s in snapshots if s.parent == snapshot.name),
        "current": snapshot.current,
        "created": created,
        "state": snapshot.machine_state,
        "kind": snapshot.kind,
        "memory": snapshot.memory in (INTERNAL, EXTERNAL),
        "disks": snapshot.included,
        "files": files,
    }


def tree(snapshots: Sequence[Snapshot]) -> list[dict[str, Any]]:
    """Return [{name, current, children: [...]}], the roots first made first."""
    names = {s.name for s in snapshots}

    def below(parent: str | None) -> list[dict[str, Any]]:
        here = [s for s in snapshots if (s.parent if s.parent in names else None) == parent]
        return [
            {"name": s.name, "current": s.current, "children": below(s.name)} for s in _sorted(here)
        ]

    return below(None)


def _sorted(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    return sorted(snapshots, key=lambda s: (s.created or 0, s.name))


def _definition(root: ET.Element) -> ET.Element | None:
    # What it is at its next start says more than what it was: no aliases, no run-time paths.
    inactive = root.find("inactiveDomain")
    return root.find("domain") if inactive is None else inactive


def _disks(root: ET.Element) -> list[DiskSeen]:
    found = []
    for disk in root.findall("devices/disk"):
        names = {_xml.get(disk, "serial"), _xml.get(disk, "alias@name")}
        plain = {str(n)[3:] if str(n).startswith("ua-") else str(n) for n in names if n}
        found.append(
            DiskSeen(
                target=_xml.get(disk, "target@dev") or "",
                path=_xml.get(disk, "source@file"),
                format=_xml.get(disk, "driver@type") or "raw",
                readonly=disk.find("readonly") is not None,
                shareable=disk.find("shareable") is not None,
                device=disk.get("device", "disk"),
                names=plain,
            )
        )
    return found


def _point(root: ET.Element, files: dict[str, tuple[str, str]]) -> None:
    for disk in root.findall("devices/disk"):
        target = _xml.get(disk, "target@dev") or ""
        if target not in files:
            continue
        path, disk_format = files[target]
        _xml.put(disk, "source@file", path)
        _xml.put(disk, "driver@type", disk_format)
        for below in disk.findall("backingStore"):
            # libvirt reads the chain from the files; what was written here is not true any more.
            disk.remove(below)
