# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting: what is seen, when it ends, and what it says. The host is a scripted one."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import agent as _agent
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import waiting as _waiting
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import waits as _waits
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WAITS, WantedVm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want_devices import WantedNic

MAC = "52:54:00:00:00:01"
NET = [_domain.Nic("network", MAC, network="lan")]
SSH = [_domain.Forward(22, 20022)]


class Watch:
    """Events that a test makes happen: each wait plays the next one."""

    def __init__(self, host):
        self.host, self.stopped, self.waits = host, None, []

    def wait(self, seconds):
        self.waits.append(seconds)
        if self.host.happens:
            self.host.happens.pop(0)(self)
        else:
            self.host.clock += seconds


class Host:
    """A host with one machine, as a test wants it."""

    is_local = True

    def __init__(self, nics=(), forwards=(), user=False):
        meta = _domain.Meta(forwards=list(forwards))
        self.document = _domain.Domain("web", nics=list(nics), meta=meta)
        if user:
            self.document.qemu_args = _domain.user_net_args(list(forwards), MAC)
        self.state, self.channel = ("running", ""), "connected"
        self.happens, self.files, self.found, self.arp = [], {}, [], []
        self.lease, self.said, self.clock = [], {}, 0.0

    def watching(self, _handle):
        self.watch = Watch(self)
        return contextlib.nullcontext(self.watch)

    def lookup(self, _name):
        return "handle"

    def power(self, _handle):
        return self.state

    def is_active(self, _handle):
        return self.state[0] == "running"

    def live_xml(self, _handle):
        return _domain.build_domain(self.document)

    def agent_channel(self, _handle):
        return self.channel

    def ask_agent(self, _handle, command, _seconds):
        answer = self.said.get(command, {})
        if isinstance(answer, Exception):
            raise answer
        return answer

    def leases(self, network):
        return [lease for lease in self.lease if lease.network == network]

    def arp_addresses(self, _handle):
        return self.arp

    def agent_addresses(self, _handle, _seconds):
        return self.found

    def read_guest_file(self, _handle, path, _most, _seconds):
        answer = self.files.get(path.rpartition("/")[2])
        if answer is None:
            raise _agent.AgentError(_agent.MISSING, "no such file")
        if isinstance(answer, Exception):
            raise answer
        yield answer

    def vm_facts(self, _handle, agent):
        return {"asked": agent}


@pytest.fixture
def wait(monkeypatch):
    """Wait for one machine; time is the host's clock, so nothing here takes any."""

    def run(host, wait_for, seconds=60, before=(), done=("start",)):
        monkeypatch.setattr(_waits.time, "monotonic", lambda: host.clock)
        vm = WantedVm("web", "started", wait_for=wait_for, wait_timeout=seconds)
        vm.nics = [WantedNic("lan")]
        now, host.lease = host.lease, list(before)
        step = Step("vm", "web", actions=list(done))
        step.wait = _waits.waiter(SimpleNamespace(host=host), vm, step)
        host.lease = now
        step.wait(step)
        return step

    yield run
    monkeypatch.undo()


@pytest.fixture
def ports(monkeypatch):
    """What answers at {(address, port): None or a complaint}."""
    answers = {}
    monkeypatch.setattr(
        _waits, "ssh_answer", lambda *where: answers.get(where[:2], "port 22 closed")
    )
    return answers


def lease(address="10.0.0.5", expires=100, mac=MAC):
    return _waiting.Lease("lan", mac, address, expires)


def entry(address, source):
    return {"address": address, "family": "ipv4", "mac": MAC, "source": source}


def fails(wait, host, wait_for, words, **more):
    with pytest.raises(FuyajoError) as caught:
        wait(host, wait_for, **more)
    assert words in str(caught.value), str(caught.value)
    return caught.value


def test_nobody_waits_unless_asked():
    for vm in (
        WantedVm("web", "started"),
        WantedVm("web", "stopped", wait_for="ssh"),
        WantedVm("web", "absent", wait_for="ssh"),
        WantedVm("web", "paused", wait_for="ssh"),
    ):
        assert _waits.waiter(None, vm, Step("vm", "web")) is None


def test_present_and_off_is_nothing_to_wait_for():
    host = Host()
    host.state = ("stopped", "it was shut down")
    vm = WantedVm("web", "present", wait_for="agent", wait_timeout=1)
    step = Step("vm", "web")
    _waits.waiter(SimpleNamespace(host=host), vm, step)(step)
    assert step.waited is None


def test_ready_at_once_says_what_was_seen(wait):
    step = wait(Host(), "running")
    assert step.waited == {"for": "running", "seconds": 0.0, "ready": True, "seen": "running"}
    assert step.read() == {"asked": True}


@pytest.mark.parametrize("wait_for", WAITS)
def test_a_machine_that_is_off_fails_at_once(wait, wait_for):
    host = Host(NET)
    host.state = ("stopped", "it crashed")
    fails(wait, host, wait_for, "not running: it crashed")
    assert host.clock == 0


@pytest.mark.parametrize("wait_for", ["agent", "address", "cloud_init"])
def test_a_machine_that_stops_meanwhile_fails_at_once(wait, wait_for):
    host = Host(NET)
    host.channel = "disconnected"

    def crash(watch):
        watch.stopped = "it crashed"

    host.happens = [crash]
    fails(wait, host, wait_for, "not running: it crashed")
    assert host.clock == 0


def test_paused_is_told(wait):
    host = Host()
    host.state = ("paused", _waiting.paused_reason(5))
    error = fails(wait, host, "running", "host's disk full")
    assert "not ready (running) within 60 s" in str(error) and host.clock == 60


def test_the_agent_wakes_the_wait(wait):
    host = Host()
    host.channel = "disconnected"

    def connect(_watch):
        host.channel = "connected"

    host.happens = [connect]
    assert wait(host, "agent").waited["seen"] == "the guest agent answers"
    assert len(host.watch.waits) == 1


@pytest.mark.parametrize(
    ("channel", "answer", "words", "spent"),
    [
        ("disconnected", None, "channel is not connected", 60),
        (None, None, "no channel for a guest agent", 0),
        ("connected", _agent.refusal("guest-ping", "x", True), "does not answer", 60),
        ("connected", _agent.refusal("guest-ping", "has been disabled"), "blocked by the guest", 0),
    ],
)
@pytest.mark.parametrize("wait_for", ["agent", "cloud_init"])
def test_no_agent(wait, channel, answer, words, spent, wait_for):
    host = Host()
    host.channel = channel
    if answer is not None:
        host.said["guest-ping"] = answer
    fails(wait, host, wait_for, words)
    assert host.clock == spent


def test_addresses(wait):
    host = Host(NET)
    error = fails(wait, host, "address", f"no lease yet (network lan, {MAC})")
    assert "within 60 s" in str(error)
    host = Host(NET)
    host.lease = [lease(), lease("10.0.0.9", mac="52:54:00:ff:ff:ff")]
    assert wait(host, "address").waited["seen"] == "lease 10.0.0.5"
    host = Host(NET)
    host.arp = [entry("10.0.0.6", "arp")]
    assert wait(host, "address").waited["seen"] == "arp 10.0.0.6"
    host = Host([_domain.Nic("bridge", MAC)])
    fails(wait, host, "address", f"no address seen yet for {MAC} on its bridge")
    host.found = [entry("10.0.0.7", "agent")]
    assert wait(host, "address").waited["seen"] == "agent 10.0.0.7"
    fails(wait, Host(), "address", "no network card")


def test_a_lease_of_the_last_boot_does_not_count(wait):
    host = Host(NET)
    host.lease, host.arp = [lease()], [entry("10.0.0.5", "arp")]
    error = fails(wait, host, "address", "stale lease 10.0.0.5", before=[lease()])
    assert "has not asked for an address yet" in str(error)
    # It was running all the time: then it is its own.
    host = Host(NET)
    host.lease = [lease()]
    assert wait(host, "address", before=[lease()], done=()).waited["ready"]
    # Asked for anew, under the same address.
    host = Host(NET)
    host.lease = [lease(expires=200)]
    assert wait(host, "address", before=[lease()]).waited["ready"]


def test_a_forwarded_port_counts_when_ssh_answers(wait, ports):
    host = Host(user=True, forwards=SSH)
    fails(wait, host, "address", "forwarded port 22 closed")
    ports["127.0.0.1", 20022] = None
    for wait_for in ("address", "ssh"):
        seen = wait(Host(user=True, forwards=SSH), wait_for).waited["seen"]
        assert seen == "SSH banner at 127.0.0.1 port 20022"
    fails(wait, Host(user=True), "address", "no port 22 is forwarded and no guest agent")
    error = fails(wait, Host(user=True), "ssh", "nobody can log in")
    assert "within" not in str(error)
    far = Host(user=True, forwards=SSH)
    far.is_local = False
    fails(wait, far, "ssh", "on the hypervisor only")


def test_ssh_says_how_far_it_came(wait, ports):
    host = Host(NET)
    fails(wait, host, "ssh", "no lease yet")
    host = Host(NET)
    host.lease = [lease()]
    fails(wait, host, "ssh", "lease 10.0.0.5 but port 22 closed")
    ports["10.0.0.5", 22] = "port 22 open but no SSH banner"
    fails(wait, host, "ssh", "lease 10.0.0.5 but port 22 open but no SSH banner")
    ports["10.0.0.5", 22] = None
    assert wait(host, "ssh").waited["seen"] == "lease 10.0.0.5, SSH banner at port 22"


def v1(**values):
    return json.dumps({"v1": values}).encode()


@pytest.mark.parametrize(
    ("files", "words", "spent"),
    [
        ({}, "cloud-init has not begun", 60),
        ({"status.json": v1(stage="modules-config")}, "cloud-init stage modules-config", 60),
        ({"status.json": v1(stage="{{ evil }}")}, "cloud-init has not begun", 60),
        ({"disabled": b""}, "cloud-init is disabled", 0),
        (
            {"result.json": v1(errors=["no route\x1b[31m\nto host"])},
            "failed: no route [31m to host",
            0,
        ),
        (
            {"result.json": v1(errors=[]), "status.json": v1(init={"errors": ["x" * 999]})},
            "failed: " + "x" * 199 + "…",
            0,
        ),
        (
            {"status.json": _agent.refusal("guest-file-open", "has been disabled")},
            "guest-file-open is",
            0,
        ),
        ({"result.json": _agent.refusal("guest-file-read", "x", True)}, "does not answer", 60),
    ],
)
def test_cloud_init_says_where_it_is(wait, files, words, spent):
    host = Host()
    host.files = files
    fails(wait, host, "cloud_init", words)
    assert host.clock == spent


def test_cloud_init_is_done(wait):
    host = Host()
    host.files = {"status.json": v1(stage="init")}

    def finish(_watch):
        host.files = {
            "result.json": v1(errors=[]),
            "status.json": v1(stage=None, init={"errors": []}),
        }

    host.happens = [finish]
    assert wait(host, "cloud_init").waited["seen"] == "cloud-init is done"
