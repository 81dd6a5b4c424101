# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about virtual networks. One question or one act each."""

from __future__ import annotations

from typing import Any, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import Calls, translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network


class NetworkCalls(Calls):
    """Reads and writes of virtual networks."""

    @translated
    def networks(self) -> list[dict[str, Any]]:
        """Return the facts of every network, by name; one that vanishes meanwhile is left out."""
        found = []
        for handle in self.conn.listAllNetworks(0):
            try:
                found.append(self._network_facts(handle))
            except self.lib.libvirtError as error:
                if error.get_error_code() != self.lib.VIR_ERR_NO_NETWORK:
                    raise
        return sorted(found, key=lambda each: str(each["name"]))

    @translated
    def network_handle(self, name: str) -> Any | None:
        """Return the handle of a network, or None."""
        try:
            return self.conn.networkLookupByName(name)
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_NETWORK:
                return None
            raise

    @translated
    def network_facts(self, handle: Any) -> dict[str, Any]:
        """Return the facts of one network, as it is now (as it starts next when it is stopped)."""
        return self._network_facts(handle)

    def network(self, name: str) -> dict[str, Any] | None:
        """Return the facts of one network, or None."""
        handle = self.network_handle(name)
        return None if handle is None else self.network_facts(handle)

    def _network_facts(self, handle: Any) -> dict[str, Any]:
        facts = _network.network_facts(_network.parse_network(handle.XMLDesc(0)))
        active = bool(handle.isActive())
        persistent = bool(handle.isPersistent())
        facts.update(
            active=active,
            state="started" if active else "stopped",
            persistent=persistent,
            autostart=persistent and bool(handle.autostart()),
        )
        return facts

    @translated
    def network_xml(self, handle: Any) -> str:
        """Return what a network is at its next start."""
        # libvirt's mock driver has one form only, and refuses the flag.
        flags = 0 if self.is_mock else self.lib.VIR_NETWORK_XML_INACTIVE
        return cast("str", handle.XMLDesc(flags))

    @translated
    def live_network_xml(self, handle: Any) -> str:
        """Return what a network is now."""
        return cast("str", handle.XMLDesc(0))

    @translated
    def define_network(self, xml: str) -> Any:
        """Make or change a network's definition; returns its handle. What runs is not touched."""
        return self.conn.networkDefineXML(xml)

    @translated
    def update_network(
        self, handle: Any, update: _network.Update, live: bool, config: bool
    ) -> None:
        """Add or remove one element: now, for the next start, or both."""
        command = "ADD_LAST" if update.add else "DELETE"
        flags = self.lib.VIR_NETWORK_UPDATE_AFFECT_LIVE if live else 0
        flags |= self.lib.VIR_NETWORK_UPDATE_AFFECT_CONFIG if config else 0
        handle.update(
            getattr(self.lib, f"VIR_NETWORK_UPDATE_COMMAND_{command}"),
            getattr(self.lib, f"VIR_NETWORK_SECTION_{update.section}"),
            update.index,
            update.xml,
            flags,
        )

    @translated
    def set_network_autostart(self, handle: Any, autostart: bool) -> None:
        """Say whether a network starts with the host."""
        handle.setAutostart(1 if autostart else 0)

    @translated
    def start_network(self, handle: Any) -> None:
        """Start a network that is defined."""
        handle.create()

    @translated
    def stop_network(self, handle: Any) -> None:
        """Stop a network; machines that are plugged in lose it. One that is off already is fine."""
        if handle.isActive():
            handle.destroy()

    @translated
    def undefine_network(self, handle: Any) -> None:
        """Forget a network's definition."""
        handle.undefine()

    @translated
    def network_is_active(self, handle: Any) -> bool:
        """Say whether a network runs."""
        return bool(handle.isActive())

    @translated
    def network_leases(self, handle: Any) -> list[dict[str, Any]]:
        """Return the addresses that DHCP gave away; none where libvirt cannot tell."""
        try:
            leases = handle.DHCPLeases() or []
        except self.lib.libvirtError:
            # A network of a foreign bridge, a stopped one, or a driver without DHCP.
            return []
        keys = ("mac", "ipaddr", "hostname", "clientid", "expirytime", "prefix")
        names = ("mac", "ip", "hostname", "client_id", "expires", "prefix")
        found = [{name: lease.get(key) for name, key in zip(names, keys)} for lease in leases]
        return sorted(found, key=lambda lease: str(lease["ip"]))

    def networks_in_full(self, name: str | None = None) -> list[dict[str, Any]]:
        """Return the facts of all networks, or of one, with their leases and machines."""
        if name is None:
            found = self.networks()
        else:
            one = self.network(name)
            found = [] if one is None else [one]
        machines = self.plugged() if found else {}
        for facts in found:
            handle = self.network_handle(facts["name"])
            facts["leases"] = self.network_leases(handle) if handle is not None else []
            facts["machines"] = machines.get(facts["name"], [])
        return found

    @translated
    def plugged(self, running_only: bool = False) -> dict[str, list[str]]:
        """Return {network: machines that are plugged in}, as the machines are now."""
        flags = self.lib.VIR_CONNECT_LIST_DOMAINS_ACTIVE if running_only else 0
        found: dict[str, list[str]] = {}
        for handle in self.conn.listAllDomains(flags):
            try:
                text = handle.XMLDesc(0)
            except self.lib.libvirtError as error:
                if error.get_error_code() != self.lib.VIR_ERR_NO_DOMAIN:
                    raise
                continue
            for network in _network.plugged_networks(text):
                found.setdefault(network, []).append(handle.name())
        return {network: sorted(names) for network, names in found.items()}
