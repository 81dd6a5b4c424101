# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual network as a document, and the same as libvirt's network XML. Pure."""

from __future__ import annotations

import ipaddress
import uuid
from dataclasses import dataclass

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import Row

# libvirt before 9.7 has no metadata on networks, so ownership is written into the identity.
_FAMILY = uuid.UUID("6f7ad1a1-5d3c-5f0e-9d0c-7b0f5a1c2e55")


@dataclass
class Network:
    """``mode`` is ``nat`` or None (isolated); addresses are IPv4 texts."""

    name: str
    uuid: str | None = None
    mode: str | None = None
    address: str | None = None
    netmask: str | None = None
    prefix: str | None = None
    first: str | None = None
    last: str | None = None


ROWS = (
    Row("name", "name"),
    Row("uuid", "uuid"),
    Row("mode", "forward@mode"),
    Row("address", "ip@address"),
    Row("netmask", "ip@netmask"),
    Row("prefix", "ip@prefix"),
    Row("first", "ip/dhcp/range@start"),
    Row("last", "ip/dhcp/range@end"),
)


def network_uuid(owner: str, name: str) -> str:
    """Return the identity of a network of ``owner`` called ``name``: proof that it is ours."""
    return str(uuid.uuid5(_FAMILY, f"{owner}\0{name}"))


def network_for(owner: str, name: str, mode: str, cidr: str | None) -> Network:
    """Return the document of a network. The host takes the first address, guests the rest.

    Raises ValueError for a cidr that is not an IPv4 network with room for guests.
    """
    network = Network(name, network_uuid(owner, name), None if mode == "isolated" else mode)
    if cidr is not None:
        net = ipaddress.IPv4Network(cidr)
        if net.prefixlen > 29:
            raise ValueError(f"{cidr} has no room for guests; use /29 or larger")
        network.address = str(net[1])
        network.netmask = str(net.netmask)
        network.first, network.last = str(net[2]), str(net[-2])
    return network


def build_network(network: Network) -> str:
    """Return the network XML."""
    return _xml.dump(_xml.build("network", network, ROWS))


def parse_network(text: str) -> Network:
    """Return the document of a network XML, ours or anybody's."""
    return _xml.parse(Network, _xml.load(text), ROWS)


def projection(network: Network) -> dict[str, str | None]:
    """Return ``mode`` and ``cidr`` of a network, to be compared with what was asked for."""
    cidr = None
    if network.address:
        mask = network.netmask or network.prefix or "32"
        cidr = str(ipaddress.IPv4Network(f"{network.address}/{mask}", strict=False))
    return {"mode": network.mode or "isolated", "cidr": cidr}
