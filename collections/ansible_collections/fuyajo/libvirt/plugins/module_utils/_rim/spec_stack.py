# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of `stack`: those of machines in general, and a list for every kind."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import list_of
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_network import network_spec
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_vm import (
    machine_spec,
    vm_spec,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_volume import volume_spec


def stack_spec() -> dict[str, Any]:
    """Return the argument spec of the module."""
    return {
        **machine_spec(),
        "networks": list_of(network_spec()),
        "volumes": list_of(volume_spec()),
        "vms": list_of(vm_spec()),
        "threads": {"type": "int", "default": 4},
        "continue_on_error": {"type": "bool", "default": True},
    }
