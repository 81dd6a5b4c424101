# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was said about a machine, in the shape of `_model.projection`. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import GIB
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

# Options whose name and value are the same on both sides.
_SAME = (
    "cpus",
    "max_cpus",
    "firmware",
    "secure_boot",
    "tpm",
    "machine",
    "cpu_model",
    "boot",
    "autostart",
    "video",
    "graphics",
    "serial_log",
    "guest_agent",
    "title",
    "description",
    "tags",
)
_LISTS = ("media", "nics", "shares", "host_devices")


def wanted_options(vm: WantedVm) -> dict[str, Any]:
    """Return everything that was said and that a definition holds; None is what nobody said.

    State, disk, image, forwards, seed and metadata need the host, and are not in it. A disk that is to
    go has the ``state`` absent. Inside of lists, what was not said is left out.
    """
    values: dict[str, Any] = {key: getattr(vm, key) for key in _SAME}
    values["memory_mib"] = vm.memory
    values["max_memory_mib"] = vm.max_memory
    values["cpu_mode"] = "custom" if vm.cpu_model else vm.cpu_mode
    values["disks"] = None if vm.disks is None else [_disk(disk) for disk in vm.disks]
    for key in _LISTS:
        listed = getattr(vm, key)
        values[key] = None if listed is None else [said(asdict(each)) for each in listed]
    return values


def said(values: dict[str, Any]) -> dict[str, Any]:
    """Return what is not None."""
    return {key: value for key, value in values.items() if value is not None}


def gib(size: int | None) -> int | float | None:
    """Return bytes as GiB: a whole number where it is one."""
    if size is None:
        return None
    return size // GIB if size % GIB == 0 else round(size / GIB, 3)


def _disk(disk: Any) -> dict[str, Any]:
    values = said(asdict(disk))
    if "size" in values:
        values["size_gib"] = gib(values.pop("size"))
    if values["state"] == "present":
        del values["state"]
    return values
