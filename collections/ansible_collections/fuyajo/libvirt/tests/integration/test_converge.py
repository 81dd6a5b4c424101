# SPDX-License-Identifier: GPL-3.0-or-later
"""converge against the real libvirt, under emulation, with an empty disk as guest."""

from __future__ import annotations

import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

VM = {
    "name": "web",
    "state": "started",
    "memory": "64M",
    "disk": "1G",
    "image": "tiny",
    "nics": [{"network": "user"}],
    "forwards": [{"guest": 22}, {"guest": 80}],
    "cloud_init": {"user": "fuyajo", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]},
    "metadata": {"template": "web-server"},
}
GONE = {"name": "web", "state": "absent", "remove_storage": True}


def test_whole_life(site):
    before = site.state()
    planned = site.run(VM, check=True)
    assert planned.changed and not planned.errors
    assert site.state() == before, "check mode before apply changed something"

    made = site.run(VM, environment="shop")
    assert made.changed and not made.errors, made.errors
    facts = made.vms[site.name("web")]
    assert (facts["state"], facts["accelerator"], facts["disk_gib"]) == ("running", "tcg", 1)
    assert (facts["owner"], facts["environment"], facts["template"]) == ("tc", "shop", "web-server")
    for forward in facts["forwards"]:
        socket.create_connection((forward["address"], forward["host"]), 2).close()

    quiet = site.state()
    again = site.run(VM, environment="shop")
    assert not again.changed and not any(r["actions"] for r in again.results)
    assert not site.run(VM, check=True).changed
    assert site.state() == quiet, "a run without differences wrote something"

    gone = site.run(GONE, images=[])
    assert gone.changed and not gone.errors and gone.vms == {}
    assert site.name("web") not in site.host.domains()
    assert site.files() == {site.base}
    assert not site.run(GONE, images=[]).changed


def test_changes(site):
    site.run(VM)
    uuid = site.host.vm(site.name("web"))["uuid"]
    only = {"name": "web"}

    noted = site.run({**only, "metadata": {"configured": "x"}})
    assert noted.results[-1]["actions"] == ["set metadata"]
    assert noted.vms[site.name("web")]["template"] == "web-server"
    assert noted.vms[site.name("web")]["owner"] == "tc"

    grown = site.run({**only, "disk": "2G"})
    assert grown.vms[site.name("web")]["disk_gib"] == 2 and not grown.restart_required
    assert "only grow" in site.run({**only, "disk": "1G"}).errors[0]

    waits = site.run({**only, "memory": 96, "cpus": 2})
    assert waits.changed and waits.restart_required
    assert not site.run({**only, "memory": 96}).changed
    done = site.run({**only, "memory": 96}, allow_restart=True)
    assert done.changed and not done.restart_required
    assert site.host.domain_info(site.host.lookup(site.name("web"))) == ("running", 96, 2)

    stopped = site.run({**only, "state": "stopped"})
    assert stopped.vms[site.name("web")]["state"] == "stopped"
    idle = site.run({**only, "disk": "3G", "forwards": [{"guest": 22}, {"guest": 443}]})
    assert not idle.restart_required and idle.vms[site.name("web")]["disk_gib"] == 3
    started = site.run({**only, "state": "restarted"})
    facts = started.vms[site.name("web")]
    assert (facts["state"], facts["uuid"]) == ("running", uuid)
    assert [f["guest"] for f in facts["forwards"]] == [22, 443]
    socket.create_connection(("127.0.0.1", facts["forwards"][1]["host"]), 2).close()


def test_guest_that_does_not_listen_is_switched_off_after_its_time(site):
    site.run({"name": "deaf", "state": "started", "memory": 64, "nics": []})
    begin = time.monotonic()
    done = site.run({"name": "deaf", "state": "stopped"}, shutdown_timeout=1)
    assert done.results[-1]["actions"] == ["destroy"]
    assert 1 <= time.monotonic() - begin < 60


def test_five_at_once_and_a_failing_one(site):
    vms = [dict(VM, name=f"n{i}") for i in range(5)]
    hungry = dict(VM, name="hungry", memory="15T")
    done = site.run(*vms, hungry)
    results = {r["name"]: r for r in done.results if r["kind"] == "vm"}
    assert results[site.name("hungry")]["error"]
    assert results[site.name("hungry")]["actions"][-1].startswith("undo")
    assert [results[site.name(f"n{i}")]["error"] for i in range(5)] == [None] * 5
    assert len({f["host"] for vm in done.vms.values() for f in vm["forwards"]}) == 10
    assert site.name("hungry") not in site.host.domains()
    assert not {v for v in site.files() if "hungry" in v}
    gone = site.run(*({**GONE, "name": f"n{i}"} for i in range(5)), images=[])
    assert not gone.errors and site.files() == {site.base}


def test_bases_and_shared_disks_are_never_deleted(site):
    site.run(dict(VM, state="present"))
    kept = site.run(images=[{**site.options()["images"][0], "state": "absent"}])
    assert "in use" in kept.errors[0]
    disk = str(site.path / f"{site.name('web')}.qcow2")
    document = _domain.Domain(site.name("foreign"), disks=[_domain.Disk(disk, "vda")])
    site.host.define(_domain.build_domain(document))
    gone = site.run(GONE, images=[])
    assert gone.changed and not gone.errors
    assert f"{site.name('web')}.qcow2" in site.files()
    refused = site.run({"name": "foreign", "state": "absent"}, images=[])
    assert "nobody here owns" in refused.errors[0]
    site.host.undefine(site.host.lookup(site.name("foreign")))
    assert site.run(GONE, images=[]).changed
    assert site.files() == {site.base}
    assert site.run(images=[{**site.options()["images"][0], "state": "absent"}]).changed
    assert site.files() == set()


def test_an_overlay_on_top_of_a_disk_keeps_it(site):
    site.run(dict(VM, state="present"))
    disk = site.path / f"{site.name('web')}.qcow2"
    top = site.path / "top.qcow2"
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", disk, top]
    subprocess.run(command, check=True)
    site.host.refresh_pool(site.host.pool_handle(site.pool))
    site.run(GONE, images=[])
    assert disk.name in site.files()


def test_two_callers_make_one_machine(site, image):
    def call(_index):
        with Host.open("qemu:///system") as other:
            mine = type(site)(other, image)
            mine.tag, mine.pool, mine.path = site.tag, site.pool, site.path
            return mine.run(dict(VM, state="present"))

    site.run()  # the pool and the base, so that the race is about the machine
    with ThreadPoolExecutor(4) as threads:
        outcomes = list(threads.map(call, range(4)))
    assert any(not outcome.errors for outcome in outcomes)
    assert site.host.vm(site.name("web"))["state"] == "stopped"
    assert site.files() == {site.base} | {f"{site.name('web')}{e}" for e in (".qcow2", ".seed.iso")}


def test_image_that_differs_stops_only_those_who_need_it(site):
    wrong = {**site.options()["images"][0], "sha256": "0" * 64}
    other = {"name": "other", "memory": 64, "nics": []}
    done = site.run(VM, other, images=[wrong])
    errors = {r["name"]: r["error"] for r in done.results}
    assert "sha256" in errors["tiny"]
    assert "not tried" in errors[site.name("web")]
    assert errors[site.name("other")] is None
    assert site.files() == set()


def test_a_port_that_somebody_took_is_replaced(site, monkeypatch):
    really, tried = site.host.start, []

    def start(handle, paused=False):
        tried.append(site.host.vm(handle.name())["forwards"][0]["host"])
        if len(tried) == 1:
            raise FuyajoError("Could not set up host forwarding rule 'tcp:127.0.0.1:1-:22'")
        really(handle)

    monkeypatch.setattr(site.host, "start", start)
    wanted = dict(VM, forwards=[{"guest": 22}])
    done = site.run(wanted)
    assert not done.errors, done.errors
    assert len(set(tried)) == 2
    assert done.vms[site.name("web")]["forwards"][0]["host"] == tried[1]
    assert not site.run(wanted).changed


def test_forwards_are_kept_added_and_removed(site):
    wanted = dict(VM, state="present", forwards=[{"guest": 22}])
    first = site.run(wanted).vms[site.name("web")]["forwards"]
    done = site.run(dict(wanted, forwards=[{"guest": 22}, {"guest": 80}]))
    more = done.vms[site.name("web")]["forwards"]
    assert more[0] == first[0] and more[1]["guest"] == 80
    assert site.run(dict(wanted, forwards=[])).vms[site.name("web")]["forwards"] == []
    taken = site.run(dict(wanted, forwards=[{"guest": 22, "host": 29998}]))
    assert taken.vms[site.name("web")]["forwards"][0]["host"] == 29998
    other = dict(wanted, name="other", forwards=[{"guest": 22, "host": 29998}])
    assert "in use" in site.run(other).errors[0]


@pytest.mark.parametrize("machine", ["pc", "q35"])
def test_user_network_fits_the_board(site, machine):
    document = _domain.Domain(site.name(machine), machine=machine, memory_mib=64)
    document.qemu_args = _domain.user_net_args([], "52:54:00:00:00:01")
    document.meta = _domain.Meta(owner="tc")
    handle = site.host.define(_domain.build_domain(document))
    site.host.start(handle)
    assert site.host.is_active(handle)


def test_reading_is_one_glance(site):
    site.run(dict(VM, state="present"))
    with Host.open("qemu:///system", readonly=True) as reader:
        (mine,) = [vm for vm in reader.list_vms() if vm["name"] == site.name("web")]
        assert mine == reader.vm(site.name("web"))
        assert reader.pool(site.pool)["path"] == str(site.path)
        assert {v["name"] for v in reader.pool_volumes(site.pool)} == site.volumes()
        assert reader.capacity(site.pool)["disk_free_gib"] > 0
