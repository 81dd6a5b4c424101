# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what runs to what is defined: which devices can be moved while the machine runs. Pure.

A `Move` is one live act that is known to work where the board has room for it; everything else waits
for the next start. The same function answers before (what would happen) and decides what is done.
"""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any, Iterable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    Disk,
    Domain,
    Meta,
    Nic,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import projection

ATTACH, DETACH, UPDATE = "attach", "detach", "update"
# Buses on which a disk may come and go. IDE and SATA have fixed sockets.
_PLUGGABLE = ("virtio", "scsi", "usb")
_DRIVES = ("cdrom", "floppy")
_DISK_PARTS = ("bus", "format", "readonly", "cache", "io", "discard", "shareable", "serial")
_NIC_PARTS = ("model", "backend", "forwards")
_AT_START = (
    "machine",
    "cpu_mode",
    "cpu_model",
    "firmware",
    "secure_boot",
    "tpm",
    "boot",
    "video",
    "graphics",
    "serial_log",
    "guest_agent",
    "shares",
    "host_devices",
)


@dataclass
class Move:
    """One live act on one device: its list (``disks``, ``nics``), its key there, the act, its XML."""

    group: str
    key: str
    act: str
    xml: str


@dataclass
class Way:
    """How a running machine gets to its definition: by what is here, and ``restart`` for the rest.

    ``restart`` holds (option, key of the element or ""). ``cpus`` and ``memory_mib`` are what is to be
    asked for now; None when nothing is.
    """

    moves: list[Move] = field(default_factory=list)
    cpus: int | None = None
    memory_mib: int | None = None
    restart: set[tuple[str, str]] = field(default_factory=set)

    @property
    def is_there(self) -> bool:
        """True when what runs is what is defined."""
        return not (self.moves or self.restart or self.cpus)


def way(now_xml: str, now: Domain, later_xml: str, later: Domain) -> Way:
    """Return how a running machine gets to what its definition says.

    ``now`` and ``later`` are the documents of the two texts.
    """
    found = Way()
    here, there = _xml.load(now_xml), _xml.load(later_xml)
    _sizes(found, now, later)
    _fixed(found, now, later)
    room = _free_slots(here)
    _disks(found, (here, now.disks), (there, later.disks), room)
    _nics(found, (here, now.nics), (there, later.nics), room)
    return found


def _sizes(found: Way, now: Domain, later: Domain) -> None:
    """Processors and memory: as much of them as the machine was started for is there at once."""
    for key in ("cpus", "memory_mib"):
        value = getattr(later, key)
        most, limit = getattr(later, f"max_{key}"), getattr(now, f"max_{key}") or getattr(now, key)
        if value > limit or (most is None and limit != value):
            found.restart.add((key, ""))
        if most is not None and most != limit:
            found.restart.add((f"max_{key}", ""))
    # What the balloon holds is the guest's business: a guest without a driver never gives anything back.
    if now.memory_mib != later.memory_mib and ("memory_mib", "") not in found.restart:
        found.memory_mib = later.memory_mib
    if now.cpus != later.cpus and later.cpus <= (now.max_cpus or now.cpus):
        found.cpus = later.cpus
        if later.cpus < now.cpus:
            # It can be asked for, but few guests give a processor back.
            found.restart.add(("cpus", ""))


def _fixed(found: Way, now: Domain, later: Domain) -> None:
    """What QEMU is told when it starts, and never again."""
    here, there = projection(now), projection(later)
    for key in _AT_START:
        if key == "cpu_model" and later.cpu_mode != "custom":
            continue
        if key == "cpu_mode" and later.cpu_mode == "host-model":
            continue  # what runs says which model that became
        if here[key] != there[key]:
            found.restart.add((key, ""))
    if [arg.value for arg in now.qemu_args] != [arg.value for arg in later.qemu_args]:
        found.restart |= {("nics", ""), ("forwards", "")}
    seeds = [(each.meta or Meta()).seed for each in (now, later)]
    if seeds[0] != seeds[1]:
        found.restart.add(("cloud_init", ""))


def nic_key(nic: Nic) -> str:
    """Return what makes two descriptions of a network card the same card."""
    return (nic.mac or "").lower()


def _disks(
    found: Way,
    here: tuple[ET.Element, list[Disk]],
    there: tuple[ET.Element, list[Disk]],
    room: list[int],
) -> None:
    now = _keyed(here, "devices/disk", lambda disk: disk.dev)
    later = _keyed(there, "devices/disk", lambda disk: disk.dev)
    gone = {_source(now[key][0]) for key in now.keys() - later.keys()}
    come = {_source(later[key][0]) for key in later.keys() - now.keys()}
    for key in sorted(now.keys() | later.keys()):
        if key not in now:
            # A disk that changes its place must not vanish under a guest that uses it.
            need = (
                "restart" if _source(later[key][0]) in gone else _can_plug(later[key][0], here[0])
            )
            _attach(found, ("disks", key), later[key][1], room, need)
        elif key not in later:
            free = now[key][0].bus in _PLUGGABLE and _source(now[key][0]) not in come
            _detach(found, ("disks", key), now[key][1], free)
        else:
            _change_disk(found, key, now[key], later[key])


def _can_plug(disk: Disk, board: ET.Element) -> str:
    """Return what plugging a disk in takes: ``slot``, ``nothing``, or ``restart``."""
    if disk.device != "disk" or disk.bus not in _PLUGGABLE:
        return "restart"
    if disk.bus == "virtio":
        return "slot"
    kinds = {each.get("type"): each.get("model") for each in board.findall("devices/controller")}
    ready = kinds.get(str(disk.bus), "none") != "none"
    return "nothing" if ready else "restart"


def _change_disk(
    found: Way, key: str, now: tuple[Disk, ET.Element], later: tuple[Disk, ET.Element]
) -> None:
    old, new = now[0], later[0]
    parts = [name for name in _DISK_PARTS if not (name == "format" and new.device in _DRIVES)]
    if old.device != new.device or old.boot_order != new.boot_order or _differ(old, new, parts):
        found.restart.add(("disks", key))
    elif _source(old) != _source(new):
        if new.device not in _DRIVES:
            found.restart.add(("disks", key))
            return
        text = _with_medium(now[1], later[1])
        found.moves.append(Move("disks", key, UPDATE, text))


def _source(disk: Disk) -> tuple[Any, ...]:
    return disk.path or None, disk.block, disk.pool, disk.volume


def _nics(
    found: Way,
    here: tuple[ET.Element, list[Nic]],
    there: tuple[ET.Element, list[Nic]],
    room: list[int],
) -> None:
    now = _keyed(here, "devices/interface", nic_key)
    later = _keyed(there, "devices/interface", nic_key)
    for key in sorted(now.keys() | later.keys()):
        if key not in now:
            need = "slot" if later[key][0].kind != "user" else "restart"
            _attach(found, ("nics", key), later[key][1], room, need)
        elif key not in later:
            _detach(found, ("nics", key), now[key][1], now[key][0].kind != "user")
        else:
            _change_nic(found, key, now[key], later[key])


def _change_nic(
    found: Way, key: str, now: tuple[Nic, ET.Element], later: tuple[Nic, ET.Element]
) -> None:
    old, new = now[0], later[0]
    if (
        old.boot_order != new.boot_order
        or _differ(old, new, _NIC_PARTS)
        or _plug(old) != _plug(new)
    ):
        found.restart.add(("nics", key))
    elif (old.link or "up") != (new.link or "up"):
        card = copy.deepcopy(now[1])
        # Said in both cases: a card that says nothing keeps its link as it is.
        _xml.put(card, "link@state", new.link or "up")
        found.moves.append(Move("nics", key, UPDATE, _xml.dump(card)))


def _plug(nic: Nic) -> tuple[Any, ...]:
    # A running card on a network tells its bridge as well.
    return nic.kind, nic.network, nic.bridge if nic.kind == "bridge" else None


def _attach(
    found: Way, where: tuple[str, str], element: ET.Element, room: list[int], need: str
) -> None:
    if need == "restart" or (need == "slot" and not room):
        found.restart.add(where)
        return
    if need == "slot":
        room.pop()
    bare = copy.deepcopy(element)
    for address in bare.findall("address"):
        # It belongs to the board of the next start, which may have more slots than this one.
        bare.remove(address)
    found.moves.append(Move(where[0], where[1], ATTACH, _xml.dump(bare)))


def _detach(found: Way, where: tuple[str, str], element: ET.Element, can: bool) -> None:
    if not can:
        found.restart.add(where)
        return
    found.moves.append(Move(where[0], where[1], DETACH, _xml.dump(element)))


def _with_medium(drive: ET.Element, other: ET.Element) -> str:
    """Return the drive as it is, with the medium of another one."""
    made = copy.deepcopy(drive)
    # What the running drive has below its old medium is not the new one's.
    for old in made.findall("source") + made.findall("backingStore"):
        made.remove(old)
    source = other.find("source")
    if source is not None:
        made.append(copy.deepcopy(source))
    return _xml.dump(made)


def _keyed(side: tuple[ET.Element, list[Any]], path: str, key: Any) -> dict[str, Any]:
    pairs = zip(side[1], side[0].findall(path))
    return {key(document): (document, element) for document, element in pairs}


def _differ(old: Any, new: Any, names: Iterable[str]) -> bool:
    return any(getattr(old, name) != getattr(new, name) for name in names)


def _free_slots(root: ET.Element) -> list[int]:
    """Return the places where a PCI device can be plugged in while the machine runs."""
    used: set[tuple[int, int]] = set()
    for address in root.findall("devices/*/address[@type='pci']"):
        used.add((_number(address.get("bus")), _number(address.get("slot"))))
    ports = [
        _number(each.get("index"))
        for each in root.findall("devices/controller[@type='pci']")
        if each.get("model") == "pcie-root-port"
    ]
    if root.find("devices/controller[@model='pcie-root']") is not None:
        buses = {bus for bus, _slot in used}
        return [port for port in ports if port not in buses]
    if root.find("devices/controller[@model='pci-root']") is None:
        return []
    return [slot for slot in range(1, 32) if (0, slot) not in used]


def _number(text: str | None) -> int:
    try:
        return int(text or "0", 0)
    except ValueError:
        return 0
