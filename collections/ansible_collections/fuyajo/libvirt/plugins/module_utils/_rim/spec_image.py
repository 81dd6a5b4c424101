# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of images."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.image_file import FORMATS
from ansible_collections.fuyajo.libvirt.plugins.module_utils._rim.spec_common import present_absent


def image_spec() -> dict[str, Any]:
    """Return the options of one image."""
    return {
        "name": {"type": "str", "required": True},
        "path": {"type": "path"},
        "url": {"type": "str"},
        "sha256": {"type": "str", "required": True},
        "format": {"type": "str", "choices": list(FORMATS), "default": "qcow2"},
        "max_size": {"type": "str", "default": "256G"},
        "timeout": {"type": "int", "default": 3600},
        "state": present_absent(),
    }


def unused_spec() -> dict[str, Any]:
    """Return the option about bases that nothing needs any more."""
    return {"remove_unused_images": {"type": "bool", "default": False}}
