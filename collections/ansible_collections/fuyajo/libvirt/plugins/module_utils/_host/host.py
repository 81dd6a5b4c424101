# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host: everything that can be asked of a libvirt and done with it, on one connection.

libvirt itself comes with `reading`; what only speaks to guests' agents, libvirt_qemu, is imported here.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.about import AboutCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.backups import BackupCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domain_addresses import (
    DomainCalls,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domain_devices import (
    DeviceCalls,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domain_writes import (
    DomainWrites,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.events import EventCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.networks import NetworkCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import (
    ReadHost,
    default_uri,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.snapshots import SnapshotCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.volumes import VolumeCalls

try:
    import libvirt_qemu
except ImportError:
    libvirt_qemu = None

__all__ = ["Host", "default_uri"]


class Host(
    ReadHost,
    DomainCalls,
    DomainWrites,
    DeviceCalls,
    EventCalls,
    BackupCalls,
    AboutCalls,
    VolumeCalls,
    NetworkCalls,
    SnapshotCalls,
):
    """A connection to one libvirt, for reads and writes. Use it as a context manager."""

    def __init__(self, connection: Any, uri: str) -> None:
        super().__init__(connection, uri)
        self.lib_qemu = libvirt_qemu
