"""Reads of address ranges. A module of its own: only plans with networks need any, and it loads more."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.networks import NetworkCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost

from fuyajo.domain.machine import HostView, Subnet

ROUTES = Path("/proc/net/route")


class _Reads(NetworkCalls):
    """The calls about networks on a connection that is open already."""

    def __init__(self, host: ReadHost) -> None:
        self.conn, self.lib, self.uri = host.conn, host.lib, host.uri


def with_subnets(host: ReadHost, seen: HostView) -> HostView:
    """The same view with the ranges of all networks, and of the host's own links where we are on it."""
    nets = _Reads(host).networks()
    found = [Subnet(n["name"], n["cidr"]) for n in nets if n.get("cidr")]
    bridges = {n.get("bridge") for n in nets}
    if host.is_local and not host.is_mock:
        found += [link for link in links(_routes()) if link.name not in bridges]
    return replace(seen, facts=replace(seen.facts, subnets=tuple(found)))


def _routes() -> str:
    try:
        return ROUTES.read_text(encoding="ascii")
    except OSError:
        return ""


def links(table: str) -> Iterator[Subnet]:
    """What is plugged into this host directly, from the kernel's table: routes without a gateway."""
    for line in table.splitlines()[1:]:
        columns = line.split()
        if len(columns) < 8:
            continue
        name, target, gateway, mask = columns[0], columns[1], columns[2], columns[7]
        if int(gateway, 16) == 0 and int(mask, 16) != 0:
            yield Subnet(name, str(IPv4Network(f"{_dotted(target)}/{_dotted(mask)}")), False)


def _dotted(word: str) -> str:
    """The kernel writes addresses as it holds them, in the machine's own byte order."""
    return socket.inet_ntoa(struct.pack("=I", int(word, 16)))
