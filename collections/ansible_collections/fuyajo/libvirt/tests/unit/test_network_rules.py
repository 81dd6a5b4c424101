# SPDX-License-Identifier: GPL-3.0-or-later
"""What cannot be right in a network is said, all at once, with its path."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network_rules as _rules
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.network_want import parse_network


def wanted(**raw):
    check = Checker()
    network = parse_network(check, "networks[0]", {"name": "net", **raw})
    return network, check.problems


HOST = {"mac": "52:54:00:00:00:01", "ip": "10.1.0.5"}
REFUSED = [
    ({"cidr": "10.0.0.1/24"}, "host bits"),
    ({"cidr": "10.0.0.0/30"}, "no room"),
    ({"cidr": "fd00::/64"}, "cidr"),
    ({"cidr": "x"}, "cidr"),
    ({"cidr6": "fd00::/126"}, "no room"),
    ({"mode": "carrier-pigeon"}, "must be one of"),
    ({"state": "odd"}, "must be one of"),
    ({"uuid": "odd"}, "is not a UUID"),
    ({"name": "user"}, "'user' means"),
    ({"name": "A b"}, "is no name"),
    ({"bridge": "a name that is too long"}, "no name of a bridge"),
    ({"mtu": 1}, "whole number"),
    ({"domain": "a\nserver=/#/6.6.6.6"}, "no DNS name"),
    ({"dhcp_hosts": [dict(HOST, name="a,b")]}, "no DNS name"),
    ({"dhcp_hosts": [dict(HOST, mac="01:00:00:00:00:00")]}, "MAC address"),
    ({"dhcp_hosts": [{"mac": HOST["mac"]}]}, "is required"),
    ({"cidr": "10.2.0.0/24", "dhcp_hosts": [HOST]}, "outside 10.2.0.0/24"),
    ({"cidr": "10.1.0.0/24", "dhcp_hosts": [dict(HOST, ip="10.1.0.1")]}, "host's own"),
    ({"cidr": "10.1.0.0/24", "dhcp_hosts": [dict(HOST, ip="10.1.0.255")]}, "no address for"),
    ({"dhcp_hosts": [HOST, dict(HOST, ip="10.1.0.6")]}, "the mac 52:54:00:00:00:01 occurs"),
    ({"dhcp_hosts": [HOST, dict(HOST, mac="52:54:00:00:00:02")]}, "the ip 10.1.0.5 occurs"),
    (
        {
            "dhcp_hosts": [
                dict(HOST, name="a"),
                {"mac": "52:54:00:00:00:02", "ip": "10.1.0.6", "name": "A"},
            ]
        },
        "the name a occurs",
    ),
    ({"dhcp_ranges": [{"start": "10.1.0.9", "end": "10.1.0.5"}]}, "is no range"),
    ({"dhcp_ranges": [{"start": "10.1.0.9", "end": "fd00::5"}]}, "is no range"),
    ({"dhcp_ranges": [{"start": "10.1.0.9"}]}, "end: is required"),
    (
        {"cidr": "10.2.0.0/24", "dhcp_ranges": [{"start": "10.1.0.5", "end": "10.1.0.9"}]},
        "is outside",
    ),
    (
        {
            "dhcp_ranges": [
                {"start": "10.1.0.5", "end": "10.1.0.9"},
                {"start": "10.1.0.9", "end": "10.1.0.12"},
            ]
        },
        "overlaps",
    ),
    ({"dhcp_ranges": [{"start": "10.1.0.5", "end": "10.2.0.9"}]}, "one /16"),
    ({"dhcp_ranges": [{"start": "fd00::5", "end": "fd00::1:9"}]}, "one /112"),
    ({"dhcp": False, "dhcp_hosts": [HOST]}, "dhcp is false"),
    ({"dhcp": True, "dhcp_ranges": []}, "needs a range or a host"),
    ({"dns": {"hosts": [{"ip": "10.1.0.1", "names": []}]}}, "is required"),
    ({"dns": {"hosts": [{"ip": "10.1.0.1", "names": ["a"]}] * 2}}, "more than once"),
    ({"dns": {"forwarders": [{}]}}, "needs addr or domain"),
    ({"dns": {"txt": [{"name": "a", "value": "x\nserver=6.6.6.6"}]}}, "printable line"),
    ({"dns": {"srv": [{"service": "a b", "protocol": "tcp"}]}}, "name of a service"),
    ({"dns": {"srv": [{"service": "a", "protocol": "icmp"}]}}, "must be one of"),
    ({"dns": {"srv": [{"service": "a", "protocol": "tcp", "port": 1}]}}, "need a target"),
    ({"dns": {"enable": False, "txt": [{"name": "a", "value": "b"}]}}, "can be no entries"),
    ({"routes": [{"cidr": "10.9.0.0/16", "gateway": "fd00::1"}]}, "is no gateway"),
    (
        {"cidr": "10.1.0.0/24", "routes": [{"cidr": "10.9.0.0/16", "gateway": "10.2.0.1"}]},
        "outside the network",
    ),
    ({"mode": "bridge", "bridge": "br0", "cidr": "10.1.0.0/24"}, "belongs to the host"),
]


@pytest.mark.parametrize(("raw", "text"), REFUSED)
def test_refused(raw, text):
    _parsed, problems = wanted(**raw)
    assert text in "; ".join(problems)


def test_all_problems_come_at_once():
    _parsed, problems = wanted(
        name="No", mode="x", mtu=1, cidr="x", dhcp_hosts=[{"mac": "x", "ip": "y"}]
    )
    paths = {p.partition(": ")[0].removeprefix("networks[0].") for p in problems}
    assert paths >= {"name", "mode", "mtu", "cidr", "dhcp_hosts[0].mac", "dhcp_hosts[0].ip"}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ({"mode": "nat"}, "required with mode nat"),
        ({"mode": "bridge"}, "bridge: is required"),
        ({"dhcp_hosts": [HOST]}, "needs a cidr"),
        ({"dhcp_ranges": [{"start": "fd00::5", "end": "fd00::9"}]}, "needs a cidr6"),
        ({"domain_local": True}, "needs a domain"),
        ({"routes": [{"cidr": "10.9.0.0/16", "gateway": "10.2.0.1"}]}, "outside the network"),
    ],
)
def test_refused_only_when_nothing_is_there_yet(raw, text):
    network, problems = wanted(**raw)
    assert not problems
    document = _network.merge(_network.Network("net"), network.said, making=True)
    whole_problems = _rules.problems(document, network.said, whole=True)
    assert text in "; ".join(f"{path}: {what}" for path, what in whole_problems)


def test_a_name_of_two_addresses_cannot_be_added_live():
    hosts = [{"ip": "10.1.0.5", "names": ["a"]}, {"ip": "10.1.0.6", "names": ["a"]}]
    assert "dns.hosts" in _rules.live_paths(_network.Network("net", dns_hosts=hosts[:1]))
    assert "dns.hosts" not in _rules.live_paths(_network.Network("net", dns_hosts=hosts))
