# SPDX-License-Identifier: GPL-3.0-or-later
"""Host and converge against libvirt's own test driver: a real libvirt, nothing on the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import is_local
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.connect import (
    _answers,
    runtime_directory,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.host_facts import host_facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all


@pytest.fixture
def host():
    with Host.open("test:///default") as connection:
        yield connection


def wish(*vms, **more):
    base = {"owner": "mika", "pool": {"name": "default-pool"}, "shutdown_timeout": 0}
    return wanted_of_all({**base, **more, "vms": list(vms)})


def run(host, *vms, check=False, **more):
    return converge(host, wish(*vms, **more), check)


def quiet(host, *vms, **more):
    """Say whether a call would find nothing to do, and no problem either."""
    done = run(host, *vms, **more)
    assert not done.errors, done.errors
    return not done.changed


WEB = {"name": "web", "state": "started", "cpus": 2, "memory": "512M", "disk": "1G"}
WEB["nics"] = [{"network": "default"}]


def test_life_of_a_machine(host):
    planned = run(host, WEB, check=True)
    assert planned.changed and not planned.errors
    assert host.vm("web") is None
    made = run(host, WEB, environment="shop")
    assert made.changed and not made.errors, made.errors
    facts = made.vms["web"]
    assert (facts["state"], facts["cpus"], facts["memory_mib"]) == ("running", 2, 512)
    assert (facts["owner"], facts["environment"], facts["networks"]) == (
        "mika",
        "shop",
        ["default"],
    )
    assert quiet(host, WEB)
    assert quiet(host, WEB, check=True)
    gone = run(host, {"name": "web", "state": "absent"})
    assert gone.changed and gone.vms == {} and not gone.errors
    assert host.vm("web") is None
    assert quiet(host, {"name": "web", "state": "absent"})


def test_machines_wait_together_after_everything_else(host):
    agent = dict(WEB, wait_for="agent", wait_timeout=1)
    vms = [dict(agent, name=name) for name in ("a", "b", "c")]
    assert not run(host, *vms, check=True).errors
    begin = time.monotonic()
    done = run(host, *vms, dict(WEB, wait_for="running"), dict(agent, name="d", state="stopped"))
    took, waits = time.monotonic() - begin, [result["waited"] for result in done.results[-5:]]
    assert done.changed and len(done.errors) == 3 and len(done.vms) == 5
    assert all("not ready (agent) within 1 s: the guest agent's" in e for e in done.errors)
    assert waits[3]["ready"] and waits[4] is None
    assert took < sum(wait["seconds"] for wait in waits[:3]) - 0.5
    again = run(host, *vms)
    assert not again.changed and len(again.errors) == 3
    assert quiet(host, dict(vms[0], wait_for="running"))


def test_one_change_is_one_change(host):
    run(host, dict(WEB, state="present"))
    done = run(host, {"name": "web", "memory": 1024})
    changes = [c for r in done.results for c in r["changes"]]
    assert [(c["path"], c["before"], c["after"]) for c in changes] == [("memory_mib", 512, 1024)]
    assert done.vms["web"]["cpus"] == 2
    assert not done.restart_required


def test_running_machine_waits_for_a_restart(host):
    run(host, WEB)
    done = run(host, {"name": "web", "memory": 1024})
    assert done.restart_required
    assert run(host, {"name": "web", "memory": 1024}).restart_required
    restarted = run(host, {"name": "web", "memory": 1024}, allow_restart=True)
    assert restarted.changed and not restarted.restart_required
    assert quiet(host, {"name": "web", "memory": 1024}, allow_restart=True)


def test_power(host):
    run(host, dict(WEB, state="stopped"))
    assert host.vm("web")["state"] == "stopped"
    assert quiet(host, {"name": "web", "state": "stopped"})
    assert run(host, {"name": "web", "state": "started"}).changed
    again = run(host, {"name": "web", "state": "restarted"})
    assert again.changed and again.vms["web"]["state"] == "running"
    stopped = run(host, {"name": "web", "state": "stopped"})
    assert "destroy" in stopped.results[-1]["actions"]


def test_foreign_machines_are_refused(host):
    done = run(host, {"name": "test", "state": "absent"}, {"name": "test2", "state": "absent"})
    assert "nobody here owns" in done.errors[0]
    assert not done.changed
    run(host, dict(WEB, state="present"))
    other = converge(host, wish({"name": "web", "state": "absent"}, owner="ken"), False)
    assert "belongs to 'mika'" in other.errors[0]
    wrong = "00000000-0000-0000-0000-000000000000"
    mistaken = run(host, {"name": "web", "uuid": wrong, "state": "absent"})
    assert mistaken.results[-1]["error_kind"] == "conflict"
    assert run(host, {"name": "nobody", "uuid": wrong}).results[-1]["error_kind"] == "not_found"
    assert host.vm("web") is not None


def test_a_machine_of_nobody_can_be_adopted(host):
    assert "adopt=true" in run(host, {"name": "test"}).errors[0]
    done = run(host, {"name": "test"}, adopt=True)
    assert done.changed and not done.errors, done.errors
    assert host.vm("test")["owner"] == "mika"
    assert quiet(host, {"name": "test"})


def test_a_failure_is_undone_and_hides_nobody(host, monkeypatch):
    really = host.start

    def start(handle, paused=False):
        if handle.name() == "bad":
            raise FuyajoError("no memory")
        really(handle)

    monkeypatch.setattr(host, "start", start)
    done = run(host, dict(WEB, name="bad"), WEB)
    results = {r["name"]: r for r in done.results if r["kind"] == "vm"}
    assert results["bad"]["error"] == "no memory"
    undone = results["bad"]["actions"][-2:]
    assert undone == ["undo: delete bad.qcow2", "undo: undefine"]
    assert results["web"]["error"] is None
    assert host.vm("bad") is None
    assert "bad.qcow2" not in {v["name"] for v in host.pool_volumes("default-pool")}
    alone = run(host, dict(WEB, name="bad"))
    assert alone.errors and not alone.changed


def test_leftovers_are_named_and_cleared(host):
    run(host, dict(WEB, state="present"))
    host.undefine(host.lookup("web"))
    refused = run(host, WEB)
    assert "web.qcow2" in refused.errors[0]
    assert "remove_storage=true" in refused.errors[0]
    cleared = run(host, {"name": "web", "state": "absent", "remove_storage": True})
    assert cleared.changed and not cleared.errors
    assert not run(host, WEB).errors


def test_a_disk_that_others_use_stays(host):
    run(host, dict(WEB, state="present"))
    document = _domain.Domain("foreign", virt_type="test", arch=None)
    document.disks = [_domain.Disk("/default-pool/web.qcow2", "vda")]
    host.define(_domain.build_domain(document))
    done = run(host, {"name": "web", "state": "absent"})
    assert done.changed and not done.errors
    assert "web.qcow2" in {v["name"] for v in host.pool_volumes("default-pool")}
    assert quiet(host, {"name": "web", "state": "absent"})


def test_volumes_only_grow(host):
    def volume(**more):
        return wanted_of_all(
            {"owner": "m", "pool": {"name": "default-pool"}, "volumes": [{"name": "data", **more}]}
        )

    assert converge(host, volume(size="1G"), False).changed
    assert not converge(host, volume(size="1G"), False).changed
    assert converge(host, volume(size="2G"), True).changed
    gone = converge(host, volume(state="absent"), False)
    assert gone.changed and not gone.errors


def test_reads(host):
    assert [vm["name"] for vm in host.list_vms()] == ["test"]
    assert host.list_vms()[0]["owner"] is None
    assert host.vm("nobody") is None and host.pool("nobody") is None
    assert host.pool("default-pool")["active"]
    assert host.networks()[0]["name"] == "default"
    assert host.capacity("default-pool")["disk_free_gib"] > 0


def test_bad_metadata_of_one_hides_nobody(host):
    document = _domain.Domain("odd", virt_type="test", arch=None)
    document.meta = _domain.Meta(owner="x")
    text = _domain.build_domain(document)
    bad = "<fuyajo:forward guest='x' host='-1'/><fuyajo:forward/><fuyajo:owner>y</fuyajo:owner>"
    host.define(text.replace("</fuyajo:vm>", bad + "</fuyajo:vm>"))
    odd = host.vm("odd")
    assert (odd["owner"], odd["forwards"]) == ("x", [])
    assert len(host.list_vms()) == 2


def test_unreachable_is_one_sentence():
    with pytest.raises(FuyajoError, match="cannot connect") as caught:
        Host.open("test:///no/such/file")
    assert caught.value.kind == "unavailable"


@pytest.mark.parametrize(
    ("uri", "local"),
    [
        ("qemu:///system", True),
        ("qemu+unix:///system?socket=/x", True),
        ("test:///default", True),
        ("qemu+ssh://h/system", False),
        ("qemu+tls://h/system", False),
        ("qemu+ssh:///system", False),
    ],
)
def test_local(uri, local):
    assert is_local(uri) is local


def test_silent_daemon_is_noticed(tmp_path):
    path = str(tmp_path / "sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        begin = time.monotonic()
        assert not _answers(path, 0.2)
        assert time.monotonic() - begin < 2
    assert _answers(path, 0.2)  # nobody there: libvirt's own error is the better one


def test_one_session_daemon_for_all_shells(tmp_path, monkeypatch):
    users = tmp_path / "users"
    monkeypatch.setenv("HOME", "/home/mika")
    assert runtime_directory({"XDG_RUNTIME_DIR": "/x"}, str(users)) == "/x"
    assert runtime_directory({"XDG_RUNTIME_DIR": ""}, str(users)) == "/home/mika/.cache"
    assert runtime_directory({"XDG_CACHE_HOME": "/c"}, str(users)) == "/c"
    own = users / str(os.geteuid())
    own.mkdir(parents=True)
    assert runtime_directory({"XDG_CACHE_HOME": "/c"}, str(users)) == str(own)
    (users / str(2**31)).mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 2**31)  # there, but somebody else's
    assert runtime_directory({"XDG_CACHE_HOME": "/c"}, str(users)) == "/c"


def test_event_loop_ends_with_the_last_connection():
    code = (
        "import threading, time\n"
        "from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host\n"
        "with Host.open('test:///default'), Host.open('test:///default'): pass\n"
        "end = time.monotonic() + 5\n"
        "while threading.active_count() > 1 and time.monotonic() < end: time.sleep(0.01)\n"
        "print(threading.active_count())\n"
        "with Host.open('test:///default') as host: print(len(host.list_vms()))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["1", "1"]


def test_pools_and_host_facts_of_any_driver(host):
    (pool,) = host.list_pools()
    assert (pool["name"], pool["type"], pool["state"]) == ("default-pool", "dir", "started")
    facts = host_facts(host)
    assert facts["accelerator"]["name"] == "test" and facts["domains"]["running"] == 1
    element = {"name": "p", "path": "/p", "autostart": True}
    wanted = wanted_of_all({"pools": [element]})
    assert converge(host, wanted, True).changed
    assert converge(host, wanted, False).facts["pool"]["p"]["state"] == "started"
    assert not converge(host, wanted, False).changed
    stopped = wanted_of_all({"pools": [dict(element, state="stopped")]})
    assert converge(host, stopped, False).changed
    gone = wanted_of_all({"pools": [{"name": "p", "state": "absent"}]})
    assert converge(host, gone, False).changed
    assert not converge(host, gone, False).changed
