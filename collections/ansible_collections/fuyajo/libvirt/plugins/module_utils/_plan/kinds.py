# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of object, for `stack`. A module about one kind imports only that one: it starts faster."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import (
    image_kind,
    network_kind,
    pool_kind,
    vm_kind,
    volume_kind,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

ALL = (pool_kind.KIND, image_kind.KIND, network_kind.KIND, volume_kind.KIND, vm_kind.KIND)


def wanted_of_all(options: Mapping[str, Any]) -> Wanted:
    """Return the checked form of the options of `stack`."""
    return Wanted.parse(options, ALL)
