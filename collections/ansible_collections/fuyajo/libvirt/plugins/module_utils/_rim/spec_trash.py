# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the trash."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.trash_want import TRASH_STATES


def trash_spec() -> dict[str, Any]:
    """Return the options of one machine that goes into the trash or comes out of it."""
    return {
        "vm": {"type": "str", "required": True},
        "uuid": {"type": "str"},
        "state": {"type": "str", "choices": list(TRASH_STATES), "default": "trashed"},
        "until": {"type": "str"},
    }


def grace_spec() -> dict[str, Any]:
    """Return the option about how long a guest gets to end by itself."""
    return {"shutdown_timeout": {"type": "int", "default": 60}}
