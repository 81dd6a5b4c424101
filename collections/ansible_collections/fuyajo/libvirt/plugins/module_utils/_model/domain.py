# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine as a document, and the same as libvirt's domain XML. Pure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import (
    Const,
    Flag,
    Many,
    One,
    Row,
)

NAMESPACE = _xml.NAMESPACES["fuyajo"]
META = "metadata/fuyajo:vm"
LOOPBACK = "127.0.0.1"
# libvirt hands out slots from the bottom; this one stays free with the few devices we write.
USER_NET_SLOT = "0x10"


@dataclass
class Forward:
    """A port of the guest that answers on the host's loopback address."""

    guest: int = 0
    host: int = 0
    address: str = LOOPBACK


@dataclass
class Meta:
    """What we know about a machine, kept in the machine itself."""

    owner: str | None = None
    environment: str | None = None
    template: str | None = None
    spec_digest: str | None = None
    configured: str | None = None
    expires: str | None = None
    # The time when its making began; gone when it is complete. See _plan/unfinished.py.
    unfinished: str | None = None
    forwards: list[Forward] = field(default_factory=list)


META_KEYS = ("environment", "template", "spec_digest", "configured", "expires")


@dataclass
class Disk:
    """A file that the guest sees as a disk; ``base`` is the file below a qcow2 overlay."""

    path: str = ""
    dev: str = ""
    format: str = "qcow2"
    bus: str = "virtio"
    device: str = "disk"
    readonly: bool = False
    base: Base | None = None


@dataclass
class Base:
    """The read-only lower end of an overlay. It has nothing below it."""

    path: str = ""
    format: str = "qcow2"


@dataclass
class Nic:
    """A network card: ``kind`` is ``network`` (with its name) or ``user`` (libvirt's passt)."""

    kind: str
    mac: str | None = None
    network: str | None = None
    backend: str | None = None
    model: str | None = "virtio"
    forwards: list[Forward] = field(default_factory=list)


@dataclass
class Domain:
    """A machine. ``memory_mib`` is MiB; ``user_net`` is QEMU's own network, see `user_net_args`."""

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


@dataclass
class QemuArg:
    """One word of QEMU's command line."""

    value: str = ""


def _kib_to_mib(text: str) -> int:
    # libvirt rounds up to its own granularity; so do we, or 1 KiB would look like a difference.
    return -(-int(text) // 1024)


def _port(text: str) -> int:
    """Return a port, or 0: metadata is anybody's text, and a bad one must not hide the rest."""
    number = int(text) if re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) else 0
    return number if number < 65536 else 0


def _mib_to_kib(mib: int) -> str:
    return str(mib * 1024)


def _meta_rows(prefix: str) -> tuple[_xml.AnyRow, ...]:
    forward = (
        Row("guest", "@guest", _port),
        Row("host", "@host", _port),
        Row("address", "@address"),
    )
    texts = tuple(Row(key, prefix + key) for key in ("owner", *META_KEYS, "unfinished"))
    return (*texts, Many("forwards", prefix + "forward", Forward, forward))


META_ROWS = _meta_rows("fuyajo:")
# In libvirt's metadata calls nothing has a prefix; libvirt puts all of it into the namespace.
BARE_META_ROWS = _meta_rows("")
BASE_ROWS = (
    Const("@type", "file"),
    Row("format", "format@type"),
    Row("path", "source@file"),
    # Said literally: otherwise libvirt opens the file to guess what lies below it.
    Const("backingStore"),
)
DISK_ROWS = (
    Const("@type", "file"),
    Row("device", "@device"),
    Const("driver@name", "qemu"),
    Row("format", "driver@type"),
    Row("path", "source@file"),
    One("base", "backingStore", Base, BASE_ROWS),
    Row("dev", "target@dev"),
    Row("bus", "target@bus"),
    Flag("readonly", "readonly"),
)
PORT_ROWS = (
    Const("@proto", "tcp"),
    Row("address", "@address"),
    Row("host", "range@start", int),
    Row("guest", "range@to", int),
)
NIC_ROWS = (
    Row("kind", "@type"),
    Row("backend", "backend@type"),
    Row("mac", "mac@address"),
    Row("network", "source@network"),
    Row("model", "model@type"),
    Many("forwards", "portForward", Forward, PORT_ROWS),
)
QEMU_ARG_ROWS = (Row("value", "@value"),)
READ_ROWS = (
    Row("virt_type", "@type"),
    Row("name", "name"),
    Row("uuid", "uuid"),
    One("meta", META, Meta, META_ROWS),
    Row("memory_mib", "memory", _kib_to_mib, _mib_to_kib),
    Row("cpus", "vcpu", int),
    Row("arch", "os/type@arch"),
    Row("machine", "os/type@machine"),
    Row("cpu_mode", "cpu@mode"),
    Many("disks", "devices/disk", Disk, DISK_ROWS),
    Many("nics", "devices/interface", Nic, NIC_ROWS),
    Many("qemu_args", "qemu:commandline/qemu:arg", QemuArg, QEMU_ARG_ROWS),
)
# Few devices: each one costs the firmware and the guest's kernel time, and under TCG much of it.
DEVICE_ROWS = (
    Const("os/type", "hvm"),
    Const("os/boot@dev", "hd"),
    Const("features/acpi"),
    Const("features/apic"),
    Const("clock@offset", "utc"),
    Const("on_poweroff", "destroy"),
    Const("on_reboot", "restart"),
    Const("on_crash", "destroy"),
    Const("devices/controller@type", "usb"),
    Const("devices/controller@model", "none"),
    Const("devices/serial@type", "pty"),
    Const("devices/serial/target@port", "0"),
    Const("devices/console@type", "pty"),
    Const("devices/console/target@type", "serial"),
    Const("devices/console/target@port", "0"),
    Const("devices/channel@type", "unix"),
    Const("devices/channel/target@type", "virtio"),
    Const("devices/channel/target@name", "org.qemu.guest_agent.0"),
    Const("devices/memballoon@model", "virtio"),
    Const("devices/rng@model", "virtio"),
    Const("devices/rng/backend@model", "random"),
    Const("devices/rng/backend", "/dev/urandom"),
)

_ALLOWED = frozenset(
    # One long list would say the same on forty lines.
    """
    name uuid metadata metadata/fuyajo:vm memory vcpu os os/type os/boot cpu
    features features/acpi features/apic clock on_poweroff on_reboot on_crash
    devices devices/disk devices/disk/driver devices/disk/source devices/disk/target
    devices/disk/readonly devices/disk/backingStore devices/disk/backingStore/format
    devices/disk/backingStore/source devices/disk/backingStore/backingStore
    devices/interface devices/interface/backend devices/interface/mac devices/interface/source
    devices/interface/model devices/interface/portForward devices/interface/portForward/range
    devices/controller devices/serial devices/serial/target devices/console devices/console/target
    devices/channel devices/channel/target devices/memballoon devices/rng devices/rng/backend
    qemu:commandline qemu:commandline/qemu:arg
    """.split()  # noqa: SIM905
    + [f"{META}/fuyajo:{key}" for key in ("owner", "forward", "unfinished", *META_KEYS)]
)
_MAC = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_NETDEV = re.compile(
    r"user,id=fnet0(?:,hostfwd=tcp:127\.0\.0\.1:[0-9]{1,5}-:[0-9]{1,5})*", re.ASCII
)
_DEVICE = re.compile(
    rf"virtio-net-pci,netdev=fnet0,mac={_MAC},addr={USER_NET_SLOT},romfile=", re.ASCII
)


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
    return any(_NETDEV.fullmatch(arg.value) for arg in domain.qemu_args)


def build_domain(domain: Domain) -> str:
    """Return the domain XML. Raises FuyajoError when the result is not what we ever write."""
    element = _xml.build("domain", domain, READ_ROWS + DEVICE_ROWS)
    _end_backing_chains(element)
    text = _xml.dump(element)
    check_domain(text)
    return text


def parse_domain(text: str) -> Domain:
    """Return the document of a domain XML, ours or anybody's."""
    return _xml.parse(Domain, _xml.load(text), READ_ROWS)


def parse_meta(text: str) -> Meta:
    """Return the document of our metadata element as libvirt's metadata call gives it."""
    return _xml.parse(Meta, _xml.load(text), BARE_META_ROWS)


def build_meta(meta: Meta) -> str:
    """Return our metadata element as libvirt's metadata call wants it, without a namespace."""
    return _xml.dump(_xml.build("vm", meta, BARE_META_ROWS))


def check_domain(text: str) -> None:
    """Read our own XML again and refuse whatever is not on the list of what we ever write."""
    root = _xml.load(text)
    surplus = {p for p in _xml.paths(root) if p.partition("/")[2] not in _ALLOWED} - {"domain"}
    if root.tag != "domain" or surplus:
        raise FuyajoError(f"refused to write domain elements {sorted(surplus)}", INVALID)
    words = [arg.get("value", "") for arg in root.iter(_xml.expand("qemu:arg"))]
    if words and not _is_user_net(words):
        raise FuyajoError("refused to write QEMU arguments that are not a user network", INVALID)


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


def edit_domain(text: str, edits: dict[str, Any]) -> str:
    """Return ``text`` with some fields written anew and everything else left as it was.

    ``edits`` may hold ``cpus``, ``memory_mib`` (MiB), ``meta``, ``nics`` and ``qemu_args``.
    """
    root = _xml.load(text)
    if "memory_mib" in edits:
        for path in ("memory", "currentMemory"):
            _xml.put(root, path, _mib_to_kib(edits["memory_mib"])).attrib.pop("unit", None)
    if "cpus" in edits:
        _xml.put(root, "vcpu", str(edits["cpus"])).attrib.pop("current", None)
    if "meta" in edits:
        _replace(root, META, edits["meta"], META_ROWS)
    if "nics" in edits:
        _replace_all(root, "devices/interface", edits["nics"], NIC_ROWS)
    if "qemu_args" in edits:
        _replace_all(root, "qemu:commandline/qemu:arg", edits["qemu_args"], QEMU_ARG_ROWS)
        _drop_empty_commandline(root)
    return _xml.dump(root)


def _replace(root: ET.Element, path: str, document: Any, rows: Any) -> None:
    above = _xml.put(root, path.rpartition("/")[0], None)
    tag = path.rpartition("/")[2]
    for old in above.findall(_xml.expand(tag)):
        above.remove(old)
    above.append(_xml.build(tag, document, rows))


def _replace_all(root: ET.Element, path: str, documents: list[Any], rows: Any) -> None:
    above = _xml.put(root, path.rpartition("/")[0], None)
    tag = path.rpartition("/")[2]
    for old in above.findall(_xml.expand(tag)):
        above.remove(old)
    for document in documents:
        above.append(_xml.build(tag, document, rows))


def _drop_empty_commandline(root: ET.Element) -> None:
    line = root.find(_xml.expand("qemu:commandline"))
    if line is not None and len(line) == 0:
        root.remove(line)


def _end_backing_chains(root: ET.Element) -> None:
    for disk in root.findall("devices/disk"):
        if disk.find("backingStore") is None:
            ET.SubElement(disk, "backingStore")


def _is_user_net(words: list[str]) -> bool:
    return (
        len(words) == 4
        and (words[0], words[2]) == ("-netdev", "-device")
        and _NETDEV.fullmatch(words[1]) is not None
        and _DEVICE.fullmatch(words[3]) is not None
    )
