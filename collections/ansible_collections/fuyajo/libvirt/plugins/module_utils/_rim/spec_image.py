# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of images."""

from __future__ import annotations

from typing import Any


def image_spec() -> dict[str, Any]:
    """Return the options of one image."""
    return {
        "name": {"type": "str", "required": True},
        "path": {"type": "path"},
        "sha256": {"type": "str", "required": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
