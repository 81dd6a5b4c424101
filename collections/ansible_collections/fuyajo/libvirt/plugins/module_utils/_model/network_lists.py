# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists inside a network (DHCP hosts, DNS names, ...): elements as plain dictionaries. Pure.

Every list has one description: where its elements are, how one reads and writes, and the section by
which libvirt changes it while the network runs, if it can. Editing and live updates both follow it.
"""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Iterator, Mapping, Sequence

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import AnyRow, Many, Row

Entry = Mapping[str, Any]


def plain_ip(text: str) -> str:
    """Return an address in its one usual form; what is no address stays as it is."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text


def _number(text: str) -> int | None:
    # libvirt leaves out a zero, so a zero is nothing.
    return int(text) or None if text.isascii() and text.isdigit() else None


@dataclass
class Range:
    """First and last address that DHCP gives away."""

    start: str = ""
    end: str = ""


@dataclass
class Host:
    """A machine that DHCP always gives the same address."""

    mac: str | None = None
    name: str | None = None
    ip: str = ""


@dataclass
class Word:
    text: str = ""


@dataclass
class DnsHost:
    """Names of one address."""

    ip: str = ""
    names: list[Any] = field(default_factory=list)


@dataclass
class Forwarder:
    """Where other names are asked for; with a domain, only names of that domain."""

    addr: str | None = None
    domain: str | None = None


@dataclass
class Txt:
    """A text record."""

    name: str = ""
    value: str = ""


@dataclass
class Srv:
    """A service record."""

    service: str = ""
    protocol: str = ""
    domain: str | None = None
    target: str | None = None
    port: int | None = None
    priority: int | None = None
    weight: int | None = None


@dataclass
class Route:
    """A route of the host through a guest."""

    family: str | None = None
    address: str = ""
    prefix: str | None = None
    netmask: str | None = None
    gateway: str = ""


def cidr_of(address: str, mask: str | None, prefix: str | None) -> str | None:
    """Return the network of an address as libvirt understands it, or None when it is nonsense."""
    try:
        ip = ipaddress.ip_address(address)
        usual = 64 if ip.version == 6 else _class_prefix(ip.packed[0])
        return str(ipaddress.ip_network(f"{ip}/{mask or prefix or usual}", strict=False))
    except ValueError:
        return None


def _class_prefix(first: int) -> int:
    # Without mask and prefix libvirt still goes by the classes of old.
    return 8 if first < 128 else 16 if first < 192 else 24


def _dns_host_out(entry: DnsHost) -> dict[str, Any]:
    return {"ip": entry.ip, "names": sorted(word.text for word in entry.names)}


def _dns_host_in(values: Entry) -> DnsHost:
    return DnsHost(values["ip"], [Word(name) for name in values["names"]])


def _route_out(entry: Route) -> dict[str, Any]:
    cidr = cidr_of(entry.address, entry.netmask, entry.prefix)
    return {"cidr": cidr or entry.address, "gateway": entry.gateway}


def _route_in(values: Entry) -> Route:
    address, _slash, prefix = values["cidr"].partition("/")
    return Route("ipv6" if ":" in address else None, address, prefix, None, values["gateway"])


@dataclass(frozen=True)
class EntryList:
    """One list. ``field`` names it in `Network`; ``section`` ends the name of libvirt's constant."""

    field: str
    tag: str
    place: str
    cls: type[Any]
    rows: Sequence[AnyRow]
    section: str | None = None
    out: Callable[[Any], dict[str, Any]] = asdict
    into: Callable[[Entry], Any] | None = None

    def read(self, element: ET.Element) -> dict[str, Any]:
        """Return what an element says, in the one form in which it is compared."""
        return self.out(_xml.parse(self.cls, element, self.rows))

    def write(self, entry: Entry) -> ET.Element:
        """Return a new element."""
        document = self.into(entry) if self.into else self.cls(**entry)
        return _xml.build(self.tag, document, self.rows)

    def found(self, root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
        """Yield (parent, element) of every element of the list."""
        for parent in self._parents(root):
            for element in parent.findall(self.tag):
                yield parent, element

    def _parents(self, root: ET.Element) -> list[ET.Element]:
        if self.place != "dhcp":
            return [root] if not self.place else root.findall(self.place)
        families = (4, 6) if self.field == "dhcp_ranges" else (4,)
        ips = [ip_element(root, family) for family in families]
        dhcps = [ip.find("dhcp") for ip in ips if ip is not None]
        return [dhcp for dhcp in dhcps if dhcp is not None]

    def home(self, root: ET.Element, entry: Entry) -> ET.Element:
        """Return the element that a new entry goes into, made when it is missing."""
        if self.place != "dhcp":
            return _child(root, self.place) if self.place else root
        ip = ip_element(root, family_of(entry))
        if ip is None:
            raise ValueError("DHCP needs an address of the same family")
        return _child(ip, "dhcp")

    def index(self, root: ET.Element, entry: Entry) -> int:
        """Return which <ip> of the network an entry belongs to, as libvirt counts; -1 for none."""
        if self.place != "dhcp":
            return -1
        ip = ip_element(root, family_of(entry))
        return -1 if ip is None else root.findall("ip").index(ip)


def family_of(entry: Entry) -> int:
    """Return 4 or 6 for an entry of DHCP."""
    return 6 if ":" in (entry.get("start") or entry.get("ip") or "") else 4


def ip_element(root: ET.Element, family: int) -> ET.Element | None:
    """Return the <ip> of a family: the one that has DHCP, or the first."""
    wanted = {4: (None, "ipv4"), 6: ("ipv6",)}[family]
    ips = [ip for ip in root.findall("ip") if ip.get("family") in wanted]
    return next((ip for ip in ips if ip.find("dhcp") is not None), ips[0] if ips else None)


def _child(element: ET.Element, tag: str) -> ET.Element:
    found = element.find(tag)
    return ET.SubElement(element, tag) if found is None else found


LISTS = (
    EntryList(
        "dhcp_ranges",
        "range",
        "dhcp",
        Range,
        (Row("start", "@start", plain_ip), Row("end", "@end", plain_ip)),
        "IP_DHCP_RANGE",
    ),
    EntryList(
        "dhcp_hosts",
        "host",
        "dhcp",
        Host,
        (Row("mac", "@mac", str.lower), Row("name", "@name"), Row("ip", "@ip", plain_ip)),
        "IP_DHCP_HOST",
    ),
    EntryList(
        "dns_hosts",
        "host",
        "dns",
        DnsHost,
        (Row("ip", "@ip", plain_ip), Many("names", "hostname", Word, (Row("text", ""),))),
        "DNS_HOST",
        _dns_host_out,
        _dns_host_in,
    ),
    EntryList(
        "dns_txt", "txt", "dns", Txt, (Row("name", "@name"), Row("value", "@value")), "DNS_TXT"
    ),
    EntryList(
        "dns_srv",
        "srv",
        "dns",
        Srv,
        (
            *(Row(name, f"@{name}") for name in ("service", "protocol", "domain", "target")),
            *(Row(name, f"@{name}", _number, str) for name in ("port", "priority", "weight")),
        ),
        "DNS_SRV",
    ),
    EntryList(
        "dns_forwarders",
        "forwarder",
        "dns",
        Forwarder,
        (Row("addr", "@addr", plain_ip), Row("domain", "@domain")),
    ),
    EntryList(
        "routes",
        "route",
        "",
        Route,
        (
            Row("family", "@family"),
            Row("address", "@address", plain_ip),
            Row("prefix", "@prefix"),
            Row("netmask", "@netmask"),
            Row("gateway", "@gateway", plain_ip),
        ),
        None,
        _route_out,
        _route_in,
    ),
)


def in_order(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return entries in the one order in which lists are compared: order says nothing in them."""
    return sorted((dict(e) for e in entries), key=lambda e: [str(value) for value in e.values()])


def read_list(root: ET.Element, one: EntryList) -> list[dict[str, Any]]:
    """Return the entries of one list."""
    return in_order([one.read(element) for _parent, element in one.found(root)])


def differences(
    root: ET.Element, one: EntryList, wanted: Sequence[Entry]
) -> tuple[list[tuple[ET.Element, ET.Element]], list[Entry]]:
    """Return ((parent, element) pairs that are too many, entries that are missing)."""
    missing = list(wanted)
    extra = []
    for parent, element in one.found(root):
        entry = one.read(element)
        if entry in missing:
            missing.remove(entry)
        else:
            extra.append((parent, element))
    return extra, missing


def write_list(root: ET.Element, one: EntryList, wanted: Sequence[Entry]) -> None:
    """Make a list what is wanted; entries that stay keep everything that we do not know."""
    extra, missing = differences(root, one, wanted)
    for parent, element in extra:
        parent.remove(element)
    for entry in missing:
        one.home(root, entry).append(one.write(entry))
