# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be right in a network, said all at once. Pure."""

from __future__ import annotations

import ipaddress
from typing import Any, Callable, Iterable, Mapping, Sequence, Union

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.network import Network

IpNetwork = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
# A bridge that exists is somebody else's: addresses, names and routes are made there.
_NOT_WITH_BRIDGE = (
    "cidr",
    "cidr6",
    "mtu",
    "domain",
    "dhcp",
    "dhcp_ranges",
    "dhcp_hosts",
    "dns.hosts",
    "dns.forwarders",
    "dns.txt",
    "dns.srv",
    "routes",
)


def problems(network: Network, said: Mapping[str, Any], whole: bool) -> list[tuple[str, str]]:
    """Return (path, text) of everything that does not fit together.

    ``whole`` says that ``network`` is all there is; otherwise it is only what was said so far, and what
    is missing may be there already.
    """
    found = [
        *_dhcp_said(said),
        *_ranges(network),
        *_hosts(network),
        *_dns(network),
        *_routes(network, whole),
    ]
    if network.mode == "bridge" and (whole or "mode" in said):
        found += _bridge_mode(network, said, whole)
    elif whole:
        found += _complete(network, said)
    return found


def _dhcp_said(said: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if said.get("dhcp") is False:
        for key in ("dhcp_ranges", "dhcp_hosts"):
            if said.get(key):
                yield key, "needs dhcp, and dhcp is false"
    if said.get("dhcp") and said.get("dhcp_ranges") == [] and not said.get("dhcp_hosts"):
        yield "dhcp", "needs a range or a host"


def _bridge_mode(
    network: Network, said: Mapping[str, Any], whole: bool
) -> Iterable[tuple[str, str]]:
    if network.bridge is None and whole:
        yield "bridge", "is required with mode bridge"
    for key in _NOT_WITH_BRIDGE:
        if said.get(key):
            yield key, "is not possible with mode bridge: the bridge belongs to the host"


def _complete(network: Network, said: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if network.mode in ("nat", "route") and not (network.cidr or network.cidr6):
        yield "cidr", f"is required with mode {network.mode} (or cidr6)"
    if network.cidr is None and (said.get("dhcp") or network.dhcp):
        yield "dhcp", "needs a cidr"
    if network.cidr6 is None and any(":" in r["start"] for r in network.dhcp_ranges):
        yield "dhcp_ranges", "needs a cidr6"
    if said.get("domain_local") and network.domain is None:
        yield "domain_local", "needs a domain"


def _net(cidr: str | None) -> IpNetwork | None:
    return None if cidr is None else ipaddress.ip_network(cidr)


def _ranges(network: Network) -> Iterable[tuple[str, str]]:
    seen: list[tuple[Any, Any]] = []
    for each in network.dhcp_ranges:
        try:
            start, end = (ipaddress.ip_address(each[key]) for key in ("start", "end"))
        except ValueError:
            continue  # said already, where the address was read
        net = _net(network.cidr if start.version == 4 else network.cidr6)
        text = f"{start} to {end}"
        if start.version != end.version or int(start) > int(end):
            yield "dhcp_ranges", f"{text} is no range"
            continue
        if int(start) >> 16 != int(end) >> 16:
            yield (
                "dhcp_ranges",
                f"{text} is more than libvirt allows (addresses of one /{_block(start)})",
            )
        if net is not None and (start not in net or end not in net):
            yield "dhcp_ranges", f"{text} is outside {net}"
        if any(s.version == start.version and s <= end and start <= e for s, e in seen):
            yield "dhcp_ranges", f"{text} overlaps with another one"
        seen.append((start, end))


def _block(address: Any) -> int:
    return int(address.max_prefixlen) - 16


def _hosts(network: Network) -> Iterable[tuple[str, str]]:
    yield from _twice("dhcp_hosts", network.dhcp_hosts, ("mac", "ip", "name"))
    net = _net(network.cidr)
    for each in network.dhcp_hosts:
        try:
            ip = ipaddress.IPv4Address(each["ip"])
        except ValueError:
            continue
        if net is not None and ip not in net:
            yield "dhcp_hosts", f"{ip} is outside {net}"
        elif net is not None and ip in (net.network_address, net.broadcast_address):
            yield "dhcp_hosts", f"{ip} is no address for a machine"
        elif str(ip) == network.address:
            yield "dhcp_hosts", f"{ip} is the host's own address"


def _twice(
    path: str,
    entries: Sequence[Mapping[str, Any]],
    keys: Sequence[str],
    fold: Callable[[str], str] = str.lower,
) -> Iterable[tuple[str, str]]:
    for key in keys:
        values = [fold(str(e[key])) for e in entries if e.get(key)]
        for value in sorted({v for v in values if values.count(v) > 1}):
            yield path, f"the {key} {value} occurs more than once"


def _dns(network: Network) -> Iterable[tuple[str, str]]:
    yield from _twice("dns.hosts", network.dns_hosts, ("ip",))
    for each in network.dns_forwarders:
        if not (each["addr"] or each["domain"]):
            yield "dns.forwarders", "needs addr or domain"
    for each in network.dns_srv:
        if not each["target"] and (each["port"] or each["priority"] or each["weight"]):
            yield "dns.srv", f"port, priority and weight of {each['service']} need a target"
    named = network.dns_hosts or network.dns_txt or network.dns_srv
    if not network.dns_enable and (named or network.dns_forwarders):
        yield "dns.enable", "is false, so there can be no entries"


def _routes(network: Network, whole: bool) -> Iterable[tuple[str, str]]:
    nets = [_net(cidr) for cidr in (network.cidr, network.cidr6)]
    known = [net for net in nets if net is not None]
    for each in network.routes:
        try:
            gateway = ipaddress.ip_address(each["gateway"])
            target = ipaddress.ip_network(each["cidr"])
        except ValueError:
            continue
        same = [net for net in known if net.version == gateway.version]
        if target.version != gateway.version:
            yield "routes", f"{gateway} is no gateway for {target}"
        elif (whole or same) and not any(gateway in net for net in same):
            yield "routes", f"the gateway {gateway} is outside the network"


def overlap(one: Network, other: Network) -> str | None:
    """Return the network of addresses of ``other`` that ``one`` overlaps with, or None."""
    for mine, theirs in ((one.cidr, other.cidr), (one.cidr6, other.cidr6)):
        if mine and theirs and ipaddress.ip_network(mine).overlaps(ipaddress.ip_network(theirs)):
            return theirs
    return None


def live_paths(network: Network) -> frozenset[str]:
    """Return the paths that libvirt can change while the network runs."""
    paths = {"dhcp", "dhcp_ranges", "dhcp_hosts", "dns.hosts", "dns.txt", "dns.srv"}
    names = [name.lower() for host in network.dns_hosts for name in host["names"]]
    if len(set(names)) != len(names):
        # libvirt takes a name of two addresses in a definition, and refuses to add one.
        paths.discard("dns.hosts")
    if not network.dns_enable:
        paths -= {"dns.hosts", "dns.txt", "dns.srv"}
    return frozenset(paths)
