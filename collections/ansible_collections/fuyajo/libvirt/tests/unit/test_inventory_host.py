# SPDX-License-Identifier: GPL-3.0-or-later
"""What an inventory asks a host: little, in order, and only for what is missing."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.inventory import InventoryHost
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import addresses as _addresses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import waiting as _waiting

MAC = "52:54:00:00:00:0{}"
ALL = ("forward", "lease", "arp", "agent")


def machine(host, name, number, running=True, forwards=(), nics=1):
    document = _domain.Domain(name, virt_type="test", arch=None)
    card = _domain.Nic(kind="network", network="default", mac=MAC.format(number))
    document.nics = [card] * nics
    if forwards:
        document.meta = _domain.Meta(owner="mika", forwards=list(forwards))
    handle = host.define(_domain.build_domain(document))
    if running:
        host.start(handle)


class Asked:
    """Answers in place of a network, and notes what was asked."""

    def __init__(self, host, monkeypatch):
        self.calls = []
        self.given = []
        self.arp = {}
        self.agents = {}
        monkeypatch.setattr(host, "leases", self.leases)
        monkeypatch.setattr(host, "arp_addresses", self.arp_addresses)
        monkeypatch.setattr(host, "agent_addresses", self.agent_addresses)

    def leases(self, network):
        self.calls.append(("lease", network))
        return [_waiting.Lease(network, mac, ip, when) for mac, ip, when in self.given]

    def arp_addresses(self, handle):
        self.calls.append(("arp", handle.name()))
        return [_addresses.entry(ip, None, "arp") for ip in self.arp.get(handle.name(), [])]

    def agent_addresses(self, handle, seconds):
        self.calls.append(("agent", handle.name(), seconds))
        return [_addresses.entry(ip, None, "agent") for ip in self.agents.get(handle.name(), [])]


@pytest.fixture
def host():
    with InventoryHost.open("test:///default") as connection:
        for handle in connection.domains().values():
            connection.destroy(handle)
            connection.undefine(handle)
        yield connection


@pytest.fixture
def asked(host, monkeypatch):
    return Asked(host, monkeypatch)


def found(host, *sources, seconds=5.0):
    machines = host.machines(sources, seconds)
    keys = ("address", "port", "address_source")
    return {facts["name"]: tuple(facts[key] for key in keys) for facts in machines}


def test_each_is_asked_only_for_what_is_missing(host, asked):
    machine(host, "a", 1, forwards=[_domain.Forward(80, 20080), _domain.Forward(22, 20022)])
    machine(host, "b", 2)
    machine(host, "c", 3)
    machine(host, "d", 4)
    machine(host, "off", 5, running=False)
    asked.given = [(MAC.format(2), "10.0.0.2", 1), (MAC.format(5), "10.0.0.5", 1)]
    asked.arp = {"c": ["10.0.0.3"]}
    asked.agents = {"d": ["10.0.0.4"]}
    assert found(host, *ALL, seconds=3) == {
        "a": ("127.0.0.1", 20022, "forward"),
        "b": ("10.0.0.2", None, "lease"),
        "c": ("10.0.0.3", None, "arp"),
        "d": ("10.0.0.4", None, "agent"),
        "off": (None, None, None),
    }
    # One question for a network, whatever the number of machines; guests last, and only where needed.
    assert sorted(asked.calls[1:3]) == [("arp", "c"), ("arp", "d")]
    assert [asked.calls[0], *asked.calls[3:]] == [("lease", "default"), ("agent", "d", 3)]


def test_the_order_is_the_one_that_was_said(host, asked):
    machine(host, "a", 1, forwards=[_domain.Forward(22, 20022)])
    asked.given, asked.arp = [(MAC.format(1), "10.0.0.1", 1)], {"a": ["10.0.0.9"]}
    assert found(host, "lease", "forward")["a"] == ("10.0.0.1", None, "lease")
    assert found(host, "arp", "lease")["a"] == ("10.0.0.9", None, "arp")
    assert found(host)["a"] == (None, None, None)
    assert not [call for call in asked.calls if call[0] == "agent"]


def test_the_newest_lease_and_the_plainest_address(host, asked):
    machine(host, "a", 1)
    asked.given = [
        (MAC.format(1), "10.0.0.8", 100),
        (MAC.format(1), "10.0.0.9", 200),
        (MAC.format(2), "10.0.0.1", 300),
    ]
    assert found(host, "lease")["a"][0] == "10.0.0.9"
    asked.arp = {"a": ["fd00::5", "10.0.0.7"]}
    assert found(host, "arp")["a"][0] == "10.0.0.7"


def test_a_forward_of_another_host_or_to_another_address_is_none(host, asked, monkeypatch):
    odd = _domain.Forward(22, 22, "-oProxyCommand=touch /tmp/x")
    machine(host, "odd", 1, forwards=[odd])
    machine(host, "good", 2, forwards=[_domain.Forward(22, 20022)])
    assert found(host, "forward")["odd"][0] is None
    assert found(host, "forward")["good"][0] == "127.0.0.1"
    monkeypatch.setattr(InventoryHost, "is_local", property(lambda self: False))
    assert found(host, "forward")["good"][0] is None


def test_a_machine_without_cards_is_not_looked_for(host, asked):
    machine(host, "alone", 1, nics=0)
    assert found(host, "lease", "arp")["alone"][0] is None
    assert asked.calls == []


def test_a_machine_that_vanished_hides_nobody(host, monkeypatch):
    machine(host, "a", 1)
    machine(host, "b", 2)
    really = host._xml_or_none
    monkeypatch.setattr(
        host, "_xml_or_none", lambda handle: None if handle.name() == "a" else really(handle)
    )
    assert list(found(host)) == ["b"]
