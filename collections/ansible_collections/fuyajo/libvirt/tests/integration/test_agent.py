# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs, waits and addresses on the real libvirt, with guests that never get an agent."""

from __future__ import annotations

import threading
import time
import xml.etree.ElementTree as ET
from types import SimpleNamespace

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.waits import waiter

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

URI = "qemu:///system"
IDLE = {"name": "idle", "state": "started", "memory": 64, "nics": []}
USER = {"name": "idle", "state": "started", "memory": 64, "forwards": [{"guest": 22}]}


def task(label, module, check=True, **options):
    return {
        "name": label,
        f"fuyajo.libvirt.{module}": {"uri": URI, **options},
        "ignore_errors": check,
    }


def waiting(site, wait_for, seconds):
    """Wait for the machine; return (what was seen, the error or None, how long it took)."""
    step, begin = Step("vm", site.name("idle")), time.monotonic()
    vm = WantedVm(step.name, "started", wait_for=wait_for, wait_timeout=seconds)
    act = waiter(SimpleNamespace(host=site.host), vm, step)
    try:
        act(step)
    except FuyajoError as error:
        return step.waited, str(error), time.monotonic() - begin
    return step.waited, None, time.monotonic() - begin


def test_vm_exec_says_why_it_cannot(site, playbook):
    site.run(IDLE)
    uuid = site.host.vm(site.name("idle"))["uuid"]
    bad = {"argv": [], "timeout": 0, "capture_bytes": -1, "env": {"a b": 1}, "creates": ""}
    results = playbook(
        [
            task("unknown", "vm_exec", vm="no such machine", argv=["true"]),
            task("bad", "vm_exec", vm=site.name("idle"), agent_timeout=0, **bad),
            task("early", "vm_exec", vm=uuid, argv=["true"]),
            {**task("check", "vm_exec", vm=uuid, argv=["true"]), "check_mode": True},
            task(
                "stop",
                "vm",
                name=site.name("idle"),
                owner="tc",
                state="stopped",
                shutdown_timeout=0,
            ),
            task("off", "vm_exec", vm=site.name("idle"), argv=["true"]),
        ]
    )
    assert "there is no machine 'no such machine'" in results["unknown"]["msg"]
    for option in ("argv", "timeout", "agent_timeout", "capture_bytes", "env", "creates"):
        assert f"{option}: " in results["bad"]["msg"], results["bad"]["msg"]
    assert "the guest agent is not connected" in results["early"]["msg"]
    assert results["early"]["error_kind"] == "unavailable" and results["early"]["rc"] is None
    assert results["check"]["changed"] and results["check"]["actions"] == []
    assert "the machine is not running" in results["off"]["msg"]


def test_a_machine_without_a_channel(site):
    site.run(dict(IDLE, state="present"))
    handle = site.host.lookup(site.name("idle"))
    root = ET.fromstring(site.host.domain_xml(handle))
    devices = root.find("devices")
    devices.remove(devices.find("channel"))
    handle = site.host.define(ET.tostring(root, encoding="unicode"))
    site.host.start(handle)
    for wait_for in ("agent", "cloud_init"):
        _seen, error, took = waiting(site, wait_for, 30)
        assert "no channel" in error and took < 5
    with pytest.raises(FuyajoError, match="no channel for a guest agent"):
        site.host.ask_agent(handle, "guest-ping")


def test_waits_end_and_say_why(site):
    site.run(IDLE)
    seen, error, _took = waiting(site, "running", 5)
    assert seen["ready"] and error is None
    seen, error, took = waiting(site, "agent", 0.5)
    assert "not ready (agent) within 0.5 s: the guest agent's channel is not connected" in error
    assert not seen["ready"] and 0.5 <= took < 10
    assert "no network card" in waiting(site, "address", 30)[1]


def test_a_machine_that_goes_away_ends_the_wait_at_once(site):
    site.run(IDLE)
    handle = site.host.lookup(site.name("idle"))
    box = []
    thread = threading.Thread(target=lambda: box.append(waiting(site, "cloud_init", 100)))
    thread.start()
    thread.join(0.5)
    assert thread.is_alive()
    site.host.destroy(handle)
    thread.join(30)
    _seen, error, took = box[0]
    assert error == "not running: it was destroyed" and took < 30
    assert "not running: it was destroyed" in waiting(site, "running", 30)[1]


def test_an_event_wakes_whoever_watches(site):
    site.run(dict(IDLE, state="present"))
    handle = site.host.lookup(site.name("idle"))
    with site.host.watching(handle) as watch:
        assert not watch.wait(0.01)
        site.host.start(handle)
        assert watch.wait(10) and watch.stopped is None
        site.host.destroy(handle)
        while watch.stopped is None:
            assert watch.wait(10)
        assert watch.stopped == "it was destroyed"


def test_a_forward_without_ssh_is_no_address(site):
    site.run(USER)
    for wait_for in ("address", "ssh"):
        _seen, error, _took = waiting(site, wait_for, 0.5)
        assert "forwarded port" in error, error


def test_addresses_in_facts(site, playbook):
    site.run(USER)
    results = playbook(
        [
            task("one", "vm_info", name=site.name("idle")),
            task("plain", "vm_info", name=site.name("idle"), addresses=False),
            task("agent", "vm_info", name=site.name("idle"), agent=True),
            task("all", "vm_info", owner="tc", addresses=True, agent=True),
            task("others", "vm_info", name=site.name("idle"), owner="somebody", agent=True),
        ]
    )
    assert results.pop("others")["vms"] == []
    for result in results.values():
        (facts,) = (vm for vm in result["vms"] if vm["name"] == site.name("idle"))
        assert facts["address"] == "127.0.0.1"
        (forward,) = facts["forwards"]
        assert (forward["guest"], forward["address"]) == (22, "127.0.0.1") and forward[
            "host"
        ] > 1024
        assert [one["source"] for one in facts["addresses"]] == ["forward"]
    off = site.run(dict(USER, state="stopped", force_off=True)).vms[site.name("idle")]
    assert off["forwards"] == [forward] and off.get("address") is None


def test_leases_and_neighbours_of_the_mock_host():
    with Host.open("test:///default") as host:
        assert host.vm("test", addresses=False)["addresses"] == []
        (one,) = [vm for vm in host.list_vms(addresses=True, agent=True) if vm["name"] == "test"]
        assert all(each["source"] in ("lease", "arp") for each in one["addresses"])
        assert host.leases("no such network") == []
        assert host.find(one["uuid"]).name() == "test" and host.find("no such") is None
