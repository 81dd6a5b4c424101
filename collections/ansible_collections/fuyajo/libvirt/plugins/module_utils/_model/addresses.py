# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of a machine, from whoever knows one. Pure.

A lease and the host's neighbour table are the host's own knowledge. What the agent says is the guest's
word: checked for its type, and never preferred.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any, Iterable

LEASE, ARP, AGENT, FORWARD = "lease", "arp", "agent", "forward"
# Who is believed first.
_TRUST = (LEASE, ARP, AGENT, FORWARD)
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}", re.ASCII)
# More addresses than any sane guest has; the rest is dropped.
MOST = 64


def entry(address: Any, mac: Any, source: str) -> dict[str, Any] | None:
    """Return {address, family, mac, source}, or None when it is no address anybody could connect to."""
    if not isinstance(address, str) or len(address) > 64 or "%" in address:
        return None
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if parsed.is_multicast or parsed.is_unspecified or parsed.is_link_local:
        return None
    if parsed.is_loopback and source != FORWARD:
        return None
    family = "ipv4" if parsed.version == 4 else "ipv6"
    return {"address": str(parsed), "family": family, "mac": mac_of(mac), "source": source}


def mac_of(value: Any) -> str | None:
    """Return a MAC address in lower case, or None when it is none."""
    if isinstance(value, str) and _MAC.fullmatch(value.lower()):
        return value.lower()
    return None


def from_agent(value: Any) -> list[dict[str, Any]]:
    """Return the addresses of an answer of guest-network-get-interfaces; nonsense is left out."""
    found = []
    for card in value[:MOST] if isinstance(value, list) else []:
        if not isinstance(card, dict):
            continue
        given = card.get("ip-addresses")
        for each in given[:MOST] if isinstance(given, list) else []:
            if isinstance(each, dict):
                found.append(entry(each.get("ip-address"), card.get("hardware-address"), AGENT))
    return [one for one in found if one is not None][:MOST]


def from_libvirt(value: Any, source: str) -> list[dict[str, Any]]:
    """Return the addresses of what virDomainInterfaceAddresses gave."""
    found = []
    for card in (value or {}).values():
        for each in card.get("addrs") or ():
            found.append(entry(each.get("addr"), card.get("hwaddr"), source))
    return [one for one in found if one is not None][:MOST]


def from_forwards(forwards: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the host's own addresses at which ports of a guest answer."""
    found = (entry(forward.address, None, FORWARD) for forward in forwards if forward.host)
    return [one for one in found if one is not None]


def merged(*lists: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every address once, the best first: IPv4 before IPv6, the host's word before the guest's."""
    best: dict[str, dict[str, Any]] = {}
    for each in (one for some in lists for one in some):
        known = best.get(each["address"])
        if known is None or _rank(each) < _rank(known):
            best[each["address"]] = each
    return sorted(best.values(), key=_rank)[:MOST]


def _rank(one: dict[str, Any]) -> tuple[int, int, str]:
    # A forwarded port is the last thing to take for a machine's address, of whatever family.
    later = 2 if one["source"] == FORWARD else int(one["family"] != "ipv4")
    return later, _TRUST.index(one["source"]), one["address"]


def best_of(found: list[dict[str, Any]]) -> str | None:
    """Return the address to talk to, or None."""
    return str(found[0]["address"]) if found else None
