# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several modules share."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import OWNER


def uri_spec() -> dict[str, Any]:
    """Return the option every module has."""
    return {"uri": {"type": "str"}}


def common_spec() -> dict[str, Any]:
    """Return the options of every module that changes something."""
    pool = {
        "name": {"type": "str", "default": "fuyajo"},
        "path": {"type": "path"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
    return {
        **uri_spec(),
        "pool": {"type": "dict", "options": pool, "default": {}},
    }


def owner_spec() -> dict[str, Any]:
    """Return the options about whose things are, and whether things of nobody may be taken over."""
    return {
        "owner": {"type": "str", "default": OWNER},
        "adopt": {"type": "bool", "default": False},
    }


def list_of(options: dict[str, Any]) -> dict[str, Any]:
    """Return an option that is a list of dictionaries, empty by default."""
    return {"type": "list", "elements": "dict", "default": [], "options": options}


def present_absent() -> dict[str, Any]:
    """Return the option ``state`` of things that are there or not."""
    return {"type": "str", "choices": ["present", "absent"], "default": "present"}
