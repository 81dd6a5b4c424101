# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that differs, written into one document. Reads the host; writes nothing."""

from __future__ import annotations

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_devices as _devices
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_edit as _edit
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import (
    vm_edit_devices as _edit_devices,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_edit import Edit, Wish


def edit_for(wish: Wish) -> Edit:
    """Return what is to be written; raises FuyajoError for what cannot be changed."""
    _edit.refuse(wish)
    edit = _edit.start_edit(wish.found)
    if not wish.values:
        return edit
    _edit.hardware(wish, edit.document)
    _edit.meta(wish, edit.document)
    _edit_devices.disks(wish, edit)
    _edit_devices.drives(wish, edit)
    _edit_devices.cards(wish, edit)
    _edit.boot(wish, edit.document)
    if any(key in wish.values for key in ("disks", "media", "host_devices")):
        _devices.add_controllers(edit.document)
    return edit
