# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of clones."""

from __future__ import annotations

from typing import Any


def clone_spec() -> dict[str, Any]:
    """Return the options of one clone."""
    return {
        "name": {"type": "str", "required": True},
        "source": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "started"], "default": "present"},
        "linked": {"type": "bool", "default": False},
        "snapshot": {"type": "str"},
    }
