# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of machines."""

from __future__ import annotations

from typing import Any, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import META_KEYS
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_want as _vm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import (
    vm_want_devices as _devices,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import (
    VM_STATES,
    WAIT_TIMEOUT,
    WAITS,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    common_spec,
    list_of,
    owner_spec,
    present_absent,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_image import image_spec


def machine_spec() -> dict[str, Any]:
    """Return the options about machines in general."""
    return {
        **common_spec(),
        **owner_spec(),
        "environment": {"type": "str"},
        "images": list_of(image_spec()),
        "accelerator": {"type": "str", "choices": ["auto", "kvm", "tcg"], "default": "auto"},
        "allow_restart": {"type": "bool", "default": False},
        "shutdown_timeout": {"type": "int", "default": 60},
    }


def vm_spec() -> dict[str, Any]:
    """Return the options of one machine."""
    cloud_init = {
        "user": _of("str"),
        # Public keys: nothing here is secret.
        "ssh_authorized_keys": {"type": "list", "elements": "str", "no_log": False},
        "hostname": _of("str"),
        "user_data": {"type": "dict"},
        "network_config": {"type": "dict"},
        "rerun": {"type": "bool", "default": False},
    }
    metadata = {key: _of("str") for key in META_KEYS if key != "environment"}
    return {
        "name": _of("str", required=True),
        "state": _one_of(VM_STATES, default="present"),
        "uuid": _of("str"),
        "cpus": _of("int"),
        "max_cpus": _of("int"),
        "memory": _of("str"),
        "max_memory": _of("str"),
        "disk": _of("str"),
        "image": _of("str"),
        **_device_spec(),
        **_hardware_spec(),
        "cloud_init": {"type": "dict", "options": cloud_init},
        "title": _of("str"),
        "description": _of("str"),
        "tags": {"type": "list", "elements": "str"},
        "metadata": {"type": "dict", "options": metadata},
        "autostart": _of("bool"),
        "force_off": {"type": "bool", "default": False},
        "exact_disks": {"type": "bool", "default": False},
        "remove_storage": {"type": "bool", "default": False},
        "wait_for": _one_of(WAITS),
        "wait_timeout": {"type": "int", "default": WAIT_TIMEOUT},
    }


def _device_spec() -> dict[str, Any]:
    disk = {
        "name": _of("str", required=True),
        "size": _of("str"),
        "volume": _of("str"),
        "pool": _of("str"),
        "bus": _one_of(_devices.BUSES),
        "format": _one_of(_devices.FORMATS),
        "serial": _of("str"),
        "readonly": _of("bool"),
        "shareable": _of("bool"),
        "cache": _one_of(_devices.CACHES),
        "io": _one_of(_devices.IO_MODES),
        "discard": _one_of(_devices.DISCARDS),
        "boot_order": _of("int"),
        "state": present_absent(),
    }
    nic = {
        "network": _of("str"),
        "bridge": _of("str"),
        "mac": _of("str"),
        "model": _of("str"),
        "link": _one_of(("up", "down")),
        "boot_order": _of("int"),
    }
    share = {
        "name": _of("str", required=True),
        "path": {"type": "str", "required": True},
        "driver": _one_of(_devices.SHARE_DRIVERS),
        "readonly": _of("bool"),
    }
    return {
        "disks": _list(disk),
        "media": _list({"name": _of("str", required=True), "path": _of("str")}),
        "nics": _list(nic),
        "forwards": _list({"guest": {"type": "int", "required": True}, "host": _of("int")}),
        "shares": _list(share),
        "host_devices": _list({"pci": _of("str"), "usb": _of("str")}),
    }


def _hardware_spec() -> dict[str, Any]:
    return {
        "firmware": _one_of(_vm.FIRMWARES),
        "secure_boot": _of("bool"),
        "tpm": _of("bool"),
        "machine": _of("str"),
        "cpu_mode": _one_of(_vm.CPU_MODES),
        "cpu_model": _of("str"),
        "boot": {"type": "list", "elements": "str", "choices": list(_vm.BOOT_DEVICES)},
        "video": _one_of(_vm.VIDEOS),
        "graphics": _one_of(_vm.GRAPHICS),
        "serial_log": _of("bool"),
        "guest_agent": _of("bool"),
    }


def _of(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, **more}


def _one_of(choices: Sequence[str], **more: Any) -> dict[str, Any]:
    return {"type": "str", "choices": list(choices), **more}


def _list(options: dict[str, Any]) -> dict[str, Any]:
    """Return an option that is a list of dictionaries, and None when nobody said."""
    return {"type": "list", "elements": "dict", "options": options}
