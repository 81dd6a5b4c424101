# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots on the real libvirt: what the disks hold, byte for byte."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import qemu_layers
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

_SPEC = importlib.util.spec_from_file_location("layers", Path(__file__).with_name("layers.py"))
layers = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(layers)
VM, snap, ok, told, quiet = layers.VM, layers.snap, layers.ok, layers.told, layers.quiet
write, holds, disk, names, sound = (
    layers.write,
    layers.holds,
    layers.disk,
    layers.names,
    layers.sound,
)

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


@pytest.fixture
def web(site):
    ok(site.run(VM))
    return site


def start(site, state="started"):
    return ok(site.run({"name": "web", "state": state}, images=[]))


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_life_of_a_snapshot(web, kind):
    write(web, 0, 0x11)
    made = told(web, snap, "one", kind=kind, description="first")
    facts = made.facts["snapshot"]["one"]
    assert (facts["kind"], facts["state"], facts["current"]) == (kind, "stopped", True)
    assert (facts["disks"], facts["description"], facts["memory"]) == (["vda"], "first", False)
    quiet(web, snap, "one", kind=kind, description="first", disks=["vda"])
    told(web, snap, "one", description="better")
    write(web, 0, 0x22)
    write(web, 1, 0x33)

    # Back: every time, and said as what it is.
    for _again in range(2):
        back = told(web, snap, "one", state="reverted")
        assert [c["effect"] for c in back.results[-1]["changes"]] == ["destroy"]
        assert holds(disk(web), m0=0x11, m1=0)
        write(web, 0, 0x44)
    assert snap(web, "one", state="reverted", check=True).changed

    told(web, snap, "one", state="absent")
    quiet(web, snap, "one", state="absent")
    assert holds(disk(web), m0=0x44, m1=0)
    assert names(web) == []
    assert {n for n in web.files() if n.startswith("tc-")} == {f"{web.name('web')}.qcow2"}
    start(web)


def chain(site, *snapshots):
    """Take external snapshots; before the n-th one, n is written to the n-th MiB."""
    for index, name in enumerate(snapshots):
        write(site, index, index + 1)
        ok(snap(site, name, kind="external"))
    write(site, 9, 9)


@pytest.mark.parametrize("running", [False, True])
def test_one_in_the_middle_goes_and_all_others_stay(web, running):
    chain(web, "one", "two", "three")
    if running:
        start(web)
    told(web, snap, "two", state="absent")
    quiet(web, snap, "two", state="absent")
    assert names(web) == ["one", "three"]
    sound(web)
    if running:
        start(web, "stopped")
    assert holds(disk(web), m0=1, m1=2, m2=3, m9=9)
    ok(snap(web, "three", state="reverted"))
    assert holds(disk(web), m0=1, m1=2, m2=3, m9=0)
    ok(snap(web, "one", state="reverted", power="running"))
    start(web, "stopped")
    assert holds(disk(web), m0=1, m1=0, m2=0)
    ok(snap(web, "three", state="reverted"))
    assert holds(disk(web), m0=1, m1=2, m2=3, m9=0)


def test_the_newest_goes_while_the_machine_runs(web):
    chain(web, "one", "two")
    start(web)
    ok(snap(web, "two", state="absent"))
    assert holds(disk(web), m0=1, m1=2, m9=9)
    ok(snap(web, "one", state="absent"))
    assert disk(web).endswith(f"/{web.name('web')}.qcow2")
    start(web, "stopped")
    assert holds(disk(web), m0=1, m1=2, m9=9)
    start(web)


@pytest.mark.parametrize("running", [False, True])
def test_a_fork_is_parted_without_loss(site, running):
    web = site
    # Once on an image, and once with nothing below at all.
    ok(web.run({**VM, "image": None, "disk": "1G"} if running else VM))
    chain(web, "root", "left")
    ok(snap(web, "root", state="reverted"))
    write(web, 1, 0x77)
    ok(snap(web, "right", kind="external"))
    write(web, 2, 0x78)
    handle = web.host.lookup(web.name("web"))
    tree = web.host.snapshot_trees(web.name("web"))[0]
    assert tree["current"] == "right"
    assert [n["name"] for n in tree["tree"][0]["children"]] == ["left", "right"]
    if running:
        start(web)
    told(web, snap, "root", state="absent")
    assert {s.name: s.parent for s in web.host.snapshots(handle)} == {"left": None, "right": None}
    sound(web)
    if running:
        start(web, "stopped")
    assert holds(disk(web), m0=1, m1=0x77, m2=0x78)
    ok(snap(web, "left", state="reverted"))
    assert holds(disk(web), m0=1, m1=2, m2=0, m9=0)
    ok(snap(web, "right", state="reverted"))
    assert holds(disk(web), m0=1, m1=0x77, m2=0)


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_children_go_only_when_that_is_said(web, kind):
    for name in ("one", "two", "three"):
        write(web, 0, len(name))
        ok(snap(web, name, kind=kind))
    write(web, 0, 0x55)
    done = told(web, snap, "two", state="absent", children=True)
    assert done.results[-1]["changes"][1]["before"] == ["three"]
    assert names(web) == ["one"]
    assert holds(disk(web), m0=0x55)
    ok(snap(web, "one", state="reverted"))
    assert holds(disk(web), m0=3)


def test_a_merge_that_was_cut_off_is_taken_up(web, monkeypatch):
    chain(web, "one", "two")

    def cut(*_, **__):
        raise FuyajoError("cut off")

    for step in ("redefine_snapshot", "define", "delete_volume", "delete_snapshot"):
        for name in ("one", "two"):
            with monkeypatch.context() as patch:
                patch.setattr(web.host, step, cut)
                snap(web, name, state="absent")
            sound(web)
            assert holds(disk(web), m0=1, m1=2, m9=9), (step, name)
    for name in ("one", "two"):
        ok(snap(web, name, state="absent"))
    assert holds(disk(web), m0=1, m1=2, m9=9)
    start(web)


def test_a_failed_external_snapshot_leaves_nothing(web, monkeypatch):
    before = web.state()

    def fail(*_):
        raise FuyajoError("no room")

    monkeypatch.setattr(web.host, "take_snapshot", fail)
    done = snap(web, "one", kind="external")
    assert done.errors and not done.changed
    assert web.state() == before


def test_a_failed_return_leaves_the_machine_as_it_was(web, monkeypatch):
    chain(web, "one")
    before = web.state()

    def fail(*_):
        raise FuyajoError("no")

    with monkeypatch.context() as patch:
        patch.setattr(web.host, "define", fail)
        assert snap(web, "one", state="reverted").errors
    assert web.state() == before
    assert holds(disk(web), m0=1, m9=9)


def test_memory_and_power(web):
    start(web)
    made = told(web, snap, "now", memory=True)
    assert made.facts["snapshot"]["now"]["memory"] and names(web) == ["now"]
    assert made.facts["snapshot"]["now"]["kind"] == "internal"
    quiet(web, snap, "now", memory=True)
    back = told(web, snap, "now", state="reverted", power="paused", force=True)
    assert {c["path"]: c["after"] for c in back.results[-1]["changes"]}["state"] == "paused"
    handle = web.host.lookup(web.name("web"))
    assert web.host.domain_info(handle)[0] == "paused"
    told(web, snap, "now", state="reverted", power="stopped")
    assert web.host.domain_info(handle)[0] == "stopped"
    told(web, snap, "now", state="reverted")
    assert web.host.domain_info(handle)[0] == "running"
    ok(snap(web, "now", state="absent"))
    external = ok(snap(web, "disks", memory=False))
    facts = external.facts["snapshot"]["disks"]
    assert (facts["kind"], facts["memory"], facts["state"]) == ("external", False, "running")
    told(web, snap, "disks", state="reverted", power="paused")
    assert web.host.domain_info(handle)[0] == "paused"
    told(web, snap, "disks", state="reverted")
    assert web.host.domain_info(handle)[0] == "running"
    ok(snap(web, "disks", state="absent"))
    start(web, "restarted")


def test_refusals(web):
    assert "no writable disk 'vdz'; it has vda" in snap(web, "x", disks=["vdz"]).errors[0]
    assert "is off" in snap(web, "x", quiesce=True).errors[0]
    assert "no snapshot 'x'" in snap(web, "x", state="reverted").errors[0]
    assert "does not exist" in snap(web, "x", vm="nobody").errors[0]
    assert not ok(snap(web, "x", vm="nobody", state="absent")).changed
    assert "belongs to 'tc'" in snap(web, "x", owner="ken").errors[0]
    ok(snap(web, "inner", kind="internal"))
    assert "cannot be mixed" in snap(web, "x", kind="external").errors[0]
    assert "with kind internal" in snap(web, "inner", kind="external").errors[0]
    ok(snap(web, "inner", state="absent"))
    ok(snap(web, "outer", kind="external"))
    assert "cannot be mixed" in snap(web, "x", kind="internal").errors[0]
    start(web)
    assert "guest agent" in snap(web, "x", quiesce=True).errors[0]
    assert "does not hold the memory" in snap(web, "x", memory=True).errors[0]
    # The pool is not ours to guess: without it there is no place for overlays.
    web.host.pool_handle(web.pool).destroy()
    assert "does not run" in snap(web, "outer", state="absent").errors[0]
    assert "does not run" in snap(web, "outer", state="reverted").errors[0]
    web.host.pool_handle(web.pool).create(0)


def test_some_disks_of_several(web):
    path = web.path / f"{web.name('web')}.data.raw"
    subprocess.run(["qemu-img", "create", "-q", "-f", "raw", path, "8M"], check=True)
    handle = web.host.lookup(web.name("web"))
    device = (
        f"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{path}'/>"
        "<target dev='vdb' bus='virtio'/><serial>data</serial></disk>"
    )
    handle.attachDeviceFlags(device, 2)
    web.host.refresh_pool(web.host.pool_handle(web.pool))
    write(web, 0, 1)
    write(web, 0, 2, target="vdb")
    assert "vdb is not qcow2" in snap(web, "x", kind="internal").errors[0]
    assert "has all disks" in snap(web, "x", disks=["vda"], kind="internal").errors[0]
    both = ok(snap(web, "both"))
    assert both.facts["snapshot"]["both"]["disks"] == ["vda", "vdb"]
    ok(snap(web, "data", disks=["data"]))
    write(web, 0, 3)
    write(web, 0, 4, target="vdb")
    ok(snap(web, "data", state="reverted"))
    assert holds(disk(web), m0=3) and holds(disk(web, target="vdb"), m0=2)
    write(web, 0, 5, target="vdb")
    ok(snap(web, "data", state="absent"))
    ok(snap(web, "both", state="absent"))
    assert disk(web, target="vdb") == str(path)
    assert holds(disk(web), m0=3) and "pattern" not in layers.qemu_io(
        "read -P 5 0 1M", str(path), "-r", "-f", "raw"
    )
    start(web)


def test_the_owner_is_no_part_of_the_past(web):
    """What was configured inside is: a mark of what the disks no longer hold would never be made true."""
    ok(web.run({"name": "web", "metadata": {"configured": "then"}}, images=[]))
    ok(snap(web, "one"))
    meta = {"configured": "later", "template": "later"}
    ok(web.run({"name": "web", "metadata": meta}, images=[], environment="shop"))
    ok(snap(web, "one", state="reverted"))
    facts = web.host.vm(web.name("web"))
    assert (facts["owner"], facts["template"], facts["environment"]) == ("tc", "later", "shop")
    assert facts["configured"] == "then"


def test_another_machine_of_that_name_is_left_alone(web):
    uuid = web.host.vm(web.name("web"))["uuid"]
    ok(snap(web, "one", uuid=uuid.upper()))
    other = "00000000-0000-4000-8000-000000000000"
    for more in ({"name": "two"}, {"name": "one", "state": "reverted"}):
        (error,) = snap(web, uuid=other, **more).errors
        assert uuid in error and other in error
    assert names(web) == ["one"]
    with pytest.raises(FuyajoError, match="is not a UUID"):
        snap(web, "two", uuid="{{ 7 }}")


def test_files_of_snapshots_are_in_use(web):
    """A base of a snapshot that no machine names now is not deleted as unused."""
    chain(web, "one", "two")
    ok(snap(web, "one", state="reverted"))
    absent = {"name": "tiny", "sha256": web.sha256, "state": "absent"}
    assert "in use" in web.run(images=[absent]).errors[0]
    for name in ("one", "two"):
        ok(snap(web, name, state="absent"))
    sound(web)
    assert holds(disk(web), m0=1, m1=0)


def test_qemu_img_says_why(tmp_path, monkeypatch):
    with pytest.raises(FuyajoError, match="qemu-img commit"):
        qemu_layers.commit(str(tmp_path / "nothing"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FuyajoError, match="qemu-img is missing; install the package qemu-utils"):
        qemu_layers.commit("x")


@pytest.mark.parametrize("running", [False, True])
def test_a_disk_that_grew_is_merged_whole(web, running):
    chain(web, "one")
    ok(web.run({"name": "web", "disk": "1G"}, images=[]))
    write(web, 500, 0x50)
    if running:
        start(web)
    ok(snap(web, "one", state="absent"))
    if running:
        start(web, "stopped")
    assert holds(disk(web), m0=1, m9=9, m500=0x50)
    assert web.host.vm(web.name("web"))["disk_gib"] == 1


def test_quiesce_reaches_the_guest_or_nothing_is_left(web, monkeypatch):
    start(web)
    before = web.files()
    monkeypatch.setattr(layers._snapshot, "agent_answers", lambda xml: True)
    done = snap(web, "one", quiesce=True)
    assert "agent" in done.errors[0] and not done.changed
    assert web.files() == before and names(web) == []


def test_files_of_another_host_are_left_alone(web, monkeypatch):
    chain(web, "one", "two")
    monkeypatch.setattr(type(web.host), "is_local", False)
    assert "run this on the hypervisor" in snap(web, "two", state="absent").errors[0]
    start(web)
    ok(snap(web, "two", state="absent"))
    ok(snap(web, "one", state="absent"))
    assert holds(disk(web), m0=1, m1=2, m9=9)


@pytest.mark.parametrize("kind", ["internal", "external"])
def test_a_machine_goes_with_its_snapshots(web, kind):
    """Its layers stay as long as nobody says that storage goes, and then go all together."""
    for name in ("one", "two"):
        ok(snap(web, name, kind=kind))
    ok(snap(web, "one", state="reverted"))
    before = web.files()
    ok(web.run({"name": "web", "state": "absent"}, images=[]))
    assert web.files() == before
    gone = ok(web.run({"name": "web", "state": "absent", "remove_storage": True}, images=[]))
    assert gone.changed and web.files() == {web.base}
    ok(web.run(VM))


def test_a_machine_that_a_clone_lies_on_keeps_its_layers(web):
    ok(snap(web, "one", kind="external"))
    copy = web.path / f"{web.name('copy')}.qcow2"
    frozen = web.path / f"{web.name('web')}.qcow2"
    words = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", frozen, copy]
    subprocess.run(words, check=True)
    web.host.refresh_pool(web.host.pool_handle(web.pool))
    ok(web.run({"name": "web", "state": "absent", "remove_storage": True}, images=[]))
    assert web.files() == {web.base, frozen.name, copy.name}
