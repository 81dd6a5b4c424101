# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host has. One question each."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.pools import PoolReads
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    NOT_FOUND,
    FuyajoError,
)

T = TypeVar("T")


class CapacityCalls(PoolReads):
    """What the host has; what it can do is in `about`."""

    @translated
    def capacity(self, pool: str | None = None) -> dict[str, Any]:
        """Return {memory_total_mib, memory_free_mib, cpus, disk_free_gib, arch}.

        Free memory counts caches, which the kernel gives back. ``disk_free_gib`` is that of
        ``pool`` and None when there is no such pool.
        """
        info = self.conn.getInfo()
        facts = {"memory_total_mib": info[1], "memory_free_mib": info[1], "cpus": info[2]}
        facts["arch"] = info[0]
        try:
            memory = self.conn.getMemoryStats(self.lib.VIR_NODE_MEMORY_STATS_ALL_CELLS, 0)
            free = sum(memory.get(key, 0) for key in ("free", "buffers", "cached"))
            # The node's own figure leaves out memory that came after boot; this one does not.
            facts["memory_total_mib"] = max(info[1], memory.get("total", 0) // 1024)
            facts["memory_free_mib"] = free // 1024
        except self.lib.libvirtError:
            facts["memory_free_mib"] = self.conn.getFreeMemory() // 2**20
        found = self.pool(pool) if pool else None
        facts["disk_free_gib"] = found["free_gib"] if found else None
        return facts

    @translated
    def arch(self) -> str:
        """Return the host's processor architecture."""
        return cast("str", self.conn.getInfo()[0])

    @translated
    def network_names(self) -> list[str]:
        """Return the names of all networks, sorted, in one call; no document is read."""
        return sorted(handle.name() for handle in self.conn.listAllNetworks(0))


def require(found: T | None, what: str) -> T:
    """Return ``found``, or raise FuyajoError(kind=not_found) when it is None."""
    if found is None:
        raise FuyajoError(f"{what} does not exist", NOT_FOUND)
    return found
