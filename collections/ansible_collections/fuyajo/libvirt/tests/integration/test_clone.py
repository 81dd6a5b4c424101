# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of machines on the real libvirt: what their disks hold, and that nothing is had twice."""

from __future__ import annotations

import importlib.util
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed_read
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import clone_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

_SPEC = importlib.util.spec_from_file_location("layers", Path(__file__).with_name("layers.py"))
layers = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(layers)
ok, told, quiet, snap = layers.ok, layers.told, layers.quiet, layers.snap
write, holds, disk = layers.write, layers.holds, layers.disk

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

FULL = {
    **layers.VM,
    "nics": [{"network": "user"}],
    "forwards": [{"guest": 22}, {"guest": 80}],
    "cloud_init": {"user": "fuyajo", "ssh_authorized_keys": ["ssh-ed25519 AAAA x"]},
    "metadata": {"template": "web-server", "spec_digest": "abc"},
}


def clone(site, name="copy", check=False, owner="tc", adopt=False, source="web", **more):
    options = {
        "owner": owner,
        "adopt": adopt,
        "pool": {"name": site.pool, "path": str(site.path)},
        "clones": [{"name": site.name(name), "source": site.name(source), **more}],
    }
    return converge(site.host, Wanted.parse(options, [clone_kind.KIND]), check)


@pytest.fixture
def web(site):
    ok(site.run(layers.VM))
    write(site, 0, 0x11)
    return site


def xml(site, vm):
    return ET.fromstring(site.host.domain_xml(site.host.lookup(site.name(vm))))


def macs(site, vm):
    """Return the addresses of the cards that QEMU itself has."""
    words = [arg.get("value") or "" for arg in xml(site, vm).iter() if arg.tag.endswith("}arg")]
    return {word.split("mac=")[1].split(",")[0] for word in words if "mac=" in word}


def assert_seeds(site, copy_uuid, web_uuid):
    """The seed is that of a new instance with its own name, and the same person."""
    seeds = [
        seed_read.seed_files((site.path / f"{site.name(vm)}.seed.iso").read_bytes())
        for vm in ("web", "copy")
    ]
    metas = [json.loads(seed["meta-data"]) for seed in seeds]
    assert metas[1] == {"instance-id": copy_uuid, "local-hostname": site.name("copy")}
    assert metas[0]["instance-id"] == web_uuid
    users = [json.loads(seed["user-data"].partition(b"\n")[2]) for seed in seeds]
    assert users[1].pop("hostname") == site.name("copy") and users[0].pop("hostname")
    assert users[0] == users[1]


def test_a_full_clone_has_the_bytes_and_nothing_else_of_its_source(site):
    ok(site.run(FULL))
    write(site, 0, 0x11)
    done = told(site, clone, state="started")
    quiet(site, clone, state="started")
    quiet(site, clone)
    facts, web = done.facts["vm"][site.name("copy")], site.host.vm(site.name("web"))
    assert (facts["state"], facts["owner"], facts["template"]) == ("running", "tc", "web-server")
    assert facts["spec_digest"] is None and facts["uuid"] != web["uuid"]
    ports = {f["host"] for vm in (facts, web) for f in vm["forwards"]}
    assert len(ports) == 4
    text = site.host.domain_xml(site.host.lookup(site.name("copy")))
    for each in (
        site.name("web") + ".",
        web["uuid"] + "<",
        *(str(f["host"]) for f in web["forwards"]),
    ):
        assert f">{each}" not in text and f"'{each}" not in text
    assert len(macs(site, "web") | macs(site, "copy")) == 2
    assert_seeds(site, facts["uuid"], web["uuid"])
    site.host.destroy(site.host.lookup(site.name("copy")))
    assert holds(disk(site, "copy"), m0=0x11, m1=0)
    chain = layers.subprocess.run(
        ["qemu-img", "info", "--output=json", disk(site, "copy")], capture_output=True, check=True
    )
    assert "backing-filename" not in json.loads(chain.stdout)
    write(site, 0, 0x22, "copy")
    assert holds(disk(site), m0=0x11)
    # The source may go, with everything of it.
    ok(site.run({"name": "web", "state": "absent"}, images=[]))
    quiet(site, clone)
    ok(site.run({"name": "copy", "state": "started"}, images=[]))


def test_a_linked_clone_shares_the_image_and_not_the_disk(web):
    told(web, clone, linked=True)
    quiet(web, clone, linked=True)
    assert holds(disk(web, "copy"), m0=0x11, m1=0)
    found = {v["name"]: v["backing"] for v in web.host.pool_volumes(web.pool)}
    assert found[f"{web.name('copy')}.qcow2"] == str(web.path / web.base)
    write(web, 0, 0x22, "copy")
    write(web, 1, 0x33)
    assert holds(disk(web), m0=0x11, m1=0x33) and holds(disk(web, "copy"), m0=0x22, m1=0)
    ok(
        web.run(
            {"name": "web", "state": "started"}, {"name": "copy", "state": "started"}, images=[]
        )
    )


@pytest.mark.parametrize("linked", [True, False])
def test_a_running_machine_is_cloned_from_a_snapshot(web, linked):
    ok(snap(web, "golden", kind="external"))
    write(web, 0, 0x22)
    ok(web.run({"name": "web", "state": "started"}, images=[]))
    assert "stop it, or take an external snapshot" in clone(web).errors[0]
    told(web, clone, linked=linked, snapshot="golden")
    assert holds(disk(web, "copy"), m0=0x11, m1=0)
    write(web, 1, 0x44, "copy")
    ok(web.run({"name": "copy", "state": "started"}, images=[]))
    gone = snap(web, "golden", state="absent")
    if linked:
        # What the clone lies on is neither merged nor deleted.
        assert f"needed by {web.name('copy')}" in gone.errors[0]
        ok(snap(web, "golden", state="reverted"))
        assert holds(disk(web), m0=0x11, m1=0)
        ok(web.run({"name": "copy", "state": "absent"}, images=[]))
        for left in web.volumes():
            if left.startswith(web.name("copy")):
                web.host.delete_volume(web.host.volume_handle(web.host.pool_handle(web.pool), left))
        gone = snap(web, "golden", state="absent")
        assert not gone.errors
        assert holds(disk(web), m0=0x11, m1=0)
        return
    ok(gone)
    ok(
        web.run(
            {"name": "web", "state": "stopped"}, {"name": "copy", "state": "stopped"}, images=[]
        )
    )
    assert holds(disk(web), m0=0x22, m1=0) and holds(disk(web, "copy"), m0=0x11, m1=0x44)


@pytest.mark.parametrize("broken", ["copy_volume", "start", "volume_bytes"])
def test_a_failed_clone_undoes_only_itself(web, monkeypatch, broken):
    before = web.state()

    def fail(*_):
        raise FuyajoError("no")

    with monkeypatch.context() as patch:
        patch.setattr(web.host, broken, fail)
        done = clone(web, state="started")
    assert done.errors and not done.changed
    assert web.state() == before
    ok(clone(web))


def test_refusals(web, monkeypatch):
    assert "does not exist" in clone(web, source="nobody").errors[0]
    assert "belongs to 'tc'" in clone(web, owner="ken").errors[0]
    assert "no snapshot 'x'" in clone(web, snapshot="x").errors[0]
    ok(snap(web, "inner", kind="internal"))
    assert "internal snapshot" in clone(web, snapshot="inner").errors[0]
    ok(web.run({**layers.VM, "name": "other"}))
    assert "exists and is not a clone" in clone(web, "other").errors[0]
    ok(clone(web))
    assert "a clone of" in clone(web, source="other").errors[0]
    assert "belongs to 'tc'" in clone(web, owner="ken").errors[0]
    ok(web.run({**layers.VM, "name": "bare", "image": None, "disk": "1G"}))
    assert "lies on no image" in clone(web, "x", source="bare", linked=True).errors[0]
    (web.path / f"{web.name('y')}.qcow2").write_bytes(b"somebody's")
    web.host.refresh_pool(web.host.pool_handle(web.pool))
    assert "already holds" in clone(web, "y").errors[0]
    with pytest.raises(FuyajoError, match="cannot be its own clone"):
        clone(web, "web")
    # Started while it was copied: the copy is worth nothing.
    monkeypatch.setattr(web.host, "is_active", lambda handle: True)
    assert "was started while" in clone(web, "z").errors[0]


def test_saved_memory_belongs_to_the_disks_as_they_are(web):
    ok(web.run({"name": "web", "state": "started"}, images=[]))
    handle = web.host.lookup(web.name("web"))
    ok(snap(web, "one", kind="external"))
    handle.managedSave(0)
    assert "has its memory saved" in clone(web).errors[0]
    for more in (
        {"name": "two"},
        {"name": "one", "state": "reverted"},
        {"name": "one", "state": "absent"},
    ):
        assert "has its memory saved" in snap(web, **more).errors[0]


def test_variables_of_uefi_are_copied(web):
    handle = web.host.lookup(web.name("web"))
    root = ET.fromstring(web.host.domain_xml(handle))
    root.find("os").set("firmware", "efi")
    for boot in root.findall("os/boot"):
        root.find("os").remove(boot)
    web.host.define(ET.tostring(root, encoding="unicode"))
    ok(web.run({"name": "web", "state": "started"}, images=[]))
    web.host.destroy(handle)
    old = Path(f"/var/lib/libvirt/qemu/nvram/{web.name('web')}_VARS.fd")
    data = old.read_bytes()
    assert "UEFI" in snap(web, "x", kind="internal").errors[0]
    new = old.with_name(f"{web.name('copy')}_VARS.fd")
    new.write_bytes(b"somebody's")
    try:
        assert "left of another machine" in clone(web).errors[0]
        assert new.read_bytes() == b"somebody's"
    finally:
        new.unlink()
    ok(clone(web))
    assert new.read_bytes() == data
    ok(web.run({"name": "copy", "state": "started"}, images=[]))
    web.host.destroy(web.host.lookup(web.name("copy")))
    web.host.undefine(web.host.lookup(web.name("copy")))
    assert not new.exists() and old.read_bytes() == data


def test_a_clone_whose_making_was_cut_off_is_completed(web, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    def nothing(*_):
        """A killed process takes nothing back."""

    with monkeypatch.context() as patch:
        patch.setattr(web.host, "copy_volume", killed)
        patch.setattr(web.host, "undefine", nothing)
        with pytest.raises(KeyboardInterrupt):
            clone(web)
    assert web.host.vm(web.name("copy"))["unfinished"]
    assert "itself is not finished" in clone(web, "x", source="copy").errors[0]
    assert clone(web, check=True).changed
    done = clone(web)
    assert not done.errors and done.results[-1]["changes"][0].get("before") == "unfinished"
    assert not web.host.vm(web.name("copy"))["unfinished"]
    assert not clone(web).changed


def test_machines_of_nobody_need_adopt(web):
    handle = web.host.lookup(web.name("web"))
    handle.setMetadata(2, None, "fuyajo", "urn:fuyajo:domain:1", 2)
    for act in (lambda **more: clone(web, **more), lambda **more: snap(web, "one", **more)):
        assert "adopt=true" in act().errors[0]
        ok(act(adopt=True))
    assert web.host.vm(web.name("copy"))["owner"] == "tc"
    assert web.host.vm(web.name("web"))["owner"] is None
    ok(snap(web, "one", adopt=True, state="reverted"))
