# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of machines."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import META_KEYS
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import VM_STATES
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import (
    common_spec,
    list_of,
    owner_spec,
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
        "user": {"type": "str"},
        # Public keys: nothing here is secret.
        "ssh_authorized_keys": {"type": "list", "elements": "str", "no_log": False},
        "hostname": {"type": "str"},
        "user_data": {"type": "dict"},
        "network_config": {"type": "dict"},
    }
    metadata = {key: {"type": "str"} for key in META_KEYS if key != "environment"}
    forward = {"guest": {"type": "int", "required": True}, "host": {"type": "int"}}
    return {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": list(VM_STATES), "default": "present"},
        "uuid": {"type": "str"},
        "cpus": {"type": "int"},
        "memory": {"type": "str"},
        "disk": {"type": "str"},
        "image": {"type": "str"},
        "nics": {
            "type": "list",
            "elements": "dict",
            "options": {"network": {"type": "str", "required": True}},
        },
        "forwards": {"type": "list", "elements": "dict", "options": forward},
        "cloud_init": {"type": "dict", "options": cloud_init},
        "metadata": {"type": "dict", "options": metadata},
    }
