# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of snapshots."""

from __future__ import annotations

from typing import Any


def snapshot_spec() -> dict[str, Any]:
    """Return the options of one snapshot."""
    states = ["present", "absent", "reverted"]
    powers = ["recorded", "running", "paused", "stopped"]
    return {
        "vm": {"type": "str", "required": True},
        "uuid": {"type": "str"},
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "choices": states, "default": "present"},
        "description": {"type": "str"},
        "kind": {"type": "str", "choices": ["auto", "internal", "external"], "default": "auto"},
        "disks": {"type": "list", "elements": "str"},
        "memory": {"type": "bool"},
        "quiesce": {"type": "bool", "default": False},
        "children": {"type": "bool", "default": False},
        "power": {"type": "str", "choices": powers, "default": "recorded"},
        "force": {"type": "bool", "default": False},
    }
