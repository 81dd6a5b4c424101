# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that was found, in the words of the options. Pure.

`projection` and `_plan.vm_options.wanted_options` give dictionaries of the same shape, so that making
and changing compare the same things; `settle` fills in what nobody said.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Mapping, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.defaults import board_of
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.devices import (
    AGENT_CHANNEL,
    DISK_ALIAS,
    MEDIUM_ALIAS,
    Disk,
    HostDevice,
    Nic,
    Share,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    META_KEYS,
    Domain,
    Meta,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.storage import seed_name

BOOT: Mapping[str, str] = MappingProxyType({"disk": "hd", "cdrom": "cdrom", "network": "network"})
_BOOT_WORDS = MappingProxyType({dev: word for word, dev in BOOT.items()})
_CARD_MAC = re.compile(r"virtio-net-pci,.*\bmac=([0-9a-f:]{17})\b", re.ASCII)
# Lists that are compared by the name of their elements.
_NAMED = ("disks", "media", "shares")


def projection(domain: Domain, sizes: Mapping[str, int | None] | None = None) -> dict[str, Any]:
    """Return what a machine is in the shape of the options.

    ``sizes`` maps targets of disks ("vdc") to GiB; a disk that is not in it has no ``size_gib``.
    """
    meta = domain.meta or Meta()
    return {
        "cpus": domain.cpus,
        "max_cpus": domain.max_cpus or domain.cpus,
        "memory_mib": domain.memory_mib,
        "max_memory_mib": domain.max_memory_mib or domain.memory_mib,
        "disks": [_disk(name, disk, sizes or {}) for name, disk in data_disks(domain).items()],
        "media": [{"name": name, "path": disk.path} for name, disk in media(domain).items()],
        "nics": [_nic(nic) for nic in domain.nics] + _user_card(domain),
        "forwards": [{"guest": f.guest, "host": f.host} for f in meta.forwards],
        "shares": [_share(share) for share in domain.shares],
        "host_devices": [_host_device(device) for device in domain.host_devices],
        **_hardware(domain),
        "title": domain.title or "",
        "description": domain.description or "",
        "tags": sorted(tag.name for tag in meta.tags if tag.name),
        "metadata": {key: getattr(meta, key) for key in ("owner", *META_KEYS)},
    }


def _hardware(domain: Domain) -> dict[str, Any]:
    efi = domain.firmware == "efi" or domain.loader_type == "pflash"
    secure = any(f.name == "secure-boot" and f.enabled == "yes" for f in domain.firmware_features)
    vnc = any(screen.kind == "vnc" for screen in domain.graphics)
    return {
        "firmware": "uefi" if efi else "bios",
        "secure_boot": secure or domain.loader_secure == "yes",
        "tpm": domain.tpm is not None,
        "machine": domain.machine,
        "cpu_mode": domain.cpu_mode,
        "cpu_model": domain.cpu_model,
        "boot": [_BOOT_WORDS.get(each.dev, each.dev) for each in domain.boot],
        "video": (domain.videos[0].model if domain.videos else None) or "none",
        "graphics": "vnc" if vnc else "none",
        "serial_log": domain.serial_log is not None,
        "guest_agent": any(channel.name == AGENT_CHANNEL for channel in domain.channels),
    }


def is_seed(domain: Domain, disk: Disk) -> bool:
    """Say whether a disk is the machine's cloud-init seed."""
    return disk.path.rpartition("/")[2] == seed_name(domain.name)


def root_disk(domain: Domain) -> Disk | None:
    """Return the disk a machine boots from: the first one that can be written and is no data disk."""
    for disk in domain.disks:
        if disk.device == "disk" and not disk.readonly and not _is_data(disk):
            return disk
    return None


def data_disks(domain: Domain) -> dict[str, Disk]:
    """Return {name: disk} of every disk but the root disk and the seed.

    One that is not ours, or was made without an alias, goes by its target such as ``vdc``.
    """
    root = root_disk(domain)
    return {
        _name(disk, DISK_ALIAS): disk
        for disk in domain.disks
        if disk.device in ("disk", "lun") and disk is not root and not is_seed(domain, disk)
    }


def media(domain: Domain) -> dict[str, Disk]:
    """Return {name: drive} of every CD drive; a seed in one is not a medium of the user's."""
    return {
        _name(disk, MEDIUM_ALIAS): disk
        for disk in domain.disks
        if disk.device == "cdrom" and not is_seed(domain, disk)
    }


def _is_data(disk: Disk) -> bool:
    return (disk.alias or "").startswith(DISK_ALIAS)


def _name(disk: Disk, prefix: str) -> str:
    alias = disk.alias or ""
    return alias[len(prefix) :] if alias.startswith(prefix) else disk.dev


def _disk(name: str, disk: Disk, sizes: Mapping[str, int | None]) -> dict[str, Any]:
    size = {"size_gib": sizes[disk.dev]} if disk.dev in sizes else {}
    return {
        "name": name,
        **size,
        "volume": disk.volume,
        "pool": disk.pool,
        "bus": disk.bus,
        "format": disk.format,
        "serial": disk.serial,
        "readonly": disk.readonly,
        "shareable": disk.shareable,
        "cache": disk.cache or "default",
        "io": disk.io,
        "discard": disk.discard,
        "boot_order": disk.boot_order,
    }


def _nic(nic: Nic) -> dict[str, Any]:
    if nic.kind == "user":
        return {"network": "user", "mac": nic.mac}
    place = {"bridge": nic.bridge} if nic.kind == "bridge" else {"network": nic.network or nic.kind}
    return {
        **place,
        "mac": nic.mac,
        "model": nic.model,
        "link": nic.link or "up",
        "boot_order": nic.boot_order,
    }


def _user_card(domain: Domain) -> list[dict[str, Any]]:
    """Return QEMU's own user network, which libvirt does not know, as a card."""
    for arg in domain.qemu_args:
        card = _CARD_MAC.search(arg.value)
        if card is not None:
            return [{"network": "user", "mac": card.group(1)}]
    return []


def _share(share: Share) -> dict[str, Any]:
    return {
        "name": share.tag,
        "path": share.path,
        "driver": "virtiofs" if share.driver == "virtiofs" else "9p",
        "readonly": share.readonly,
    }


def _host_device(device: HostDevice) -> dict[str, Any]:
    if device.kind == "pci":
        parts = (device.domain or "0", device.bus or "0", device.slot or "0")
        numbers = [_hex(part) for part in (*parts, device.function or "0")]
        return {"pci": "{:04x}:{:02x}:{:02x}.{:x}".format(*numbers)}
    if device.kind == "usb" and device.vendor:
        return {"usb": f"{_hex(device.vendor):04x}:{_hex(device.product or '0'):04x}"}
    return {"other": device.kind}


def _hex(text: str) -> int:
    """Return the number that libvirt means; anything else is 0."""
    match = re.fullmatch(r"(0x)?([0-9a-fA-F]{1,8})", text, re.ASCII)
    if match is None:
        return 0
    hexadecimal = match.group(1) or re.search("[a-fA-F]", text)
    return int(match.group(2), 16 if hexadecimal else 10)


def settle(
    wanted: Mapping[str, Any], found: Mapping[str, Any], exact_disks: bool = False
) -> dict[str, Any]:
    """Return ``wanted`` with what nobody said filled in from ``found``, inside of lists as well.

    Then a plain comparison of the two finds exactly what is to be changed. Disks that are not listed
    stay unless ``exact_disks``; all other lists are the whole of what there is to be.
    """
    result = dict(wanted)
    for key in _NAMED:
        if wanted.get(key) is not None:
            keep = key == "disks" and not exact_disks
            result[key] = _settle_named(wanted[key], found.get(key) or [], keep)
    if wanted.get("nics") is not None:
        result["nics"] = _settle_nics(wanted["nics"], found.get("nics") or [])
    machine = wanted.get("machine")
    if machine and board_of(found.get("machine")) == machine:
        # libvirt keeps the exact version of the board that it chose: q35 became pc-q35-7.2.
        result["machine"] = found.get("machine")
    return result


def _settle_named(
    wanted: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], keep: bool
) -> list[dict[str, Any]]:
    """Return elements in the order in which they were found, new ones last."""
    said = {each["name"]: dict(each) for each in wanted}
    result = []
    for each in found:
        mine = said.pop(each["name"], None if not keep else {})
        if mine is not None and mine.pop("state", None) != "absent":
            result.append({**each, **mine})
    left = [each for each in said.values() if each.pop("state", None) != "absent"]
    return result + left


def _settle_nics(
    wanted: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Pair cards by MAC address, and those without one by where they are plugged in."""
    left = list(wanted)
    pairs: dict[int, Mapping[str, Any]] = {}
    for by_mac in (True, False):
        for index, card in enumerate(found):
            mine = next((w for w in left if _same_card(w, card, by_mac)), None)
            if mine is not None and index not in pairs:
                left.remove(mine)
                pairs[index] = mine
    settled = []
    for index, mine in sorted(pairs.items()):
        # A card is in a network or on a bridge, and not in what it was in before.
        kept = {k: v for k, v in found[index].items() if k not in ("network", "bridge")}
        settled.append({**kept, **mine})
    return settled + [dict(each) for each in left]


def _same_card(wanted: Mapping[str, Any], found: Mapping[str, Any], by_mac: bool) -> bool:
    if by_mac:
        return bool(wanted.get("mac")) and wanted.get("mac") == found.get("mac")
    if wanted.get("mac"):
        return False
    return all(wanted.get(key) == found.get(key) for key in ("network", "bridge"))
