# SPDX-License-Identifier: GPL-3.0-or-later
"""Power, saved memory and seeds of machines, on a real libvirt."""

from __future__ import annotations

import os

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed_read as _seed_read
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

from .test_vm_options import agree, changes

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

BARE = {"name": "web", "memory": 64, "nics": []}
SECRET = "hunter2-and-more"


def state(site):
    return site.host.vm(site.name("web"))["state"]


def test_paused_from_everywhere_and_back(site):
    site.run({**BARE, "state": "stopped"}, images=[])
    agree(site, {"name": "web", "state": "paused"}, "state")
    assert state(site) == "paused"
    agree(site, {"name": "web", "state": "started"}, "state")
    agree(site, {"name": "web", "state": "paused"}, "state")
    # Changes reach a machine that stands still as well, and leave it so.
    waits = site.run({"name": "web", "cpus": 2}, images=[], allow_restart=True)
    assert not waits.restart_required and state(site) == "paused"
    agree(site, {"name": "web", "state": "stopped"}, "state")
    restarted = site.run({"name": "web", "state": "restarted"}, images=[])
    assert restarted.changed and state(site) == "running"


def test_the_plug_is_pulled_when_that_is_said(site):
    site.run({**BARE, "state": "started"}, images=[])
    done = site.run(
        {"name": "web", "state": "stopped", "force_off": True}, images=[], shutdown_timeout=60
    )
    assert done.results[-1]["actions"] == ["destroy"]


def test_saved_memory_comes_back_and_with_it_the_old_hardware(site):
    site.run({**BARE, "state": "started"}, images=[])
    handle = site.host.lookup(site.name("web"))
    handle.managedSave(0)
    assert state(site) == "stopped"
    agree(site, {"name": "web", "state": "stopped"}, "")
    changed = site.run({"name": "web", "cpus": 2}, images=[])
    assert [c["effect"] for c in changes(changed)] == ["restart"] and changed.restart_required
    back = site.run({"name": "web", "state": "started"}, images=[])
    assert not handle.hasManagedSaveImage(0), "it was restored"
    assert back.changed
    assert site.run({"name": "web"}, images=[]).restart_required
    assert not site.run({"name": "web"}, images=[], allow_restart=True).restart_required


def seed(site):
    return (site.path / f"{site.name('web')}.seed.iso").read_bytes()


def cloud(**more):
    return {"user": "mika", "user_data": {"runcmd": ["true"]}, **more}


def test_incumbents_bug_a_changed_seed_is_written(site):
    """community.libvirt's cidata CD says "changed" each time and never gets the new content."""
    vm = {**BARE, "disk": "1G", "cloud_init": cloud()}
    site.run(vm, images=[])
    first = seed(site)
    agree(site, {"name": "web", "cloud_init": cloud()}, "")
    assert seed(site) == first
    new = cloud(user_data={"runcmd": ["true"], "password": SECRET}, hostname="other")
    done = agree(site, {"name": "web", "cloud_init": new}, "cloud_init")
    (change,) = changes(done)
    assert change["after"] == ["local-hostname", "user_data.hostname", "user_data.password"]
    assert SECRET not in str(done) and SECRET.encode() in seed(site)
    # The same instance: otherwise cloud-init would give the guest new host keys.
    assert _seed_read.instance_of(seed(site)) == _seed_read.instance_of(first)
    assert os.stat(site.path / f"{site.name('web')}.seed.iso").st_mode & 0o077 == 0
    agree(site, {"name": "web", "cloud_init": {**new, "rerun": True}}, "")
    again = agree(site, {"name": "web", "cloud_init": {**cloud(), "rerun": True}}, "cloud_init")
    assert again.changed and _seed_read.instance_of(seed(site)) != _seed_read.instance_of(first)


def test_a_seed_that_changes_below_a_running_machine_waits(site):
    site.run({**BARE, "disk": "1G", "cloud_init": cloud(), "state": "started"}, images=[])
    other = {"name": "web", "cloud_init": cloud(user="ken")}
    done = agree(site, other, "cloud_init")
    assert [c["effect"] for c in changes(done)] == ["restart"] and done.restart_required
    assert site.run({"name": "web"}, images=[]).restart_required, "it still waits"
    noted = site.run({"name": "web", "metadata": {"template": "x"}}, images=[])
    assert noted.restart_required, "a word in the metadata does not make it forget"
    assert not site.run(other, images=[], allow_restart=True).restart_required
    assert not site.run(other, images=[]).restart_required


def test_a_machine_gets_its_first_seed(site):
    site.run({**BARE, "disk": "1G"}, images=[])
    agree(site, {"name": "web", "cloud_init": cloud()}, "cloud_init")
    root = _xml.load(site.host.domain_xml(site.host.lookup(site.name("web"))))
    sources = [each.get("file") for each in root.findall("devices/disk/source")]
    assert str(site.path / f"{site.name('web')}.seed.iso") in sources
    assert not site.run({"name": "web", "state": "started"}, images=[]).errors


def test_a_seed_is_written_as_a_whole_or_not_at_all(site, monkeypatch):
    site.run({**BARE, "disk": "1G", "cloud_init": cloud()}, images=[])
    first = seed(site)

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        failed = site.run({"name": "web", "cloud_init": cloud(user="ken")}, images=[])
    assert "No space left" in failed.errors[0]
    assert seed(site) == first
    assert site.files() == {f"{site.name('web')}.seed.iso", f"{site.name('web')}.qcow2"}


def test_a_lost_connection_is_not_taken_for_a_guest_that_refuses(site, monkeypatch):
    site.run({**BARE, "max_cpus": 2, "state": "started"}, images=[])

    def gone(*_arguments):
        raise FuyajoError("cannot reach the daemon", "unavailable")

    with monkeypatch.context() as patch:
        patch.setattr(site.host, "set_running_cpus", gone)
        failed = site.run({"name": "web", "cpus": 2}, images=[])
    assert failed.results[-1]["error_kind"] == "unavailable"
    # The definition has it, what runs has not: the next run says so.
    assert site.run({"name": "web", "cpus": 2}, images=[]).restart_required
