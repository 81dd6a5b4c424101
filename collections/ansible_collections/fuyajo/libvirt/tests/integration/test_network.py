# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks on the real libvirt: live and persistent, dnsmasq included, and the two modules."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

URI = "qemu:///system"
DNSMASQ = Path("/var/lib/libvirt/dnsmasq")


class Nets:
    """Networks of one test: own names, own bridges, own addresses."""

    def __init__(self, host):
        self.host = host
        self.tag = secrets.token_hex(2)
        self.third = 1 + int(self.tag, 16) % 250

    def name(self, short="net"):
        return f"tvc-{self.tag}-{short}"

    @property
    def cidr(self):
        return f"10.213.{self.third}.0/24"

    def ip(self, last):
        return f"10.213.{self.third}.{last}"

    def wish(self, **more):
        name = self.name()
        return {"name": name, "cidr": self.cidr, "bridge": f"tvc{self.tag}", **more}

    def run(self, wish, check=False, **more):
        wanted = wanted_of_all({"owner": "tvc", "networks": [wish], **more})
        return converge(self.host, wanted, check)

    def machine(self, short="vm"):
        document = _domain.Domain(self.name(short), memory_mib=32)
        document.nics = [_domain.Nic(kind="network", network=self.name(), mac="52:54:00:21:03:77")]
        handle = self.host.define(_domain.build_domain(document))
        self.host.start(handle)
        return handle

    def clean(self):
        for name, handle in self.host.domains().items():
            if name.startswith(self.name("")):
                self.host.destroy(handle)
                self.host.undefine(handle)
        for handle in self.host.conn.listAllNetworks(0):
            if handle.name().startswith(self.name("")):
                self.host.stop_network(handle)
                self.host.undefine_network(handle)


@pytest.fixture
def nets(host):
    made = Nets(host)
    try:
        yield made
    finally:
        made.clean()


def both(nets):
    """Return the network as it is now and as it starts next."""
    handle = nets.host.network_handle(nets.name())
    texts = nets.host.live_network_xml(handle), nets.host.network_xml(handle)
    return [_network.flat(_network.parse_network(text)) for text in texts]


def test_life_and_live_changes(nets):
    entries = {
        "dhcp_ranges": [{"start": nets.ip(100), "end": nets.ip(150)}],
        "dhcp_hosts": [{"mac": "52:54:00:21:03:01", "ip": nets.ip(10), "name": "db"}],
        "dns": {
            "hosts": [{"ip": nets.ip(9), "names": ["one", "two"]}],
            "txt": [{"name": "note", "value": "two words"}],
            "srv": [{"service": "ldap", "protocol": "tcp", "domain": "d.example"}],
        },
    }
    base = nets.wish(domain="d.example", domain_local=True, mtu=1400, cidr6="fd00:213::/64")
    assert nets.run(base, check=True).changed
    assert nets.host.network_handle(nets.name()) is None
    made = nets.run(base)
    assert not made.errors, made.errors
    assert not nets.run(base).changed

    # Nothing may stop the network from here on: a machine is plugged in.
    nets.machine()
    planned = nets.run({**base, **entries}, check=True)
    done = nets.run({**base, **entries})
    assert not done.errors, done.errors
    assert [r["changes"] for r in done.results] == [r["changes"] for r in planned.results]
    assert {c["effect"] for c in done.results[-1]["changes"]} == {"live"}
    now, later = both(nets)
    assert now == later
    assert now["dhcp_hosts"][0]["name"] == "db" and now["dns.hosts"][0]["names"] == ["one", "two"]
    assert nets.ip(10) in (DNSMASQ / f"{nets.name()}.hostsfile").read_text()
    assert "two" in (DNSMASQ / f"{nets.name()}.addnhosts").read_text()
    assert not nets.run({**base, **entries}).changed

    emptied = {**base, "dhcp": False, "dns": {"hosts": [], "txt": [], "srv": []}}
    assert not nets.run(emptied).errors
    now, later = both(nets)
    assert now == later and now["dhcp"] is False and now["dns.srv"] == []
    assert not nets.run(emptied).changed


def test_a_stop_needs_a_word_while_a_machine_is_plugged_in(nets):
    nets.run(nets.wish())
    nets.machine()
    moved = nets.wish(mode="nat", domain="d.example")
    refused = nets.run(moved)
    assert f"cuts off {nets.name('vm')}" in refused.errors[0]
    assert nets.run({"name": nets.name(), "state": "absent"}).errors
    assert both(nets)[0]["mode"] == "isolated" == both(nets)[1]["mode"]
    (info,) = nets.host.networks_in_full(nets.name())
    assert (info["machines"], info["state"], info["leases"]) == ([nets.name("vm")], "started", [])
    done = nets.run(moved, allow_restart=True)
    assert not done.errors, done.errors
    assert done.restart_required
    assert both(nets)[0]["mode"] == "nat" == both(nets)[1]["mode"]
    assert not nets.run(moved).changed


def test_what_is_defined_and_not_yet_live_is_a_difference(nets):
    nets.run(nets.wish())
    handle = nets.host.network_handle(nets.name())
    document = _network.parse_network(nets.host.network_xml(handle))
    hosts = [{"mac": "52:54:00:21:03:01", "name": None, "ip": nets.ip(10)}]
    text = _network.edit_network(
        nets.host.network_xml(handle), _network.merge(document, {"dhcp_hosts": hosts})
    )
    nets.host.define_network(text)
    done = nets.run(nets.wish(dhcp_hosts=hosts))
    assert [c["path"] for c in done.results[-1]["changes"]] == ["dhcp_hosts"]
    now, later = both(nets)
    assert now["dhcp_hosts"] == later["dhcp_hosts"] == hosts


def test_a_transient_network_becomes_one_that_stays(nets):
    document = _network.merge(
        _network.Network(nets.name(), _network.network_uuid("tvc", nets.name())),
        {"cidr": nets.cidr, "bridge": f"tvc{nets.tag}"},
        making=True,
    )
    handle = nets.host.conn.networkCreateXML(_network.build_network(document))
    try:
        done = nets.run(nets.wish(dns={"txt": [{"name": "a", "value": "b"}]}))
        assert not done.errors, done.errors
        assert {c["path"] for c in done.results[-1]["changes"]} == {"persistent", "dns.txt"}
        assert handle.isPersistent() and both(nets)[0] == both(nets)[1]
        assert not nets.run(nets.wish()).changed
    finally:
        if not handle.isPersistent():
            handle.destroy()


def test_modules(nets, playbook):
    wish = {"uri": URI, "owner": "tvc", **nets.wish(autostart=False)}
    named = {**wish, "dns": {"hosts": [{"ip": nets.ip(9), "names": ["one"]}]}}
    gone = {"uri": URI, "owner": "tvc", "name": nets.name(), "state": "absent"}

    def task(label, options, module="network", **more):
        return {"name": label, f"fuyajo.libvirt.{module}": options, **more}

    results = playbook(
        [
            task("plan", wish, check_mode=True, diff=True),
            task("make", wish),
            task("check", wish, check_mode=True),
            task("again", wish),
            task("name", named),
            task("all", {"uri": URI}, "network_info"),
            task("one", {"uri": URI, "name": nets.name()}, "network_info"),
            task("refused", {**gone, "owner": "ken"}, ignore_errors=True),
            task("stop", {**wish, "state": "stopped"}),
            task("gone", gone),
            task("gone again", gone),
        ]
    )
    changed = [results[name]["changed"] for name in results]
    assert changed == [True, True, False, False, True, False, False, False, True, True, False]
    assert results["plan"]["changes"] == results["make"]["changes"]
    assert results["plan"]["network"] is None and results["make"]["network"]["active"]
    assert results["make"]["actions"] == ["create network", "start network"]
    assert results["name"]["actions"] == ["update 1 elements"]
    assert "adopt" in results["refused"]["msg"]
    (info,) = results["one"]["networks"]
    assert info in results["all"]["networks"]
    assert (info["leases"], info["machines"], info["autostart"]) == ([], [], False)
    assert results["gone"]["network"] is None
