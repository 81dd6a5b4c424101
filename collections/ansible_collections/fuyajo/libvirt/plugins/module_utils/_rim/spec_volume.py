# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of volumes."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.volume_kind import (
    FORMATS,
    PREALLOCATION,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import present_absent


def volume_spec() -> dict[str, Any]:
    """Return the options of one volume."""
    return {
        "name": {"type": "str", "required": True},
        "pool": {"type": "str"},
        "size": {"type": "str"},
        "format": {"type": "str", "choices": list(FORMATS)},
        "backing": {"type": "str"},
        "preallocation": {"type": "str", "choices": list(PREALLOCATION), "default": "none"},
        "source": {"type": "path"},
        "checksum": {"type": "str"},
        "source_volume": {"type": "str"},
        "source_pool": {"type": "str"},
        "state": present_absent(),
    }
