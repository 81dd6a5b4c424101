# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of pools."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.pool_kind import (
    NEEDS,
    SOURCE_KEYS,
    STATES,
)


def pool_spec() -> dict[str, Any]:
    """Return the options of one pool."""
    source: dict[str, Any] = {key: {"type": "str"} for key in SOURCE_KEYS}
    return {
        "name": {"type": "str", "required": True},
        "type": {"type": "str", "choices": list(NEEDS)},
        "path": {"type": "path"},
        "source": {"type": "dict", "options": source},
        "mode": {"type": "str"},
        "owner": {"type": "int"},
        "group": {"type": "int"},
        "autostart": {"type": "bool"},
        "refresh": {"type": "bool", "default": False},
        "remove_storage": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": list(STATES), "default": "started"},
    }
