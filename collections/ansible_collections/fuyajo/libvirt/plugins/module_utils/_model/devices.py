# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of a machine as documents, and where their fields live in libvirt's XML. Pure.

Everything is read liberally: a text that makes no sense leaves the field's default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.metadata import Forward
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import (
    Const,
    Flag,
    Many,
    One,
    Row,
)

# libvirt keeps an alias that begins with "ua-"; these two are how we find our own devices again.
DISK_ALIAS, MEDIUM_ALIAS = "ua-disk-", "ua-media-"
AGENT_CHANNEL = "org.qemu.guest_agent.0"


@dataclass
class Base:
    """The read-only lower end of an overlay. It has nothing below it."""

    path: str = ""
    format: str = "qcow2"


@dataclass
class Disk:
    """What a guest sees as a disk or a drive; ``base`` is the file below a qcow2 overlay.

    ``kind`` says which of the sources counts: ``file`` (``path``, empty for an empty drive), ``volume``
    (``pool`` and ``volume``), ``block`` (``block``); libvirt has more, which we read and never write.
    """

    path: str = ""
    dev: str = ""
    format: str | None = "qcow2"
    bus: str | None = "virtio"
    device: str = "disk"
    readonly: bool = False
    base: Base | None = None
    kind: str = "file"
    block: str | None = None
    pool: str | None = None
    volume: str | None = None
    cache: str | None = None
    io: str | None = None
    discard: str | None = None
    shareable: bool = False
    serial: str | None = None
    boot_order: int | None = None
    alias: str | None = None


@dataclass
class Nic:
    """A network card.

    ``kind`` is ``network`` (with its name), ``bridge`` (with its name) or ``user`` (libvirt's passt).
    ``link`` is ``up`` or ``down``; None is up.
    """

    kind: str = "network"
    mac: str | None = None
    network: str | None = None
    backend: str | None = None
    model: str | None = "virtio"
    forwards: list[Forward] = field(default_factory=list)
    bridge: str | None = None
    link: str | None = None
    boot_order: int | None = None


@dataclass
class Controller:
    """A controller that has to be said: libvirt adds the others by itself."""

    kind: str = ""
    index: int | None = None
    model: str | None = None


@dataclass
class Channel:
    """A channel between host and guest; libvirt chooses the socket."""

    kind: str = "unix"
    target: str | None = "virtio"
    name: str | None = AGENT_CHANNEL


@dataclass
class Video:
    """A graphics card."""

    model: str | None = None


@dataclass
class Graphics:
    """A screen. Ours are VNC on the host's loopback address and nothing else."""

    kind: str = "vnc"
    autoport: str | None = None
    listen: str | None = None


@dataclass
class Share:
    """A directory of the host in the guest, under a mount tag."""

    kind: str = "mount"
    access: str | None = None
    driver: str | None = None
    path: str | None = None
    tag: str | None = None
    readonly: bool = False


@dataclass
class HostDevice:
    """A device of the host, given to the guest: a PCI function, or a USB device by its ids."""

    mode: str = "subsystem"
    kind: str | None = None
    managed: str | None = None
    domain: str | None = None
    bus: str | None = None
    slot: str | None = None
    function: str | None = None
    vendor: str | None = None
    product: str | None = None


@dataclass
class Tpm:
    """A TPM, emulated by swtpm."""

    model: str | None = None
    backend: str | None = None
    version: str | None = None


def whole(text: str) -> int | None:
    """Return a whole number, or None for any other text."""
    return int(text) if re.fullmatch(r"[0-9]{1,20}", text.strip(), re.ASCII) else None


def not_empty(text: str) -> str | None:
    """Return a text, or None for an empty one, which is then not written."""
    return text or None


BASE_ROWS = (
    Const("@type", "file"),
    Row("format", "format@type"),
    Row("path", "source@file"),
    # Said literally: otherwise libvirt opens the file to guess what lies below it.
    Const("backingStore"),
)
DISK_ROWS = (
    Row("kind", "@type"),
    Row("device", "@device"),
    Const("driver@name", "qemu"),
    Row("format", "driver@type"),
    Row("cache", "driver@cache"),
    Row("io", "driver@io"),
    Row("discard", "driver@discard"),
    Row("path", "source@file", write=not_empty),
    Row("block", "source@dev"),
    Row("pool", "source@pool"),
    Row("volume", "source@volume"),
    One("base", "backingStore", Base, BASE_ROWS),
    Row("dev", "target@dev"),
    Row("bus", "target@bus"),
    Flag("readonly", "readonly"),
    Flag("shareable", "shareable"),
    Row("serial", "serial"),
    Row("boot_order", "boot@order", whole),
    Row("alias", "alias@name"),
)
PORT_ROWS = (
    Const("@proto", "tcp"),
    Row("address", "@address"),
    Row("host", "range@start", whole),
    Row("guest", "range@to", whole),
)
NIC_ROWS = (
    Row("kind", "@type"),
    Row("backend", "backend@type"),
    Row("mac", "mac@address"),
    Row("network", "source@network"),
    Row("bridge", "source@bridge"),
    Row("model", "model@type"),
    Row("link", "link@state"),
    Row("boot_order", "boot@order", whole),
    Many("forwards", "portForward", Forward, PORT_ROWS),
)
CONTROLLER_ROWS = (
    Row("kind", "@type"),
    Row("index", "@index", whole),
    Row("model", "@model"),
)
CHANNEL_ROWS = (
    Row("kind", "@type"),
    Row("target", "target@type"),
    Row("name", "target@name"),
)
VIDEO_ROWS = (Row("model", "model@type"),)
GRAPHICS_ROWS = (
    Row("kind", "@type"),
    Row("autoport", "@autoport"),
    Row("listen", "@listen"),
)
SHARE_ROWS = (
    Row("kind", "@type"),
    Row("access", "@accessmode"),
    Row("driver", "driver@type"),
    Row("path", "source@dir"),
    Row("tag", "target@dir"),
    Flag("readonly", "readonly"),
)
_PCI = "source/address@"
HOST_DEVICE_ROWS = (
    Row("mode", "@mode"),
    Row("kind", "@type"),
    Row("managed", "@managed"),
    Row("domain", _PCI + "domain"),
    Row("bus", _PCI + "bus"),
    Row("slot", _PCI + "slot"),
    Row("function", _PCI + "function"),
    Row("vendor", "source/vendor@id"),
    Row("product", "source/product@id"),
)
TPM_ROWS = (
    Row("model", "@model"),
    Row("backend", "backend@type"),
    Row("version", "backend@version"),
)
