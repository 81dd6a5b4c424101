# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of backups."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_want import (
    BACKUP_KINDS,
    BACKUP_STATES,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.copy_kind import COPY_STATES


def backup_spec() -> dict[str, Any]:
    """Return the options of one backup."""
    return {
        "vm": {"type": "str", "required": True},
        "name": {"type": "str"},
        "directory": {"type": "path", "required": True},
        "state": {"type": "str", "choices": list(BACKUP_STATES), "default": "present"},
        "kind": {"type": "str", "choices": list(BACKUP_KINDS), "default": "auto"},
        "keep": {"type": "int"},
        "max_incrementals": {"type": "int", "default": 30},
        "track": {"type": "bool", "default": True},
        "quiesce": {"type": "bool", "default": False},
        "verify": {"type": "bool", "default": True},
        "as": {"type": "str"},
        "replace": {"type": "bool", "default": False},
        "started": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 3600},
        "boot_timeout": {"type": "int", "default": 600},
    }


def backup_info_spec() -> dict[str, Any]:
    """Return the options of the module that lists backups."""
    return {
        "directory": {"type": "path", "required": True},
        "vm": {"type": "str"},
        "owner": {"type": "str"},
        "verify": {"type": "bool", "default": False},
        "timeout": {"type": "int", "default": 3600},
    }


def vault_spec() -> dict[str, Any]:
    """Return the options about where copies lie."""
    return {
        "repository": {"type": "str", "required": True},
        "password_file": {"type": "path", "required": True},
        "credentials_file": {"type": "path"},
    }


def copy_spec() -> dict[str, Any]:
    """Return the options of one copy."""
    return {
        "vm": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "directory": {"type": "path", "required": True},
        **vault_spec(),
        "state": {"type": "str", "choices": list(COPY_STATES), "default": "present"},
        "timeout": {"type": "int", "default": 86400},
    }


def copy_info_spec() -> dict[str, Any]:
    """Return the options of the module that lists copies."""
    return {
        **vault_spec(),
        "vm": {"type": "str"},
        "owner": {"type": "str"},
        "timeout": {"type": "int", "default": 3600},
    }
