# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that find out where a machine can be reached."""

from __future__ import annotations

import socket
import time
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.agent import AgentCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import addresses as _addresses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import waiting as _waiting
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    Domain,
    Meta,
    parse_domain,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

# A port of a near machine opens at once; sshd of a loaded emulated guest needs seconds for its first line.
_CONNECT_SECONDS, _BANNER_SECONDS = 2.0, 5.0
# The guest-only part of facts must not hold them up.
_AGENT_SECONDS = 5.0


class AddressCalls(AgentCalls):
    """Addresses of machines, from leases, the host's neighbours, the agent, and forwards."""

    def with_addresses(
        self, facts: dict[str, Any], handle: Any, document: Domain, agent: bool
    ) -> dict[str, Any]:
        """Return the facts of a machine with ``addresses`` and the best of them, ``address``."""
        if facts["state"] != "running":
            return facts
        if agent:
            # A thorough look also sees cards that are plugged in until the next stop only.
            found = self.host_addresses(handle, self._live(handle, document))
            found = _addresses.merged(found, self.agent_addresses(handle))
        else:
            found = self.host_addresses(handle, document)
        forwards = _addresses.from_forwards((document.meta or Meta()).forwards)
        facts["addresses"] = _addresses.merged(found, forwards)
        facts["address"] = _addresses.best_of(facts["addresses"])
        return facts

    def _live(self, handle: Any, document: Domain) -> Domain:
        try:
            return parse_domain(handle.XMLDesc(0))
        except self.lib.libvirtError:
            return document

    def host_addresses(self, handle: Any, document: Domain) -> list[dict[str, Any]]:
        """Return what the host itself knows: leases, or else its neighbours."""
        if not any(nic.kind != "user" for nic in document.nics):
            return []
        found = []
        if any(nic.kind == "network" for nic in document.nics):
            lease = self.lib.VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE
            found = self._interfaces(handle, lease, _addresses.LEASE)
        return found or self.arp_addresses(handle)

    def arp_addresses(self, handle: Any) -> list[dict[str, Any]]:
        """Return what the host's neighbour table knows of the machine's cards."""
        arp = getattr(self.lib, "VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_ARP", 2)
        return self._interfaces(handle, arp, _addresses.ARP)

    def _interfaces(self, handle: Any, source: int, name: str) -> list[dict[str, Any]]:
        try:
            return _addresses.from_libvirt(handle.interfaceAddresses(source, 0), name)
        except self.lib.libvirtError:
            # Stopped meanwhile, a network without DHCP, a driver that cannot tell: no address is known.
            return []

    def agent_addresses(self, handle: Any, seconds: float = _AGENT_SECONDS) -> list[dict[str, Any]]:
        """Return what the guest says its addresses are; nothing when no agent listens."""
        try:
            if self.agent_channel(handle) != _waiting.CONNECTED:
                return []
            said = self.ask_agent(handle, "guest-network-get-interfaces", seconds)
        except FuyajoError:
            return []
        return _addresses.from_agent(said)

    @translated
    def agent_channel(self, handle: Any) -> str | None:
        """Return whether the agent's channel is connected; None when the machine has none."""
        return _waiting.channel_state(handle.XMLDesc(0))

    def leases(self, network: str) -> list[_waiting.Lease]:
        """Return the leases of a network; none when there is no such network."""
        try:
            given = self.conn.networkLookupByName(network).DHCPLeases(None, 0)
        except self.lib.libvirtError:
            return []
        found = []
        for each in given:
            entry = _addresses.entry(each.get("ipaddr"), each.get("mac"), _addresses.LEASE)
            if entry is not None and entry["mac"]:
                found.append(
                    _waiting.Lease(
                        network, entry["mac"], entry["address"], int(each.get("expirytime") or 0)
                    )
                )
        return found


def ssh_answer(address: str, port: int, seconds: float) -> str | None:
    """Return None when an SSH server answers there in time, otherwise what was seen instead."""
    where, deadline = f"port {port}", time.monotonic() + seconds
    seen = f"{where} does not answer"
    try:
        with socket.create_connection((address, port), min(_CONNECT_SECONDS, seconds)) as client:
            seen = f"{where} gives no SSH banner in time"
            left = deadline - time.monotonic()
            client.settimeout(max(0.1, min(_BANNER_SECONDS, left)))
            said = client.recv(255)
    except socket.timeout:
        return seen
    except OSError as error:
        return f"{where} closed ({(error.strerror or 'no answer').lower()})"
    if said.startswith(b"SSH-") or b"\nSSH-" in said:
        return None
    return f"{where} open but no SSH banner"
