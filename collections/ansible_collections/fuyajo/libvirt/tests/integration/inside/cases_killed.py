# SPDX-License-Identifier: GPL-3.0-or-later
"""A maker that is killed at any moment leaves something that is listed, completed, or removed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import locks as _locks
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

VM = {
    "name": "web",
    "state": "started",
    "memory": 64,
    "disk": "1G",
    "image": "tiny",
    "nics": [],
    "cloud_init": {"user": "fuyajo", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]},
    "metadata": {"template": "web-server"},
}
GONE = {"name": "web", "state": "absent", "remove_storage": True}
BYSTANDER = dict(VM, name="bystander", state="present")
MARKED = ["define", "disk", "seed volume", "seed half written", "seed"]


def die(site, moment, *vms):
    """Let another process make machines and be killed at that moment."""
    command = [sys.executable, Path(__file__).parent / "dying.py", moment]
    options = json.dumps(site.options(*(vms or [VM])))
    done = subprocess.run(
        command, input=options, text=True, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == -9, done.stderr


def strangers(site) -> set[str]:
    """Return files of the pool that belong to no machine that is listed, and are no base."""
    names = tuple(f"{vm['name']}." for vm in site.host.list_vms())
    return {f for f in site.files() if not f.startswith((*names, site.base))}


def whole(site, short="web") -> set[str]:
    return {f"{site.name(short)}.qcow2", f"{site.name(short)}.seed.iso"}


@pytest.mark.parametrize("moment", [*MARKED, "mark cleared", "start"])
def test_the_next_run_completes_what_was_killed(site, moment):
    assert not site.run(BYSTANDER).errors
    before = site.state()
    die(site, moment)
    facts = site.host.vm(site.name("web"))
    assert facts["unfinished"] is (moment in MARKED)
    assert facts["owner"] == "tc" and strangers(site) == set()
    listed = {vm["name"]: vm for vm in site.host.list_vms()}
    assert listed[site.name("web")]["unfinished"] is facts["unfinished"]
    left = site.state()
    planned = site.run(VM, check=True)
    assert planned.changed is (moment != "start") and not planned.errors
    assert site.state() == left, "check mode touched what was unfinished"

    done = site.run(VM)
    assert not done.errors and done.changed is planned.changed
    assert [r["changes"] for r in done.results] == [r["changes"] for r in planned.results]
    facts = done.vms[site.name("web")]
    assert (facts["state"], facts["unfinished"]) == ("running", False)
    assert site.files() == {site.base} | whole(site) | whole(site, "bystander")
    assert not site.run(VM).changed
    assert not site.run(GONE, images=[]).errors
    assert site.state() == before, "somebody else's things were touched"


@pytest.mark.parametrize("moment", [*MARKED, "mark cleared", "start"])
def test_absent_removes_what_was_killed(site, moment):
    assert not site.run(BYSTANDER).errors
    before = site.state()
    die(site, moment)
    assert site.run(GONE, images=[], check=True).changed
    gone = site.run(GONE, images=[])
    assert gone.changed and not gone.errors, gone.errors
    assert site.state() == before
    assert not site.run(GONE, images=[]).changed


@pytest.mark.parametrize("moment", ["base half copied", "before define"])
def test_what_is_killed_earlier_is_made_as_if_for_the_first_time(site, moment):
    die(site, moment)
    assert site.host.vm(site.name("web")) is None
    assert not site.run(VM).errors
    assert whole(site) <= site.files()


def test_a_living_maker_is_waited_for_and_then_a_conflict(site, monkeypatch):
    monkeypatch.setattr(_unfinished, "_WAIT_SECONDS", 0.5)
    die(site, "disk")
    before = site.state()
    with _locks.making(str(site.path), site.name("web")) as seen:
        assert seen
        for wish in (VM, GONE):
            done = site.run(wish)
            assert done.results[-1]["error_kind"] == "conflict", done.results[-1]
            assert "by another call just now" in done.errors[0] and not done.changed
        # Another machine is nobody's business.
        assert not site.run(dict(VM, name="other", state="present")).errors
        assert not site.run(dict(GONE, name="other")).errors
    assert site.state() == before
    assert not site.run(VM).errors


def test_two_complete_it_and_one_of_them_wins(site):
    die(site, "seed volume")
    outcomes = []
    barrier = threading.Barrier(2)

    def call():
        with Host.open("qemu:///system") as other:
            wanted = wanted_of_all(site.options(VM))
            barrier.wait()
            outcomes.append(converge(other, wanted, check=False))

    threads = [threading.Thread(target=call) for _unused in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert any(not outcome.errors for outcome in outcomes)
    for outcome in outcomes:
        kinds = {r["error_kind"] for r in outcome.results if r["error"]}
        assert kinds <= {"conflict"}, outcome.errors
    facts = site.host.vm(site.name("web"))
    assert (facts["state"], facts["unfinished"]) == ("running", False)
    assert site.files() == {site.base} | whole(site)


def test_several_are_completed_among_others(site):
    # One by one: of a maker with many threads, libvirt may carry out some wishes after its death.
    for i in range(3):
        die(site, "define", dict(VM, name=f"n{i}", state="present"))
    many = [dict(VM, name=f"n{i}", state="present") for i in range(12)]
    assert [vm["unfinished"] for vm in site.host.list_vms()] == [True] * 3
    done = site.run(VM, *many)
    assert not done.errors, done.errors
    assert all(not vm["unfinished"] for vm in site.host.list_vms())


def test_less_than_was_said_first_does_not_complete(site):
    die(site, "disk")
    before = site.state()
    refused = site.run({"name": "web", "state": "stopped"})
    assert "say all of it again" in refused.errors[0]
    assert refused.results[-1]["error_kind"] == "conflict"
    assert site.state() == before


def test_a_remote_caller_waits_until_the_mark_is_old(site, monkeypatch):
    die(site, "disk")
    monkeypatch.setattr(Host, "is_local", False)
    refused = site.run({"name": "web", "state": "absent"}, images=[])
    assert "may still be at work" in refused.errors[0]
    monkeypatch.setattr(_unfinished, "_BELIEVED_SECONDS", -1)
    assert not site.run({"name": "web", "state": "absent"}, images=[]).errors
    assert site.files() == {site.base}


def test_another_owner_and_another_pool_are_refused(site):
    die(site, "disk")
    assert "belongs to" in site.run(VM, owner="ken").errors[0]
    elsewhere = {"name": site.pool + "-2", "path": str(site.path) + "-2"}
    try:
        refused = site.run(dict(VM, image=None), pool=elsewhere, images=[])
        assert "not the directory of the pool" in refused.errors[0]
    finally:
        site.run(pool=dict(elsewhere, state="absent"), images=[])
