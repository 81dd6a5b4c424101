# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document of a virtual machine, and where its fields live in libvirt's domain XML. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import devices as _devices
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.devices import (
    Channel,
    Controller,
    Disk,
    Graphics,
    HostDevice,
    Nic,
    Share,
    Tpm,
    Video,
    whole,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.metadata import (
    META,
    META_ROWS,
    Meta,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import (
    Const,
    Many,
    One,
    Pair,
    Row,
    Seen,
)


@dataclass
class Boot:
    """One of the kinds of devices to boot from, in libvirt's words: hd, cdrom, network, fd."""

    dev: str = "hd"


@dataclass
class Feature:
    """What the firmware is asked for: secure-boot or enrolled-keys, yes or no."""

    name: str = ""
    enabled: str = "yes"


@dataclass
class QemuArg:
    """One word of QEMU's command line."""

    value: str = ""


@dataclass
class Domain:
    """A machine as it is at its next start.

    ``memory_mib`` and ``cpus`` are what the guest gets; ``max_memory_mib`` and ``max_cpus`` are how far
    that can go while it runs, and None when that is the same. Memory is always MiB. ``firmware`` is
    ``efi``, or None for a BIOS. ``qemu_args`` is QEMU's own user network, see `user_net_args`.
    """

    name: str = ""
    uuid: str | None = None
    virt_type: str = "qemu"
    arch: str | None = "x86_64"
    machine: str | None = None
    memory_mib: int = 1024
    cpus: int = 1
    cpu_mode: str | None = None
    disks: list[Disk] = field(default_factory=list)
    nics: list[Nic] = field(default_factory=list)
    meta: Meta | None = None
    qemu_args: list[QemuArg] = field(default_factory=list)
    max_memory_mib: int | None = None
    max_cpus: int | None = None
    cpu_model: str | None = None
    title: str | None = None
    description: str | None = None
    firmware: str | None = None
    firmware_features: list[Feature] = field(default_factory=list)
    loader_type: str | None = None
    loader_secure: str | None = None
    boot: list[Boot] = field(default_factory=lambda: [Boot()])
    memory_source: str | None = None
    memory_access: str | None = None
    controllers: list[Controller] = field(default_factory=lambda: [Controller("usb", model="none")])
    channels: list[Channel] = field(default_factory=lambda: [Channel()])
    serial_log: str | None = None
    videos: list[Video] = field(default_factory=list)
    graphics: list[Graphics] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    host_devices: list[HostDevice] = field(default_factory=list)
    tpm: Tpm | None = None


def _memory_mib(text: str, unit: str | None) -> int | None:
    """Return MiB, rounded up as libvirt does it, or None when that is no amount of memory."""
    number, factor = whole(text), _unit((unit or "KiB").lower())
    return None if number is None or factor is None else -(-number * factor // 2**20)


def _unit(name: str) -> int | None:
    """Return how many bytes a unit has. As libvirt reads them: K and KiB are 1024, KB is 1000."""
    if name in ("b", "bytes"):
        return 1
    power = "kmgtpe".find(name[:1]) + 1
    base = {"": 1024, "ib": 1024, "b": 1000}.get(name[1:])
    return base**power if base and power else None


def _mib_to_kib(mib: int) -> str:
    return str(mib * 1024)


MEMORY = Pair("memory_mib", "max_memory_mib", "currentMemory", "memory", _memory_mib, _mib_to_kib)
CPUS = Pair("cpus", "max_cpus", "vcpu@current", "vcpu", lambda text, _unit: whole(text))
# The order is that of the elements we write. Few devices when nothing was said: each one costs the
# firmware and the guest's kernel time, and under TCG much of it.
ROWS = (
    Row("virt_type", "@type"),
    Row("name", "name"),
    Row("uuid", "uuid"),
    Row("title", "title", write=_devices.not_empty),
    Row("description", "description", write=_devices.not_empty),
    One("meta", META, Meta, META_ROWS),
    MEMORY,
    CPUS,
    Row("memory_source", "memoryBacking/source@type"),
    Row("memory_access", "memoryBacking/access@mode"),
    Row("firmware", "os@firmware"),
    Row("arch", "os/type@arch"),
    Row("machine", "os/type@machine"),
    Seen("loader_type", "os/loader@type"),
    Seen("loader_secure", "os/loader@secure"),
    Row("cpu_mode", "cpu@mode"),
    Row("cpu_model", "cpu/model"),
    Many("disks", "devices/disk", Disk, _devices.DISK_ROWS),
    Many("nics", "devices/interface", Nic, _devices.NIC_ROWS),
    Many("qemu_args", "qemu:commandline/qemu:arg", QemuArg, (Row("value", "@value"),)),
    Const("os/type", "hvm"),
    Many(
        "firmware_features",
        "os/firmware/feature",
        Feature,
        (Row("enabled", "@enabled"), Row("name", "@name")),
    ),
    Many("boot", "os/boot", Boot, (Row("dev", "@dev"),)),
    Const("features/acpi"),
    Const("features/apic"),
    Const("clock@offset", "utc"),
    Const("on_poweroff", "destroy"),
    Const("on_reboot", "restart"),
    Const("on_crash", "destroy"),
    Many("controllers", "devices/controller", Controller, _devices.CONTROLLER_ROWS),
    Const("devices/serial@type", "pty"),
    Row("serial_log", "devices/serial/log@file"),
    Const("devices/serial/target@port", "0"),
    Const("devices/console@type", "pty"),
    Const("devices/console/target@type", "serial"),
    Const("devices/console/target@port", "0"),
    Many("channels", "devices/channel", Channel, _devices.CHANNEL_ROWS),
    Many("graphics", "devices/graphics", Graphics, _devices.GRAPHICS_ROWS),
    Many("videos", "devices/video", Video, _devices.VIDEO_ROWS),
    Many("shares", "devices/filesystem", Share, _devices.SHARE_ROWS),
    Many("host_devices", "devices/hostdev", HostDevice, _devices.HOST_DEVICE_ROWS),
    One("tpm", "devices/tpm", Tpm, _devices.TPM_ROWS),
    Const("devices/memballoon@model", "virtio"),
    Const("devices/rng@model", "virtio"),
    Const("devices/rng/backend@model", "random"),
    Const("devices/rng/backend", "/dev/urandom"),
)


def end_chain(disk: ET.Element) -> None:
    """Say literally where a disk's backing chain ends, or libvirt opens the file to guess it."""
    # An empty drive has no chain at all.
    if disk.find("backingStore") is None and disk.find("source") is not None:
        ET.SubElement(disk, "backingStore")
