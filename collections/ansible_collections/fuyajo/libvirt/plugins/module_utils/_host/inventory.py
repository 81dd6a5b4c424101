# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""All machines of a host with the addresses at which they can be reached, in as few calls as that takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import many, translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import addresses as _addresses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain

_SSH = 22
# Agents are waited for together: the slowest one decides, not the sum.
_ASKED_AT_A_TIME = 32


@dataclass
class _Seen:
    """One machine while its address is looked for."""

    handle: Any
    document: _domain.Domain
    facts: dict[str, Any]


class InventoryHost(Host):
    """A connection that reads a whole host for an inventory."""

    @translated
    def machines(
        self, sources: Sequence[str] = (), agent_seconds: float = 5.0
    ) -> list[dict[str, Any]]:
        """Return the facts of every machine, sorted by name, with ``address``, ``port``, ``address_source``.

        ``sources`` are asked in that order, each only for what is still missing; the three are None when
        nobody knew. Only ``agent`` asks guests (and needs a connection that may write), each for at most
        ``agent_seconds`` (and up to 5 s more for libvirt's own greeting of the agent).
        """
        seen = []
        for handle, document, facts in self.looks():
            facts.update(address=None, port=None, address_source=None)
            seen.append(_Seen(handle, document, facts))
        for source in sources:
            missing = [one for one in seen if one.facts["address"] is None]
            self._ask(source, missing, agent_seconds)
        return sorted((one.facts for one in seen), key=lambda facts: str(facts["name"]))

    def _ask(self, source: str, missing: list[_Seen], agent_seconds: float) -> None:
        running = [one for one in missing if one.facts["state"] == "running"]
        if source == _addresses.FORWARD:
            # A loopback port of another host is not one of ours.
            for one in missing if self.is_local else []:
                _take_forward(one.facts)
        elif source == _addresses.LEASE:
            self._take_leases(running)
        elif source == _addresses.ARP:
            plugged = [one for one in running if any(n.kind != "user" for n in one.document.nics)]
            self._take(plugged, lambda one: self.arp_addresses(one.handle), self.readers)
        elif source == _addresses.AGENT:
            self._take(
                running,
                lambda one: self.agent_addresses(one.handle, agent_seconds),
                _ASKED_AT_A_TIME,
            )

    def _take(
        self, machines: list[_Seen], ask: Callable[[_Seen], list[dict[str, Any]]], threads: int
    ) -> None:
        for one, found in zip(machines, many(ask, machines, threads)):
            _take_best(one.facts, found)

    def _take_leases(self, running: list[_Seen]) -> None:
        """One question per network, whatever the number of machines."""
        networks = {n.network for one in running for n in one.document.nics if n.network}
        given: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for network in sorted(networks):
            # The newest lease of a card is the one that holds.
            for lease in sorted(self.leases(network), key=lambda each: -each.expires):
                entry = _addresses.entry(lease.address, lease.mac, _addresses.LEASE)
                if entry is not None:
                    given.setdefault((network, lease.mac), []).append(entry)
        for one in running:
            cards = [(n.network or "", (n.mac or "").lower()) for n in one.document.nics]
            _take_best(one.facts, [entry for card in cards for entry in given.get(card, [])[:1]])


def _take_forward(facts: dict[str, Any]) -> None:
    for forward in facts["forwards"]:
        # An address from metadata goes to ssh's command line: ours are all the loopback one.
        if forward["guest"] == _SSH and forward["address"] == _domain.LOOPBACK:
            facts.update(
                address=forward["address"], port=forward["host"], address_source=_addresses.FORWARD
            )
            return


def _take_best(facts: dict[str, Any], found: list[dict[str, Any]]) -> None:
    best = next(iter(_addresses.merged(found)), None)
    if best is not None:
        facts.update(address=best["address"], address_source=best["source"])
