# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a machine. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    LOOPBACK,
    META_KEYS,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import seed_image
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import (
    GIB,
    parse_disk_gib,
    parse_memory_mib,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import (
    vm_want_devices as _devices,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want_check import check_vm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want_devices import (
    USER,
    WantedDisk,
    WantedForward,
    WantedHostDevice,
    WantedMedium,
    WantedNic,
    WantedShare,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

__all__ = [
    "USER",
    "VM_STATES",
    "WAITS",
    "WantedDisk",
    "WantedForward",
    "WantedHostDevice",
    "WantedMedium",
    "WantedNic",
    "WantedShare",
    "WantedVm",
    "check_vms",
    "parse_vm",
]

VM_STATES = ("present", "started", "stopped", "restarted", "paused", "absent")
WAITS = ("running", "agent", "address", "ssh", "cloud_init")
FIRMWARES = ("bios", "uefi")
CPU_MODES = ("host-passthrough", "host-model", "maximum", "custom")
BOOT_DEVICES = ("disk", "cdrom", "network")
VIDEOS = ("none", "virtio", "vga")
GRAPHICS = ("none", "vnc")
WAIT_TIMEOUT = 300
MAX_CPUS = 1024
MAX_DESCRIPTION = 4096
_BASE = re.compile(r"base-[0-9a-f]{16}\.qcow2", re.ASCII)
_MACHINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}", re.ASCII)
_TAG = re.compile(r"[a-z0-9]([a-z0-9_.:=-]{0,62})", re.ASCII)


@dataclass
class WantedVm:
    """One machine. None everywhere means: nobody said. Disks in bytes, memory in MiB."""

    name: str
    state: str = "present"
    uuid: str | None = None
    cpus: int | None = None
    memory: int | None = None
    disk: int | None = None
    image: str | None = None
    nics: list[WantedNic] | None = None
    forwards: list[WantedForward] | None = None
    cloud_init: dict[str, Any] | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    max_cpus: int | None = None
    max_memory: int | None = None
    disks: list[WantedDisk] | None = None
    media: list[WantedMedium] | None = None
    firmware: str | None = None
    secure_boot: bool | None = None
    tpm: bool | None = None
    machine: str | None = None
    cpu_mode: str | None = None
    cpu_model: str | None = None
    boot: list[str] | None = None
    autostart: bool | None = None
    video: str | None = None
    graphics: str | None = None
    serial_log: bool | None = None
    shares: list[WantedShare] | None = None
    host_devices: list[WantedHostDevice] | None = None
    guest_agent: bool | None = None
    title: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    force_off: bool = False
    exact_disks: bool = False
    remove_storage: bool = False
    wait_for: str | None = None
    wait_timeout: int = WAIT_TIMEOUT

    @property
    def networks(self) -> list[str] | None:
        """Return the networks and bridges of the cards by name, or None when nobody said."""
        if self.nics is None:
            return None
        return [nic.network or nic.bridge or "" for nic in self.nics]


# Options that are what they are: a bool, or None when nobody said.
_PLAIN = ("secure_boot", "tpm", "autostart", "serial_log", "guest_agent")
_CHOICES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("firmware", FIRMWARES),
    ("cpu_mode", CPU_MODES),
    ("video", VIDEOS),
    ("graphics", GRAPHICS),
    ("wait_for", WAITS),
)


def parse_vm(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedVm:
    """Return the checked form of one element of ``vms``."""
    disk = check.attempt(f"{at}.disk", parse_disk_gib, raw.get("disk"))
    name = check.name(f"{at}.name", raw.get("name"))
    image = raw.get("image")
    vm = WantedVm(
        name=name,
        state=check.choice(f"{at}.state", raw.get("state"), VM_STATES) or "present",
        uuid=check.uuid(f"{at}.uuid", raw.get("uuid")),
        cpus=check.between(f"{at}.cpus", raw.get("cpus"), 1, MAX_CPUS),
        memory=check.attempt(f"{at}.memory", parse_memory_mib, raw.get("memory")),
        disk=None if disk is None else disk * GIB,
        image=check.name(f"{at}.image", image, dots=True) if image else None,
        forwards=_devices.parse_forwards(check, f"{at}.forwards", raw.get("forwards"), LOOPBACK),
        metadata=_metadata(check, at, raw.get("metadata")),
        max_cpus=check.between(f"{at}.max_cpus", raw.get("max_cpus"), 1, MAX_CPUS),
        max_memory=check.attempt(f"{at}.max_memory", parse_memory_mib, raw.get("max_memory")),
    )
    _parse_devices(check, at, raw, vm)
    _parse_hardware(check, at, raw, vm)
    _parse_texts(check, at, raw, vm)
    _parse_conduct(check, at, raw, vm)
    if raw.get("cloud_init"):
        vm.cloud_init = {k: v for k, v in raw["cloud_init"].items() if v is not None}
        # Built here once for its errors alone: a bad text must show before anything is made.
        seed = f"{at}.cloud_init"
        check.attempt(seed, lambda v: seed_image(name or "x", "x", v), vm.cloud_init)
    check_vm(check, at, vm)
    return vm


def _parse_devices(check: Checker, at: str, raw: Mapping[str, Any], vm: WantedVm) -> None:
    vm.nics = _devices.parse_nics(check, f"{at}.nics", raw.get("nics"))
    vm.disks = _devices.parse_disks(check, f"{at}.disks", raw.get("disks"))
    vm.media = _devices.parse_media(check, f"{at}.media", raw.get("media"))
    vm.shares = _devices.parse_shares(check, f"{at}.shares", raw.get("shares"))
    devices = raw.get("host_devices")
    vm.host_devices = _devices.parse_host_devices(check, f"{at}.host_devices", devices)


def _parse_hardware(check: Checker, at: str, raw: Mapping[str, Any], vm: WantedVm) -> None:
    for key in _PLAIN:
        setattr(vm, key, raw.get(key))
    for key, choices in _CHOICES:
        setattr(vm, key, check.choice(f"{at}.{key}", raw.get(key), choices))
    for key, what in (("machine", "type of a machine"), ("cpu_model", "model of a processor")):
        value = _devices.matched(check, f"{at}.{key}", raw.get(key), _MACHINE, what)
        setattr(vm, key, value)
    if raw.get("boot") is not None:
        found = [check.choice(f"{at}.boot", each, BOOT_DEVICES) for each in raw["boot"]]
        vm.boot = [each for each in found if each]
        if len(set(vm.boot)) != len(vm.boot):
            check.problem(f"{at}.boot", "a device occurs more than once")


def _parse_texts(check: Checker, at: str, raw: Mapping[str, Any], vm: WantedVm) -> None:
    vm.title = "" if raw.get("title") == "" else check.text(f"{at}.title", raw.get("title"), True)
    vm.description = _description(check, f"{at}.description", raw.get("description"))
    if raw.get("tags") is not None:
        tags = [
            _devices.matched(check, f"{at}.tags", tag, _TAG, "tag (a-z, 0-9 and _.:=-)")
            for tag in raw["tags"]
        ]
        vm.tags = sorted({tag for tag in tags if tag})


def _description(check: Checker, at: str, value: Any) -> str | None:
    if value is None:
        return None
    # What XML cannot carry unchanged is refused: control characters, and ends of lines but \n.
    plain = value.replace("\n", "").replace("\t", "") if isinstance(value, str) else None
    if plain is not None and len(value) <= MAX_DESCRIPTION and (not plain or plain.isprintable()):
        return str(value).rstrip("\n")
    check.problem(at, f"must be printable text of at most {MAX_DESCRIPTION} characters")
    return None


def _parse_conduct(check: Checker, at: str, raw: Mapping[str, Any], vm: WantedVm) -> None:
    vm.force_off = bool(raw.get("force_off"))
    vm.exact_disks = bool(raw.get("exact_disks"))
    vm.remove_storage = bool(raw.get("remove_storage"))
    timeout = check.between(f"{at}.wait_timeout", raw.get("wait_timeout"), 1, 86400)
    vm.wait_timeout = WAIT_TIMEOUT if timeout is None else timeout


def check_vms(check: Checker, wanted: Wanted) -> None:
    """Find what does not fit together."""
    images = {image.name for image in wanted.of("images")}
    for i, vm in enumerate(wanted.of("vms")):
        at = f"vms[{i}]"
        known = vm.state == "absent" or vm.image in images
        if vm.image and not known and not _BASE.fullmatch(vm.image):
            check.problem(f"{at}.image", f"{vm.image} is not one of images")


def _metadata(check: Checker, at: str, raw: Mapping[str, Any] | None) -> dict[str, str]:
    found = {}
    for key, value in (raw or {}).items():
        if key not in META_KEYS or key == "environment":
            check.problem(f"{at}.metadata", f"{key!a:.60} is not known")
        elif value is not None:
            found[key] = check.text(f"{at}.metadata.{key}", value) or ""
    return found
