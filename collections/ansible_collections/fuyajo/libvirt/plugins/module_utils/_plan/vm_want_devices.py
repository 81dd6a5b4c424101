# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a machine's devices. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain_guard import MAC
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import (
    GIB,
    parse_disk_gib,
)

BUSES = ("virtio", "scsi", "sata")
FORMATS = ("qcow2", "raw")
CACHES = ("default", "none", "writethrough", "writeback", "directsync", "unsafe")
IO_MODES = ("native", "threads", "io_uring")
DISCARDS = ("unmap", "ignore")
SHARE_DRIVERS = ("virtiofs", "9p")
# The card without a bridge.
USER = "user"
# Names of files of ours that a data disk's volume would collide with: VM.vol.qcow2.
_RESERVED = ("vol",)
_MAX_BOOT_ORDER = 255
_NETWORK = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,62}", re.ASCII)
_BRIDGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,14}", re.ASCII)
_MODEL = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_SERIAL = re.compile(r"[A-Za-z0-9_.+-]{1,20}", re.ASCII)
_VOLUME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,254}", re.ASCII)
_PCI = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]", re.ASCII)
_USB = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}", re.ASCII)


@dataclass
class WantedDisk:
    """One data disk; ``size`` in bytes. With ``volume`` it is one that exists, otherwise one of ours."""

    name: str
    size: int | None = None
    volume: str | None = None
    pool: str | None = None
    bus: str | None = None
    format: str | None = None
    serial: str | None = None
    readonly: bool | None = None
    shareable: bool | None = None
    cache: str | None = None
    io: str | None = None
    discard: str | None = None
    boot_order: int | None = None
    state: str = "present"


@dataclass
class WantedMedium:
    """One CD drive; ``path`` is empty for an empty drive, and None when nobody said."""

    name: str
    path: str | None = None


@dataclass
class WantedNic:
    """One network card, in a network of libvirt's or on a bridge of the host."""

    network: str | None = None
    bridge: str | None = None
    mac: str | None = None
    model: str | None = None
    link: str | None = None
    boot_order: int | None = None


@dataclass
class WantedShare:
    """One directory of the host that the guest can mount by ``name``."""

    name: str
    path: str
    driver: str | None = None
    readonly: bool | None = None


@dataclass
class WantedHostDevice:
    """One device of the host: ``pci`` as DDDD:BB:SS.F, or ``usb`` as VVVV:PPPP."""

    pci: str | None = None
    usb: str | None = None


@dataclass
class WantedForward:
    """A port of the guest, and the port of the host that leads to it."""

    guest: int
    host: int | None = None


def parse_disks(check: Checker, at: str, raw: Any) -> list[WantedDisk] | None:
    """Return the checked data disks, or None when nobody said."""
    return None if raw is None else check.each(at, raw, _disk)


def _disk(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedDisk:
    size = check.attempt(f"{at}.size", parse_disk_gib, raw.get("size"))
    disk = WantedDisk(
        name=check.name(f"{at}.name", raw.get("name")),
        size=None if size is None else size * GIB,
        volume=matched(check, f"{at}.volume", raw.get("volume"), _VOLUME, "name of a volume"),
        pool=matched(check, f"{at}.pool", raw.get("pool"), _VOLUME, "name of a pool"),
        bus=check.choice(f"{at}.bus", raw.get("bus"), BUSES),
        format=check.choice(f"{at}.format", raw.get("format"), FORMATS),
        serial=matched(
            check, f"{at}.serial", raw.get("serial"), _SERIAL, "serial number (20 of A-Za-z0-9_.+-)"
        ),
        readonly=raw.get("readonly"),
        shareable=raw.get("shareable"),
        cache=check.choice(f"{at}.cache", raw.get("cache"), CACHES),
        io=check.choice(f"{at}.io", raw.get("io"), IO_MODES),
        discard=check.choice(f"{at}.discard", raw.get("discard"), DISCARDS),
        boot_order=check.between(f"{at}.boot_order", raw.get("boot_order"), 1, _MAX_BOOT_ORDER),
        state=check.choice(f"{at}.state", raw.get("state"), ("present", "absent")) or "present",
    )
    _check_disk(check, at, disk)
    return disk


def _check_disk(check: Checker, at: str, disk: WantedDisk) -> None:
    if disk.name in _RESERVED and disk.volume is None:
        check.problem(f"{at}.name", f"{disk.name} is the name of something else of ours")
    if disk.pool is not None and disk.volume is None:
        check.problem(f"{at}.pool", "is said together with volume only")
    if disk.size is not None and disk.volume is not None:
        check.problem(f"{at}.size", "a volume that exists has a size; use the module volume")
    if disk.io == "native" and disk.cache not in ("none", "directsync"):
        check.problem(f"{at}.io", "native needs cache none or directsync")
    if disk.shareable and disk.format != "raw":
        check.problem(f"{at}.shareable", "only a disk with format raw can be shared")
    if disk.shareable and disk.cache not in (None, "none"):
        check.problem(f"{at}.shareable", "needs cache none, which is its default")
    if disk.readonly and disk.bus == "sata":
        check.problem(f"{at}.readonly", "is not possible on the bus sata")


def parse_media(check: Checker, at: str, raw: Any) -> list[WantedMedium] | None:
    """Return the checked CD drives, or None when nobody said."""
    return None if raw is None else check.each(at, raw, _medium)


def _medium(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedMedium:
    path = raw.get("path")
    return WantedMedium(
        check.name(f"{at}.name", raw.get("name")),
        path if path == "" else check.path(f"{at}.path", path),
    )


def parse_nics(check: Checker, at: str, raw: Any) -> list[WantedNic] | None:
    """Return the checked network cards, or None when nobody said."""
    if raw is None:
        return None
    nics = [_nic(check, f"{at}[{i}]", each) for i, each in enumerate(raw)]
    if [nic.network for nic in nics].count(USER) > 1:
        check.problem(at, "one nic on the network 'user' is the most")
    macs = [nic.mac for nic in nics if nic.mac]
    if len(set(macs)) != len(macs):
        check.problem(at, "a MAC address occurs more than once")
    return nics


def _nic(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedNic:
    mac = raw.get("mac")
    nic = WantedNic(
        network=matched(check, f"{at}.network", raw.get("network"), _NETWORK, "name of a network"),
        bridge=matched(check, f"{at}.bridge", raw.get("bridge"), _BRIDGE, "name of a bridge"),
        mac=matched(
            check,
            f"{at}.mac",
            mac.lower() if isinstance(mac, str) else mac,
            re.compile(MAC),
            "MAC address of one machine such as 52:54:00:12:34:56",
        ),
        model=matched(check, f"{at}.model", raw.get("model"), _MODEL, "model of a card"),
        link=check.choice(f"{at}.link", raw.get("link"), ("up", "down")),
        boot_order=check.between(f"{at}.boot_order", raw.get("boot_order"), 1, _MAX_BOOT_ORDER),
    )
    if (raw.get("network") is None) == (raw.get("bridge") is None):
        check.problem(at, "needs either network or bridge")
    if nic.network == USER and (nic.model, nic.link, nic.boot_order) != (None, None, None):
        check.problem(at, "on the network 'user' nothing but mac can be said")
    return nic


def parse_shares(check: Checker, at: str, raw: Any) -> list[WantedShare] | None:
    """Return the checked shares, or None when nobody said."""
    return None if raw is None else check.each(at, raw, _share)


def _share(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedShare:
    if raw.get("path") is None:
        check.problem(f"{at}.path", "is required")
    return WantedShare(
        name=check.name(f"{at}.name", raw.get("name")),
        path=check.path(f"{at}.path", raw.get("path")) or "",
        driver=check.choice(f"{at}.driver", raw.get("driver"), SHARE_DRIVERS),
        readonly=raw.get("readonly"),
    )


def parse_host_devices(check: Checker, at: str, raw: Any) -> list[WantedHostDevice] | None:
    """Return the checked devices of the host, or None when nobody said."""
    if raw is None:
        return None
    found = []
    for i, each in enumerate(raw):
        here = f"{at}[{i}]"
        pci, usb = (_lower(each.get(key)) for key in ("pci", "usb"))
        if (pci is None) == (usb is None):
            check.problem(here, "needs either pci or usb")
        found.append(
            WantedHostDevice(
                matched(check, f"{here}.pci", pci, _PCI, "PCI address such as 0000:01:00.0"),
                matched(check, f"{here}.usb", usb, _USB, "pair of USB ids such as 046d:c52b"),
            )
        )
    said = [(each.pci, each.usb) for each in found]
    if len(set(said)) != len(said):
        check.problem(at, "a device occurs more than once")
    return found


def parse_forwards(check: Checker, at: str, raw: Any, loopback: str) -> list[WantedForward] | None:
    """Return the checked forwards, or None when nobody said."""
    if raw is None:
        return None
    found = []
    for i, each in enumerate(raw):
        here = f"{at}[{i}]"
        guest = check.between(f"{here}.guest", each.get("guest"), 1, 65535) or 0
        host = check.between(f"{here}.host", each.get("host"), 1, 65535)
        if each.get("address") not in (None, loopback):
            check.problem(f"{here}.address", f"only {loopback} is possible")
        found.append(WantedForward(guest, host))
    if len({f.guest for f in found}) != len(found):
        check.problem(at, "a guest port occurs more than once")
    return found


def matched(check: Checker, at: str, value: Any, pattern: re.Pattern[str], what: str) -> str | None:
    """Return a text that matches as a whole, or None."""
    if value is None or (isinstance(value, str) and pattern.fullmatch(value)):
        return None if value is None else str(value)
    check.problem(at, f"{value!a:.60} is no {what}")
    return None


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value
