# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines, as `converge` sees them."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_change import plan_vm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import (
    check_vms,
    parse_vm,
)

KIND = Kind("vm", "vms", 50, parse_vm, plan_vm, check_vms)
