# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks against libvirt's own test driver: what is done, what is refused, and what it says."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

NET = {"name": "net", "cidr": "10.20.0.0/24"}
FULL = {
    "name": "net",
    "mode": "nat",
    "bridge": "br-net",
    "cidr": "10.20.0.0/24",
    "cidr6": "fd00:20::/64",
    "mtu": 1400,
    "domain": "net.example",
    "domain_local": True,
    "dhcp": True,
    "dhcp_ranges": [{"start": "10.20.0.100", "end": "10.20.0.200"}],
    "dhcp_hosts": [{"mac": "52:54:00:00:00:0A", "name": "db", "ip": "10.20.0.10"}],
    "dns": {
        "enable": True,
        "hosts": [{"ip": "10.20.0.9", "names": ["two", "one"]}],
        "forwarders": [{"addr": "192.0.2.53", "domain": "corp.example"}],
        "txt": [{"name": "note", "value": "two words"}],
        "srv": [{"service": "ldap", "protocol": "tcp", "target": "db.net.example", "port": 389}],
    },
    "routes": [{"cidr": "10.30.0.0/16", "gateway": "10.20.0.10"}],
    "autostart": False,
    "state": "started",
}


@pytest.fixture
def host(monkeypatch):
    with Host.open("test:///default") as connection:
        complete(connection, monkeypatch)
        yield connection


def complete(host, monkeypatch):
    """The mock driver forgets what was defined while a network ran; the real one starts it so."""
    define, stop, defined = host.define_network, host.stop_network, {}

    def define_network(xml):
        handle = define(xml)
        defined[handle.name()] = xml
        return handle

    def stop_network(handle):
        stop(handle)
        define(defined.get(handle.name(), handle.XMLDesc(0)))

    monkeypatch.setattr(host, "define_network", define_network)
    monkeypatch.setattr(host, "stop_network", stop_network)


def run(host, *networks, check=False, **more):
    options = {"owner": "mika", "pool": {"name": "default-pool"}, **more}
    return converge(host, wanted_of_all({**options, "networks": list(networks)}), check)


def changes(outcome):
    return {c["path"]: c["effect"] for r in outcome.results for c in r["changes"]}


def plug(host, name, network="net"):
    document = _domain.Domain(name, virt_type="test", arch=None)
    document.nics = [_domain.Nic(kind="network", network=network, mac="52:54:00:00:00:77")]
    host.start(host.define(_domain.build_domain(document)))


def proven(host, *networks, **more):
    """Run, and hold the four promises of every module; return what the run said."""
    planned = run(host, *networks, check=True, **more)
    done = run(host, *networks, **more)
    assert not done.errors, done.errors
    assert [r["changes"] for r in planned.results] == [r["changes"] for r in done.results]
    assert planned.changed == done.changed
    assert not run(host, *networks, check=True, **more).changed
    again = run(host, *networks, **more)
    assert not again.changed and not any(r["actions"] for r in again.results)
    return done


@pytest.mark.parametrize("wish", [NET, FULL, {"name": "net"}, {**NET, "state": "stopped"}])
def test_life_of_a_network(host, wish):
    made = proven(host, wish)
    facts = made.facts["network"]["net"]
    assert facts["active"] is (wish.get("state") != "stopped")
    assert facts["autostart"] is wish.get("autostart", facts["active"])
    assert facts["uuid"] == _network.network_uuid("mika", "net") == made.results[-1]["uuid"]
    gone = proven(host, {"name": "net", "state": "absent"})
    assert gone.changed and gone.facts == {} and host.network("net") is None


def test_facts_have_the_shape_of_the_options(host):
    facts = run(host, FULL).facts["network"]["net"]
    for key in ("mode", "bridge", "cidr", "cidr6", "mtu", "domain", "domain_local", "dhcp"):
        assert facts[key] == FULL[key]
    assert facts["dhcp_hosts"] == [{"mac": "52:54:00:00:00:0a", "name": "db", "ip": "10.20.0.10"}]
    assert facts["dns"]["hosts"] == [{"ip": "10.20.0.9", "names": ["one", "two"]}]
    assert (facts["address"], facts["address6"]) == ("10.20.0.1", "fd00:20::1")


def test_what_was_not_said_stays(host):
    before = run(host, FULL).facts["network"]["net"]
    assert not run(host, {"name": "net"}).changed
    done = proven(host, {"name": "net", "dns": {"txt": []}})
    after = done.facts["network"]["net"]
    assert after.pop("dns") == {**before.pop("dns"), "txt": []}
    assert after == before


def test_entries_change_while_it_runs(host, monkeypatch):
    run(host, FULL)
    monkeypatch.setattr(host, "stop_network", None)
    monkeypatch.setattr(host, "define_network", None)
    done = proven(
        host,
        {
            "name": "net",
            "dhcp_hosts": [
                {"mac": "52:54:00:00:00:0a", "name": "db", "ip": "10.20.0.11"},
                {"mac": "52:54:00:00:00:0b", "ip": "10.20.0.12"},
            ],
            "dhcp_ranges": [{"start": "10.20.0.50", "end": "10.20.0.200"}],
            "dns": {"hosts": [{"ip": "10.20.0.9", "names": ["three"]}]},
        },
    )
    assert changes(done) == dict.fromkeys(("dhcp_hosts", "dhcp_ranges", "dns.hosts"), "live")
    # Hosts: one gone, two come; range and names: one gone, one comes each.
    assert done.results[-1]["actions"] == ["update 7 elements"]


def test_many_entries_are_defined_at_once(host, monkeypatch):
    run(host, NET)
    calls = []
    really = host.update_network
    monkeypatch.setattr(
        host, "update_network", lambda *a: (calls.append(a[2:]), really(a[0], a[1], True, False))
    )
    monkeypatch.setattr(host, "stop_network", None)
    hosts = [{"mac": f"52:54:00:00:01:{i:02x}", "ip": f"10.20.0.{i + 10}"} for i in range(20)]
    done = run(host, {**NET, "dhcp_hosts": hosts})
    assert not done.errors and done.changed
    assert done.results[-1]["actions"] == ["define", "update 20 elements"]
    assert set(calls) == {(True, False)}


@pytest.mark.parametrize(
    "wish",
    [
        {"mode": "route"},
        {"cidr": "10.21.0.0/24"},
        {"cidr6": "fd00:21::/64"},
        {"bridge": "br-other"},
        {"mtu": 1300},
        {"domain": "other.example"},
        {"domain": "other.example", "domain_local": True},
        {"dns": {"forwarders": [{"addr": "192.0.2.1"}]}},
        {"routes": [{"cidr": "10.31.0.0/16", "gateway": "10.20.0.10"}]},
        {"dns": {"hosts": [{"ip": f"10.20.0.{i}", "names": ["same"]} for i in (5, 6)]}},
        {"state": "stopped"},
    ],
)
def test_what_needs_a_stop_is_refused_while_machines_are_plugged_in(host, wish):
    wish = {"name": "net", **wish}
    run(host, NET)
    plug(host, "guest")
    for check in (True, False):
        refused = run(host, wish, check=check)
        assert refused.results[-1]["error_kind"] == "conflict"
        assert "cuts off guest" in refused.errors[0] and "allow_restart" in refused.errors[0]
    assert not run(host, NET).changed
    done = proven(host, wish, allow_restart=True)
    assert done.restart_required
    assert changes(done)["machines.guest"] == "restart"
    assert host.network("net")["active"] is (wish.get("state") != "stopped")


def test_what_needs_a_stop_is_done_when_nobody_is_plugged_in(host):
    run(host, NET)
    done = proven(host, {"name": "net", "cidr": "10.21.0.0/24", "mode": "nat"})
    assert changes(done) == {"mode": "stop", "cidr": "stop", "dhcp_ranges": "live"}
    assert done.results[-1]["actions"] == ["define", "stop network", "start network"]
    assert not done.restart_required
    assert host.network("net")["address"] == "10.21.0.1"


def test_a_stopped_network_is_only_defined(host):
    run(host, {**NET, "state": "stopped"})
    done = proven(host, {"name": "net", "mtu": 1300, "dhcp": False, "state": "stopped"})
    assert set(changes(done).values()) == {"live"}
    assert done.results[-1]["actions"] == ["define"]
    started = proven(host, {"name": "net", "domain": "a.b", "autostart": True})
    assert started.results[-1]["actions"] == ["define", "start network", "set autostart"]


def test_a_restart_that_fails_is_taken_back(host, monkeypatch):
    run(host, NET)
    really, tried = host.start_network, []

    def start(handle):
        tried.append(handle)
        if len(tried) == 1:
            raise FuyajoError("no such bridge")
        really(handle)

    monkeypatch.setattr(host, "start_network", start)
    failed = run(host, {"name": "net", "mtu": 1300})
    assert "no such bridge" in failed.errors[0] and not failed.changed
    assert host.network("net")["active"] and host.network("net")["mtu"] is None


def test_a_creation_that_fails_leaves_nothing(host, monkeypatch):
    def start(_handle):
        raise FuyajoError("no")

    monkeypatch.setattr(host, "start_network", start)
    failed = run(host, NET)
    assert failed.errors and not failed.changed
    assert host.network("net") is None


def test_somebody_else_started_it_meanwhile(host, monkeypatch):
    really = host.start_network

    def start(handle):
        really(handle)
        raise FuyajoError("network is already active")

    monkeypatch.setattr(host, "start_network", start)
    assert not run(host, NET).errors


def test_foreign_networks_are_refused_or_adopted(host):
    wish = {"name": "default", "dns": {"txt": [{"name": "a", "value": "b"}]}}
    assert "not ours" in run(host, wish).errors[0]
    assert "not ours" in run(host, {"name": "default", "state": "absent"}).errors[0]
    uuid = host.network("default")["uuid"]
    done = proven(host, wish, adopt=True)
    assert host.network("default")["uuid"] == uuid == done.results[-1]["uuid"]
    assert "not ours" in run(host, wish).errors[0]
    run(host, NET)
    assert "not ours" in run(host, NET, owner="ken").errors[0]
    host.undefine(host.lookup("test"))
    host.destroy(host.lookup("test"))
    assert proven(host, {"name": "default", "state": "absent"}, adopt=True).changed


def test_the_uuid_that_was_meant(host):
    wrong = "00000000-0000-0000-0000-000000000000"
    assert run(host, {**NET, "uuid": wrong}).results[-1]["error_kind"] == "not_found"
    run(host, NET)
    refused = run(host, {"name": "net", "uuid": wrong, "state": "absent"})
    assert refused.results[-1]["error_kind"] == "conflict"
    right = _network.network_uuid("mika", "net")
    assert proven(host, {"name": "net", "uuid": right, "state": "absent"}).changed


def test_neighbours_are_respected_before_anything_is_made(host):
    inside = {"name": "other", "cidr": "192.168.122.128/25"}
    refused = run(host, inside, check=True)
    assert "overlap with those of the active network default" in refused.errors[0]
    assert refused.results[-1]["error_kind"] == "conflict"
    assert "overlap" in run(host, inside).errors[0] and host.network("other") is None
    # Beside a network that is stopped it may stand, and may not start.
    run(host, NET)
    twin = {"name": "twin", "cidr": "10.20.0.0/16"}
    assert not run(host, {**twin, "state": "stopped"}).errors
    assert "overlap" in run(host, twin).errors[0]
    bridged = {"name": "third", "cidr": "10.40.0.0/24", "bridge": "virbr0"}
    assert "is the network default's" in run(host, bridged).errors[0]
    moved = run(host, {"name": "net", "cidr": "192.168.122.0/24"})
    assert "overlap" in moved.errors[0]


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ({"cidr": "10.1.0.0/16"}, {"cidr": "10.1.2.0/24"}, "overlapping"),
        ({"cidr6": "fd00::/48"}, {"cidr6": "fd00::/64"}, "overlapping"),
        ({"bridge": "br7"}, {"bridge": "br7"}, "same bridge br7"),
    ],
)
def test_networks_of_one_call_are_held_against_each_other(host, one, other, text):
    with pytest.raises(FuyajoError, match=text):
        run(host, {"name": "a", **one}, {"name": "b", **other})
    assert host.network("a") is None


def test_problems_with_what_is_there_are_found_before_anything_is_done(host):
    assert "required with mode nat" in run(host, {"name": "net", "mode": "nat"}).errors[0]
    assert host.network("net") is None
    run(host, FULL)
    odd = {"name": "net", "dhcp_hosts": [{"mac": "52:54:00:00:00:01", "ip": "10.99.0.1"}]}
    refused = run(host, {**odd, "routes": [{"cidr": "10.0.0.0/8", "gateway": "10.98.0.1"}]})
    assert "dhcp_hosts: 10.99.0.1 is outside" in refused.errors[0]
    assert "routes: the gateway 10.98.0.1 is outside" in refused.errors[0]
    moved = run(host, {"name": "net", "cidr": "10.21.0.0/24"})
    assert "dhcp_hosts: 10.20.0.10 is outside 10.21.0.0/24" in moved.errors[0]


def test_a_network_in_use_is_not_removed(host):
    run(host, NET)
    plug(host, "guest")
    refused = run(host, {"name": "net", "state": "absent"})
    assert "in use by guest" in refused.errors[0]
    host.destroy(host.lookup("guest"))
    assert "in use" in run(host, {"name": "net", "state": "absent"}).errors[0]


def test_bridges_of_the_host(host):
    done = proven(host, {"name": "lan", "mode": "bridge", "bridge": "br0"})
    assert done.facts["network"]["lan"]["cidr"] is None
    run(host, NET)
    proven(host, {"name": "net", "mode": "bridge", "bridge": "br1"})
    assert host.network("net")["cidr"] is None


def test_info(host):
    run(host, NET)
    plug(host, "guest")
    (net,) = host.networks_in_full("net")
    assert (net["machines"], net["leases"], net["active"]) == (["guest"], [], True)
    assert [n["name"] for n in host.networks_in_full()] == ["default", "net"]
    assert host.networks_in_full("nobody") == []
