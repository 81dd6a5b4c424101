# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual network as a document, and the same as libvirt's network XML. Pure.

There is one writer, `edit_network`: making a network is editing an empty one. It touches only what
differs, so elements that we do not know survive.
"""

from __future__ import annotations

import copy
import ipaddress
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.network_lists import (
    LISTS,
    EntryList,
    cidr_of,
    differences,
    ip_element,
    read_list,
    write_list,
)

# libvirt before 9.7 has no metadata on networks, so ownership is written into the identity.
_FAMILY = uuid.UUID("6f7ad1a1-5d3c-5f0e-9d0c-7b0f5a1c2e55")
# What a network that is another's bridge cannot have: nothing of ours is between it and the guests.
_NOT_IN_BRIDGE = ("ip", "dns", "domain", "mtu", "route", "mac")


@dataclass
class Network:
    """A network. Addresses are texts in their usual form; ``address`` is the host's own.

    The entries of lists are dictionaries with the keys of the module's suboptions.
    """

    name: str
    uuid: str | None = None
    mode: str = "isolated"
    bridge: str | None = None
    address: str | None = None
    cidr: str | None = None
    address6: str | None = None
    cidr6: str | None = None
    mtu: int | None = None
    domain: str | None = None
    domain_local: bool = False
    dns_enable: bool = True
    dhcp_ranges: list[dict[str, Any]] = field(default_factory=list)
    dhcp_hosts: list[dict[str, Any]] = field(default_factory=list)
    dns_hosts: list[dict[str, Any]] = field(default_factory=list)
    dns_forwarders: list[dict[str, Any]] = field(default_factory=list)
    dns_txt: list[dict[str, Any]] = field(default_factory=list)
    dns_srv: list[dict[str, Any]] = field(default_factory=list)
    routes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def dhcp(self) -> bool:
        """Whether DHCP gives away IPv4 addresses here."""
        return bool(self.dhcp_hosts or [r for r in self.dhcp_ranges if ":" not in r["start"]])


@dataclass(frozen=True)
class Update:
    """One change of a running network: an element that comes (``add``) or goes."""

    add: bool
    section: str
    index: int
    xml: str


def network_uuid(owner: str, name: str) -> str:
    """Return the identity of a network of ``owner`` called ``name``: proof that it is ours."""
    return str(uuid.uuid5(_FAMILY, f"{owner}\0{name}"))


def host_address(cidr: str) -> str:
    """Return the address that the host takes: the first one.

    Raises ValueError for what is no network, or has no room for guests.
    """
    net = ipaddress.ip_network(cidr)
    if net.max_prefixlen - net.prefixlen < 3:
        raise ValueError(f"{cidr} has no room for guests; use /{net.max_prefixlen - 3} or larger")
    return str(net[1])


def default_range(cidr: str) -> dict[str, Any]:
    """Return the range of everything that the host did not take; of a huge network, its beginning."""
    net = ipaddress.IPv4Network(cidr)
    # libvirt refuses a range that leaves a /16.
    last = net[min(net.num_addresses, 2**16) - 2]
    return {"start": str(net[2]), "end": str(last)}


def parse_network(text: str) -> Network:
    """Return the document of a network XML, ours or anybody's. Never raises for what libvirt wrote."""
    root = _xml.load(text)
    forward = root.find("forward")
    network = Network(
        name=_xml.get(root, "name") or "",
        uuid=_xml.get(root, "uuid"),
        mode="isolated" if forward is None else forward.get("mode", "nat"),
        bridge=_xml.get(root, "bridge@name") or None,
        domain=_xml.get(root, "domain@name"),
        domain_local=_xml.get(root, "domain@localOnly") == "yes",
        dns_enable=_xml.get(root, "dns@enable") != "no",
    )
    mtu = _xml.get(root, "mtu@size") or ""
    network.mtu = int(mtu) if mtu.isascii() and mtu.isdigit() else None
    network.address, network.cidr = _addresses(root, 4)
    network.address6, network.cidr6 = _addresses(root, 6)
    for one in LISTS:
        setattr(network, one.field, read_list(root, one))
    return network


def _addresses(root: ET.Element, family: int) -> tuple[str | None, str | None]:
    ip = ip_element(root, family)
    address = None if ip is None else ip.get("address")
    if ip is None or not address:
        return None, None
    return address, cidr_of(address, ip.get("netmask"), ip.get("prefix"))


def build_network(network: Network) -> str:
    """Return the network XML."""
    root = ET.Element("network")
    _xml.put(root, "name", network.name)
    if network.uuid:
        _xml.put(root, "uuid", network.uuid)
    return edit_network(_xml.dump(root), network)


def edit_network(text: str, wanted: Network) -> str:
    """Return the XML with everything that differs from ``wanted`` changed, and nothing else."""
    root = _xml.load(text)
    found = parse_network(text)
    if wanted.mode == "bridge" and found.mode != "bridge":
        _strip_for_bridge(root)
    for name, write in _WRITERS.items():
        if getattr(wanted, name) != getattr(found, name):
            write(root, getattr(wanted, name), wanted)
    for one in LISTS:
        write_list(root, one, getattr(wanted, one.field))
    return _xml.dump(root)


def _strip_for_bridge(root: ET.Element) -> None:
    for child in [c for c in root if c.tag in _NOT_IN_BRIDGE]:
        root.remove(child)
    for bridge in root.findall("bridge"):
        for name in [name for name in bridge.attrib if name != "name"]:
            del bridge.attrib[name]


def _write_mode(root: ET.Element, mode: str, _wanted: Network) -> None:
    forward = root.find("forward")
    if forward is not None:
        # What stands in there belongs to the mode that it had: ports of NAT, devices of a bridge.
        root.remove(forward)
    if mode != "isolated":
        _xml.put(root, "forward@mode", mode)


def _write_cidr(root: ET.Element, _cidr: Any, wanted: Network) -> None:
    _write_ip(root, 4, wanted.address, wanted.cidr)


def _write_cidr6(root: ET.Element, _cidr: Any, wanted: Network) -> None:
    _write_ip(root, 6, wanted.address6, wanted.cidr6)


def _write_ip(root: ET.Element, family: int, address: str | None, cidr: str | None) -> None:
    ip = ip_element(root, family)
    if cidr is None or address is None:
        if ip is not None:
            root.remove(ip)
        return
    if ip is None:
        ip = ET.SubElement(root, "ip")
    net = ipaddress.ip_network(cidr)
    for name in ("netmask", "prefix"):
        ip.attrib.pop(name, None)
    if family == 6:
        ip.set("family", "ipv6")
    ip.set("address", address)
    if family == 6:
        ip.set("prefix", str(net.prefixlen))
    else:
        ip.set("netmask", str(net.netmask))


def _write_bridge(root: ET.Element, bridge: Any, _wanted: Network) -> None:
    if bridge is not None:
        _xml.put(root, "bridge@name", bridge)


def _write_mtu(root: ET.Element, mtu: Any, _wanted: Network) -> None:
    if mtu is not None:
        _xml.put(root, "mtu@size", str(mtu))


def _write_domain(root: ET.Element, _value: Any, wanted: Network) -> None:
    if wanted.domain is not None:
        _xml.put(root, "domain@name", wanted.domain)
        _xml.put(root, "domain@localOnly", "yes" if wanted.domain_local else "no")


def _write_dns(root: ET.Element, enable: Any, _wanted: Network) -> None:
    _xml.put(root, "dns@enable", "yes" if enable else "no")


_WRITERS: Mapping[str, Callable[[ET.Element, Any, Network], None]] = {
    "mode": _write_mode,
    "bridge": _write_bridge,
    "cidr": _write_cidr,
    "cidr6": _write_cidr6,
    "mtu": _write_mtu,
    "domain": _write_domain,
    "domain_local": _write_domain,
    "dns_enable": _write_dns,
}


def merge(found: Network, said: Mapping[str, Any], making: bool = False) -> Network:
    """Return ``found`` with what was said; the keys of ``said`` are those of `flat`.

    What follows from it follows: a new network of addresses moves the host's address and the default
    DHCP range; a network that is made has DHCP unless that was said otherwise.
    """
    new = copy.deepcopy(found)
    if said.get("mode") == "bridge" and found.mode != "bridge":
        new = Network(found.name, found.uuid, bridge=found.bridge)
    for key, value in said.items():
        if key != "dhcp":
            setattr(new, key.replace(".", "_"), copy.deepcopy(value))
    if new.cidr != found.cidr and new.cidr:
        new.address = host_address(new.cidr)
    if new.cidr6 != found.cidr6 and new.cidr6:
        new.address6 = host_address(new.cidr6)
    _merge_dhcp(found, new, said, making)
    return new


def _merge_dhcp(found: Network, new: Network, said: Mapping[str, Any], making: bool) -> None:
    dhcp = said.get("dhcp")
    if dhcp is False:
        new.dhcp_ranges = [r for r in new.dhcp_ranges if ":" in r["start"]]
        new.dhcp_hosts = []
        return
    if "dhcp_ranges" in said or new.cidr is None:
        return
    moved = new.cidr != found.cidr and found.dhcp
    if making or moved or (dhcp and not new.dhcp):
        six = [r for r in new.dhcp_ranges if ":" in r["start"]]
        new.dhcp_ranges = [default_range(new.cidr), *six]


def flat(network: Network) -> dict[str, Any]:
    """Return everything that can be said about a network, by the path of its option."""
    return {
        "mode": network.mode,
        "bridge": network.bridge,
        "cidr": network.cidr,
        "cidr6": network.cidr6,
        "mtu": network.mtu,
        "domain": network.domain,
        "domain_local": network.domain_local,
        "dhcp": network.dhcp,
        "dhcp_ranges": network.dhcp_ranges,
        "dhcp_hosts": network.dhcp_hosts,
        "dns.enable": network.dns_enable,
        "dns.hosts": network.dns_hosts,
        "dns.forwarders": network.dns_forwarders,
        "dns.txt": network.dns_txt,
        "dns.srv": network.dns_srv,
        "routes": network.routes,
    }


def network_facts(network: Network) -> dict[str, Any]:
    """Return the facts of a network, with the keys of the module's options."""
    facts: dict[str, Any] = {"name": network.name, "uuid": network.uuid, "dns": {}}
    facts.update(address=network.address, address6=network.address6)
    for path, value in flat(network).items():
        part, _dot, key = path.partition(".")
        if key:
            facts[part][key] = value
        else:
            facts[part] = value
    return facts


def updates(text: str, wanted: Network) -> list[Update]:
    """Return what libvirt can change in a running network, those that make room first."""
    root = _xml.load(text)
    gone: list[Update] = []
    made: list[Update] = []
    for one in LISTS:
        if one.section is None:
            continue
        extra, missing = differences(root, one, getattr(wanted, one.field))
        for _parent, element in extra:
            gone.append(_update(False, one, root, one.read(element), element))
        for entry in missing:
            made.append(_update(True, one, root, entry, one.write(entry)))
    return gone + made


def _update(
    add: bool, one: EntryList, root: ET.Element, entry: Mapping[str, Any], element: ET.Element
) -> Update:
    element = copy.deepcopy(element)
    element.tail = None
    return Update(add, one.section or "", one.index(root, entry), _xml.dump(element))


def plugged_networks(text: str) -> set[str]:
    """Return the networks that a machine's XML names."""
    sources = _xml.load(text).findall("devices/interface/source")
    return {source.get("network", "") for source in sources} - {""}
