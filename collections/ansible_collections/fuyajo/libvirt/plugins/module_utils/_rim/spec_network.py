# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of networks."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import present_absent


def network_spec() -> dict[str, Any]:
    """Return the options of one network."""
    return {
        "name": {"type": "str", "required": True},
        "mode": {"type": "str", "choices": ["isolated", "nat"], "default": "isolated"},
        "cidr": {"type": "str"},
        "state": present_absent(),
    }
