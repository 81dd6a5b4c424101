# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about the host itself: what it is, and what it says it can do."""

from __future__ import annotations

import shutil
from typing import Any, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import Calls, translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.capabilities import version


class AboutCalls(Calls):
    """What the host is."""

    @translated
    def identity(self) -> dict[str, Any]:
        """Return names and versions of the host and of what runs guests on it."""
        return {
            "hostname": self.conn.getHostname(),
            "uri": self.conn.getURI(),
            "libvirt_version": version(self.conn.getLibVersion()),
            "hypervisor": self.conn.getType(),
            "hypervisor_version": version(self.conn.getVersion()),
        }

    @translated
    def capabilities(self) -> str:
        """Return the document of what the host is."""
        return cast("str", self.conn.getCapabilities())

    @translated
    def domain_capabilities(
        self, virt_type: str, arch: str | None = None, machine: str | None = None
    ) -> str | None:
        """Return the document of what guests of a type can be given, or None when there are none."""
        try:
            text = self.conn.getDomainCapabilities(None, arch, machine, virt_type, 0)
        except self.lib.libvirtError as error:
            none = (self.lib.VIR_ERR_INVALID_ARG, self.lib.VIR_ERR_CONFIG_UNSUPPORTED)
            if error.get_error_code() not in (*none, self.lib.VIR_ERR_NO_SUPPORT):
                raise
            return None
        return cast("str", text)

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

    @translated
    def domain_states(self) -> dict[str, int]:
        """Return how many machines there are in each state, in one call."""
        found: dict[str, int] = {}
        handles = self.conn.listAllDomains(0)
        try:
            nowait = self.lib.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
            stats = self.conn.getAllDomainStats(self.lib.VIR_DOMAIN_STATS_STATE, nowait)
            states = [values.get("state.state", 0) for _domain, values in stats]
        except self.lib.libvirtError:
            states = [handle.info()[0] for handle in handles]
        for state in states:
            name = _facts.state_name(state)
            found[name] = found.get(name, 0) + 1
        return {"total": len(handles), **dict(sorted(found.items()))}
