# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""From wishes to devices: what one wanted disk, card, drive, share or device is as a document. Pure."""

from __future__ import annotations

import string
from typing import Sequence, Union

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.devices import (
    DISK_ALIAS,
    MEDIUM_ALIAS,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import (
    USER,
    WantedDisk,
    WantedHostDevice,
    WantedMedium,
    WantedNic,
    WantedShare,
)

# A board without SATA gets its CD drives on IDE, and one without both on SCSI.
_DRIVE_BUS = (("pc", "ide"), ("q35", "sata"))
_TARGETS = (("virtio", "vd"), ("ide", "hd"))
_SCSI_MODEL = "virtio-scsi"


def plug(
    document: _domain.Domain,
    owner: str,
    nics: Sequence[Union[str, WantedNic]],
    forwards: list[_domain.Forward],
    passt: bool,
) -> None:
    """Give a machine its network cards, and nothing else; a text is a card in the network of that name."""
    document.nics, document.qemu_args = [], []
    cards = [WantedNic(nic) if isinstance(nic, str) else nic for nic in nics]
    for index, card in enumerate(cards):
        mac = card.mac or _defaults.mac_for(owner, document.name, index)
        if card.network != USER:
            document.nics.append(network_card(card, mac))
        elif passt:
            nic = _domain.Nic("user", mac, backend="passt", forwards=list(forwards))
            document.nics.append(nic)
        else:
            document.qemu_args = _domain.user_net_args(forwards, mac)


def network_card(card: WantedNic, mac: str) -> _domain.Nic:
    """Return a card in a network or on a bridge."""
    return _domain.Nic(
        "bridge" if card.bridge else "network",
        mac,
        network=card.network,
        bridge=card.bridge,
        model=card.model or "virtio",
        # Up is what libvirt does when nothing is said.
        link="down" if card.link == "down" else None,
        boot_order=card.boot_order,
    )


def data_disk(document: _domain.Domain, wanted: WantedDisk, path: str, form: str) -> _domain.Disk:
    """Return a data disk for the next free target; ``path`` is empty for a volume that exists."""
    bus = wanted.bus or "virtio"
    return _domain.Disk(
        path=path,
        dev=free_target(document, bus),
        format=form,
        bus=bus,
        readonly=bool(wanted.readonly),
        kind="file" if wanted.volume is None else "volume",
        pool=wanted.pool if wanted.volume else None,
        volume=wanted.volume,
        # A disk that several machines write to must not be cached by any of them.
        cache=wanted.cache or ("none" if wanted.shareable else None),
        io=wanted.io,
        discard=wanted.discard,
        shareable=bool(wanted.shareable),
        serial=wanted.serial,
        boot_order=wanted.boot_order,
        alias=DISK_ALIAS + wanted.name,
    )


def drive(document: _domain.Domain, wanted: WantedMedium) -> _domain.Disk:
    """Return a CD drive for the next free target."""
    bus = dict(_DRIVE_BUS).get(_defaults.board_of(document.machine) or "", "scsi")
    return _domain.Disk(
        path=wanted.path or "",
        dev=free_target(document, bus),
        format="raw",
        bus=bus,
        device="cdrom",
        readonly=True,
        alias=MEDIUM_ALIAS + wanted.name,
    )


def free_target(document: _domain.Domain, bus: str) -> str:
    """Return the first target such as ``vdc`` that no disk of the machine has."""
    prefix = dict(_TARGETS).get(bus, "sd")
    taken = {disk.dev for disk in document.disks}
    letters = string.ascii_lowercase
    names = [prefix + a for a in letters] + [prefix + a + b for a in letters for b in letters]
    return next(name for name in names if name not in taken)


def add_controllers(document: _domain.Domain) -> None:
    """Add the controllers that the devices need and libvirt would choose differently."""
    scsi = any(disk.bus == "scsi" for disk in document.disks)
    if scsi and not any(each.kind == "scsi" for each in document.controllers):
        document.controllers.append(_domain.Controller("scsi", 0, _SCSI_MODEL))
    if any(device.kind == "usb" for device in document.host_devices):
        for each in document.controllers:
            if each.kind == "usb" and each.model == "none":
                each.model = "qemu-xhci"


def share(wanted: WantedShare) -> _domain.Share:
    """Return a directory of the host as the guest sees it."""
    virtiofs = wanted.driver != "9p"
    return _domain.Share(
        # Mapped: what a guest says about owners and modes is kept beside the files, not on them.
        access="passthrough" if virtiofs else "mapped",
        driver="virtiofs" if virtiofs else "path",
        path=wanted.path,
        tag=wanted.name,
        readonly=bool(wanted.readonly),
    )


def share_memory(document: _domain.Domain) -> None:
    """Put the guest's memory where virtiofsd can see it, when there is a virtiofs share."""
    if any(each.driver == "virtiofs" for each in document.shares):
        document.memory_source, document.memory_access = "memfd", "shared"


def host_device(wanted: WantedHostDevice) -> _domain.HostDevice:
    """Return a device of the host; a PCI device is taken from its driver while the guest runs."""
    if wanted.usb is not None:
        vendor, product = wanted.usb.split(":")
        return _domain.HostDevice(kind="usb", vendor=f"0x{vendor}", product=f"0x{product}")
    place, function = (wanted.pci or "").rsplit(".", 1)
    domain, bus, slot = place.split(":")
    return _domain.HostDevice(
        kind="pci",
        managed="yes",
        domain=f"0x{domain}",
        bus=f"0x{bus}",
        slot=f"0x{slot}",
        function=f"0x{function}",
    )


def tpm(document: _domain.Domain) -> _domain.Tpm:
    """Return a TPM 2.0 that swtpm emulates; its state is kept with the machine."""
    board = _defaults.board_of(document.machine)
    model = "tpm-crb" if board in ("pc", "q35") else "tpm-tis"
    return _domain.Tpm(model, "emulator", "2.0")
