# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine as a document, and the same as libvirt's domain XML. Pure."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.devices import (
    Base,
    Channel,
    Controller,
    Disk,
    Graphics,
    HostDevice,
    Nic,
    Share,
    Tpm,
    Video,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain_edit import (
    edit_domain,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain_guard import (
    USER_NET_SLOT,
    check_domain,
    is_user_netdev,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain_rows import (
    ROWS,
    Boot,
    Domain,
    Feature,
    QemuArg,
    end_chain,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.metadata import (
    LOOPBACK,
    META_KEYS,
    NAMESPACE,
    Forward,
    Meta,
    MovedFile,
    Tag,
    Trashed,
    build_meta,
    parse_meta,
)

# One door to everything a machine consists of.
__all__ = [
    "LOOPBACK",
    "META_KEYS",
    "NAMESPACE",
    "Base",
    "Boot",
    "Channel",
    "Controller",
    "Disk",
    "Domain",
    "Feature",
    "Forward",
    "Graphics",
    "HostDevice",
    "Meta",
    "MovedFile",
    "Nic",
    "QemuArg",
    "Share",
    "Tag",
    "Tpm",
    "Trashed",
    "Video",
    "build_domain",
    "build_meta",
    "check_domain",
    "disk_files",
    "disk_volumes",
    "edit_domain",
    "has_user_net",
    "parse_domain",
    "parse_meta",
    "user_net_args",
]


def user_net_args(forwards: list[Forward], mac: str) -> list[QemuArg]:
    """Return QEMU's own user network, for a libvirt that has no passt.

    No boot ROM: nobody boots from this card, and loading it takes a noticeable part of a TCG start.
    """
    ports = "".join(f",hostfwd=tcp:{f.address}:{f.host}-:{f.guest}" for f in forwards)
    card = f"virtio-net-pci,netdev=fnet0,mac={mac},addr={USER_NET_SLOT},romfile="
    return [QemuArg(w) for w in ("-netdev", f"user,id=fnet0{ports}", "-device", card)]


def has_user_net(domain: Domain) -> bool:
    """Say whether the domain has a user network, of either kind."""
    if any(nic.kind == "user" for nic in domain.nics):
        return True
    return any(is_user_netdev(arg.value) for arg in domain.qemu_args)


def build_domain(domain: Domain) -> str:
    """Return the domain XML. Raises FuyajoError when the result is not what we ever write."""
    element = _xml.build("domain", domain, ROWS)
    for disk in element.findall("devices/disk"):
        end_chain(disk)
    text = _xml.dump(element)
    check_domain(text)
    return text


def parse_domain(text: str) -> Domain:
    """Return the document of a domain XML, ours or anybody's: whatever libvirt accepts is read."""
    domain = _xml.parse(Domain, _xml.load(text), ROWS)
    for disk in domain.disks:
        if disk.base is not None and not disk.base.path:
            # The explicit end of a chain, or something below that is no file.
            disk.base = None
    return domain


def disk_files(domain_xml: str) -> set[str]:
    """Return every file that a domain's disks name, lower layers included."""
    root = _xml.load(domain_xml)
    found: set[str] = set()
    for disk in root.findall("devices/disk"):
        for source in disk.iter("source"):
            found |= {v for k, v in source.attrib.items() if k in ("file", "dev")}
    return found


def disk_volumes(domain_xml: str) -> set[tuple[str, str]]:
    """Return every (pool, volume) that a domain's disks name in libvirt's own terms."""
    found: set[tuple[str, str]] = set()
    for source in _xml.load(domain_xml).findall("devices/disk//source"):
        if "pool" in source.attrib:
            found.add((source.get("pool", ""), source.get("volume", "")))
    return found
