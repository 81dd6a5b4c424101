# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acts on a machine that runs: they touch what runs, and never its definition.

A refusal is an error of ours like any other; whoever calls decides whether the next start will do.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import Calls, translated


class DeviceCalls(Calls):
    """Live changes of machines."""

    @translated
    def set_running_memory(self, handle: Any, mib: int) -> None:
        """Ask the guest's balloon for ``mib`` MiB."""
        handle.setMemoryFlags(mib * 1024, self.lib.VIR_DOMAIN_AFFECT_LIVE)

    @translated
    def set_running_cpus(self, handle: Any, cpus: int) -> None:
        """Plug or unplug processors; a guest can refuse to give one back."""
        handle.setVcpusFlags(cpus, self.lib.VIR_DOMAIN_AFFECT_LIVE)

    @translated
    def attach(self, handle: Any, xml: str) -> None:
        """Plug a device in."""
        handle.attachDeviceFlags(xml, self.lib.VIR_DOMAIN_AFFECT_LIVE)

    @translated
    def detach(self, handle: Any, xml: str) -> None:
        """Ask for a device back. libvirt waits 5 s for the guest; afterwards it may still be there."""
        handle.detachDeviceFlags(xml, self.lib.VIR_DOMAIN_AFFECT_LIVE)

    @translated
    def change_device(self, handle: Any, xml: str) -> None:
        """Change a device that is plugged in: the medium of a drive, the link of a card."""
        flags = self.lib.VIR_DOMAIN_AFFECT_LIVE
        handle.updateDeviceFlags(xml, flags)

    @translated
    def grow_idle_disk(self, path: str, size: int) -> None:
        """Make the disk file of a machine that is off ``size`` bytes large."""
        self.conn.storageVolLookupByPath(path).resize(size, 0)

    @translated
    def grow_running_disk(self, handle: Any, path: str, size: int) -> None:
        """Tell a running machine that its disk has ``size`` bytes now."""
        handle.blockResize(path, size, self.lib.VIR_DOMAIN_BLOCK_RESIZE_BYTES)
