# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host has and offers. One question each."""

from __future__ import annotations

import shutil
from typing import Any, TypeVar, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.about import AboutCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    translated,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    NOT_FOUND,
    FuyajoError,
)

T = TypeVar("T")


class CapacityCalls(AboutCalls):
    """What the host has and offers."""

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
    def offers(self, virt_type: str) -> tuple[bool, bool]:
        """Return (guests of that type are offered, passt is offered). May take most of a second."""
        try:
            text = self.conn.getDomainCapabilities(None, None, None, virt_type, 0)
        except self.lib.libvirtError:
            return False, False
        return True, "<value>passt</value>" in text

    @translated
    def knows_passt(self) -> bool:
        """Say whether it makes sense to ask this libvirt about passt at all.

        libvirt 9.1.0 was the first to report it; older ones would only cost the question. It reports what
        it was built with, though: the program itself may not be installed, and then no machine starts.
        """
        if self.is_mock or self.conn.getLibVersion() < 9001000:
            return False
        return not self.is_local or shutil.which("passt") is not None


def require(found: T | None, what: str) -> T:
    """Return ``found``, or raise FuyajoError(kind=not_found) when it is None."""
    if found is None:
        raise FuyajoError(f"{what} does not exist", NOT_FOUND)
    return found
