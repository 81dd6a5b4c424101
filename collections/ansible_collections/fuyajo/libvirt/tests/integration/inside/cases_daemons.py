# SPDX-License-Identifier: GPL-3.0-or-later
"""Daemons that die, hang or are not there: a clear error in seconds, and the next run goes on."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import connect as _connect
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    UNAVAILABLE,
    FuyajoError,
)

URI = "qemu:///system"
VM = {
    "name": "web",
    "state": "started",
    "memory": 64,
    "disk": "1G",
    "image": "tiny",
    "nics": [],
    "cloud_init": {"user": "fuyajo", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]},
}


def qemus() -> list[int]:
    """Return the process ids of every QEMU in here, those that are only waited for left out."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as stream:
                if b"qemu-system" in stream.read().partition(b"\0")[0]:
                    found.append(int(name))
        except OSError:
            continue
    return found


def again(site, libvirt):
    """Come back with a new connection to a daemon that is well."""
    libvirt.heal()
    site.host.close()
    site.host = Host.open(URI)


def test_no_daemon_is_one_clear_error_at_once(libvirt):
    libvirt.main.kill()
    begin = time.monotonic()
    with pytest.raises(FuyajoError, match="cannot connect to qemu:///system") as caught:
        Host.open(URI)
    assert caught.value.kind == UNAVAILABLE
    assert time.monotonic() - begin < 3


def test_a_hung_daemon_is_one_clear_error_in_seconds(libvirt):
    libvirt.main.send(signal.SIGSTOP)
    for readonly in (False, True):
        begin = time.monotonic()
        with pytest.raises(FuyajoError, match="does not answer") as caught:
            Host.open(URI, readonly=readonly, deadline=1.0)
        assert caught.value.kind == UNAVAILABLE
        assert time.monotonic() - begin < 4


def test_a_daemon_that_hangs_in_the_middle_ends_the_call(site, libvirt, monkeypatch):
    site.run()
    # The real figures take fifteen seconds; a unit test holds their sum.
    monkeypatch.setattr(_connect, "KEEPALIVE_SECONDS", 1)
    monkeypatch.setattr(_connect, "KEEPALIVE_COUNT", 2)
    again(site, libvirt)
    really = site.host.make_volume

    def stuck(*arguments):
        libvirt.main.send(signal.SIGSTOP)
        return really(*arguments)

    monkeypatch.setattr(site.host, "make_volume", stuck)
    begin = time.monotonic()
    done = site.run(VM)
    assert time.monotonic() - begin < 8
    result = done.results[-1]
    assert result["error_kind"] == UNAVAILABLE, result
    assert "could not undefine again" in " ".join(result["actions"]), result["actions"]
    assert done.changed
    again(site, libvirt)
    assert site.host.vm(site.name("web"))["unfinished"]
    assert not site.run(VM).errors
    assert site.host.vm(site.name("web"))["state"] == "running"


def test_a_restart_between_two_calls_is_said(site, libvirt):
    libvirt.main.kill()
    libvirt.main.start()
    with pytest.raises(FuyajoError) as caught:
        site.host.list_vms()
    assert caught.value.kind == UNAVAILABLE, str(caught.value)
    with pytest.raises(FuyajoError) as caught:
        site.run(VM)
    assert caught.value.kind == UNAVAILABLE


@pytest.mark.parametrize("delay", [0.02, 0.1, 0.25, 0.5])
def test_killed_while_a_machine_starts(site, libvirt, monkeypatch, delay):
    really = site.host.start

    def start(*arguments):
        killer = threading.Timer(delay, libvirt.main.kill)
        killer.start()
        try:
            really(*arguments)
        finally:
            killer.join()

    monkeypatch.setattr(site.host, "start", start)
    done = site.run(VM)
    kinds = {r["error_kind"] for r in done.results if r["error"]}
    assert kinds <= {UNAVAILABLE}, done.errors
    again(site, libvirt)
    done = site.run(VM)
    assert not done.errors, done.errors
    assert site.host.vm(site.name("web"))["state"] == "running"
    assert until(lambda: len(qemus()) == 1, 5), qemus()


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.02, 0.05])
def test_killed_while_a_volume_is_made(site, libvirt, monkeypatch, delay):
    site.run()
    really = site.host.make_volume

    def make(*arguments):
        killer = threading.Timer(delay, libvirt.main.kill)
        killer.start()
        try:
            return really(*arguments)
        finally:
            killer.join()

    monkeypatch.setattr(site.host, "make_volume", make)
    done = site.run(dict(VM, state="present"))
    assert {r["error_kind"] for r in done.results if r["error"]} <= {UNAVAILABLE}, done.errors
    again(site, libvirt)
    facts = site.host.vm(site.name("web"))
    assert facts["unfinished"]
    done = site.run(VM)
    assert not done.errors, done.errors
    assert done.vms[site.name("web")]["state"] == "running"
    assert not site.run(VM).changed


def test_killed_while_a_machine_runs(site, libvirt):
    site.run(VM)
    (before,) = qemus()
    libvirt.main.kill()
    again(site, libvirt)
    assert not site.run(VM).changed
    assert qemus() == [before]
    libvirt.main.kill()
    os.kill(before, signal.SIGKILL)
    again(site, libvirt)
    assert site.host.vm(site.name("web"))["state"] in ("stopped", "crashed")
    done = site.run(VM)
    assert done.results[-1]["actions"] == ["start"]
    assert site.host.vm(site.name("web"))["state"] == "running"


def test_without_the_log_daemon_a_creation_is_undone(site, libvirt):
    site.run()
    libvirt.log.kill()
    done = site.run(VM)
    result = done.results[-1]
    assert "virtlogd" in result["error"], result
    assert not done.changed and site.host.vm(site.name("web")) is None
    assert site.files() == {site.base}
    libvirt.heal()
    assert not site.run(VM).errors
