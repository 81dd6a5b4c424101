# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What running machines use, all of them in one call."""

from __future__ import annotations

from typing import Any, Dict, Tuple

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import Calls, translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.metadata import NAMESPACE

Measure = Tuple[Any, str, int, Dict[str, Any]]

_GROUPS = ("CPU_TOTAL", "BALLOON", "VCPU", "INTERFACE", "BLOCK")


class MeasureCalls(Calls):
    """Statistics of machines."""

    @translated
    def measures(self) -> list[Measure]:
        """Return (handle, UUID, number of this life, statistics by libvirt's names) of what runs.

        A machine that is busy answers with less instead of making everybody wait.
        """
        wanted = 0
        for name in _GROUPS:
            wanted |= getattr(self.lib, "VIR_DOMAIN_STATS_" + name)
        flags = self.lib.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE
        flags |= self.lib.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
        records = self.conn.getAllDomainStats(wanted, flags)
        return [(handle, handle.UUIDString(), handle.ID(), values) for handle, values in records]

    def is_ours(self, handle: Any) -> bool:
        """Say whether a machine has metadata of ours; one that is gone has none."""
        try:
            return bool(handle.metadata(self.lib.VIR_DOMAIN_METADATA_ELEMENT, NAMESPACE, 0))
        except self.lib.libvirtError:
            return False
