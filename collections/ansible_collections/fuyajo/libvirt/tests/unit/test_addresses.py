# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: who is believed, and what a guest may claim."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import addresses as _addresses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts

MAC = "52:54:00:00:00:01"


def agent(*addresses, mac=MAC):
    return [{"hardware-address": mac, "ip-addresses": [{"ip-address": a} for a in addresses]}]


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "x",
        {},
        [None],
        [5],
        [[]],
        [{"ip-addresses": 5}],
        [{"ip-addresses": [None, 5, {}, {"ip-address": 5}, {"ip-address": "x" * 10**6}]}],
        agent("127.0.0.1", "::1", "fe80::1", "169.254.1.1", "224.0.0.1", "0.0.0.0"),
        agent("10.0.0.5; reboot", "-oProxyCommand=x", "{{ 7 * 7 }}", "fe80::1%eth0", "10.0.0.5/24"),
    ],
)
def test_nonsense_is_no_address(value):
    assert _addresses.from_agent(value) == []


def test_what_a_guest_says_is_typed_and_bounded():
    (one,) = _addresses.from_agent(agent("10.0.0.5", mac="{{ x }}"))
    assert one == {"address": "10.0.0.5", "family": "ipv4", "mac": None, "source": "agent"}
    many = agent(*(f"10.0.{i}.{j}" for i in range(9) for j in range(200))) * 50
    assert len(_addresses.from_agent(many)) == _addresses.MOST


def test_the_best_address_comes_first():
    lease = _addresses.from_libvirt(
        {"vnet0": {"hwaddr": MAC.upper(), "addrs": [{"addr": "10.0.0.5"}, {"addr": "fd00::5"}]}},
        _addresses.LEASE,
    )
    arp = _addresses.from_libvirt({"vnet0": {"hwaddr": MAC, "addrs": None}}, _addresses.ARP)
    said = _addresses.from_agent(agent("10.0.0.5", "10.0.0.4", "fd00::5"))
    forwards = _addresses.from_forwards([_domain.Forward(22, 20022), _domain.Forward(80, 20080)])
    found = _addresses.merged(said, forwards, arp, lease)
    assert [(one["address"], one["source"]) for one in found] == [
        ("10.0.0.5", "lease"),
        ("10.0.0.4", "agent"),
        ("fd00::5", "lease"),
        ("127.0.0.1", "forward"),
    ]
    assert found[0]["mac"] == MAC and _addresses.best_of(found) == "10.0.0.5"
    assert _addresses.best_of([]) is None and _addresses.merged() == []


def test_facts_tell_forwarded_ports_of_what_runs():
    meta = _domain.Meta(forwards=[_domain.Forward(22, 20022)])
    document = _domain.Domain("web", meta=meta)
    running = _facts.vm_facts(document, "running", None)
    assert running["address"] == "127.0.0.1" and running["addresses"][0]["source"] == "forward"
    off = _facts.vm_facts(document, "stopped", None)
    assert off["address"] is None and off["addresses"] == []
