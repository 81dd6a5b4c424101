# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of programs that run in a guest."""

from __future__ import annotations

from typing import Any


def exec_spec() -> dict[str, Any]:
    """Return the options of one run."""
    return {
        "vm": {"type": "str", "required": True, "aliases": ["name"]},
        "argv": {"type": "list", "elements": "str", "required": True},
        "stdin": {"type": "str"},
        "stdin_add_newline": {"type": "bool", "default": True},
        "env": {"type": "dict"},
        "timeout": {"type": "int", "default": 60},
        "agent_timeout": {"type": "int", "default": 30},
        "capture_bytes": {"type": "int", "default": 1048576},
        # Paths of the guest: not of type "path", which would expand ~ of the host.
        "creates": {"type": "str"},
        "removes": {"type": "str"},
    }
