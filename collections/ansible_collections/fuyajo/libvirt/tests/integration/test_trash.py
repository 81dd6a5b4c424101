# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines into the trash and back on the real libvirt: the same machine, byte for byte."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import trash as _trash
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import trash_kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

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

UNTIL = "2026-11-26T10:00:00Z"
FULL = {
    **VM,
    "disks": [{"name": "data", "size": "1G"}],
    "cloud_init": {"user": "mika"},
    "autostart": True,
    "nics": [{"network": "user"}],
    "forwards": [{"guest": 22}],
}


def trash(site, state="trashed", vm="web", check=False, owner="tc", adopt=False, **more):
    """Run the kind of vm_trash; ``vm`` is a short name, or one in the trash."""
    if state == "trashed":
        more.setdefault("until", UNTIL)
    options = {
        "owner": owner,
        "adopt": adopt,
        "shutdown_timeout": 0,
        "pool": {"name": site.pool, "path": str(site.path)},
        "trash": [{"vm": vm if vm.startswith("trash-") else site.name(vm), "state": state, **more}],
    }
    return converge(site.host, Wanted.parse(options, [trash_kind.KIND]), check)


def uuid_of(site, vm="web"):
    return site.host.lookup(site.name(vm)).UUIDString()


def refused(outcome, *words, kind="conflict"):
    assert not outcome.changed and outcome.results[-1]["error_kind"] == kind, outcome
    assert all(word in outcome.errors[0] for word in words), outcome.errors
    assert not outcome.results[-1]["actions"]


def digests(site):
    """Return {file: (inode, digest)} of the pool."""
    found = {}
    for path in site.path.iterdir():
        found[path.name] = path.stat().st_ino, hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def whole(site):
    """Return all that libvirt says of our machines, and all that their files hold."""
    domains = {n: h for n, h in site.host.domains().items() if site.is_mine(n, h)}
    xmls = {n: site.host.full_definition(h) for n, h in domains.items()}
    starts = {n: h.autostart() for n, h in domains.items()}
    snapshots = {n: [s.text for s in site.host.snapshots(h)] for n, h in domains.items()}
    return xmls, starts, snapshots, digests(site), site.volumes()


def changes_of(outcome):
    return {c["path"]: c for r in outcome.results for c in r["changes"]}


def with_snapshots(site):
    """Make a machine with two snapshots, one of them with memory; return all of it, switched off."""
    ok(site.run({**FULL, "state": "started"}))
    site.host.destroy(site.host.lookup(site.name("web")))
    write(site, 0, 0x11)
    ok(snap(site, "one", description="first"))
    write(site, 0, 0x22)
    site.host.start(site.host.lookup(site.name("web")), paused=True)
    ok(snap(site, "with-memory"))
    site.host.destroy(site.host.lookup(site.name("web")))
    return whole(site)


def test_there_and_back_is_the_same_machine(site):
    before = with_snapshots(site)
    uuid, name = uuid_of(site), _trash.trash_name(uuid_of(site))
    assert len(before[3]) == 4 and before[1] == {site.name("web"): 1}
    site.host.start(site.host.lookup(site.name("web")))

    done = told(site, trash, uuid=uuid)
    effects = {path: change["effect"] for path, change in changes_of(done).items()}
    assert effects == {"name": "stop", "volumes": "live", "until": "live", "autostart": "live"}
    facts = done.vms[site.name("web")]
    assert (facts["name"], facts["uuid"], facts["state"]) == (name, uuid, "stopped")
    assert facts["trashed"]["name"] == site.name("web") and facts["trashed"]["until"] == UNTIL
    assert site.name("web") not in site.host.domains()
    assert not site.host.lookup(name).autostart()
    inside = {n.replace(site.name("web"), name, 1): v for n, v in before[3].items()}
    assert digests(site) == inside and site.volumes() == set(inside)
    assert {f"{name}.qcow2", f"{name}.data.qcow2", f"{name}.seed.iso"} < set(inside)
    # By its name of now, by its former one, with and without its identity.
    quiet(site, trash, uuid=uuid)
    quiet(site, trash)
    quiet(site, trash, vm=name)
    later = told(site, trash, uuid=uuid, until="2027-01-01T00:00:00Z")
    assert list(changes_of(later)) == ["until"]

    back = told(site, trash, state="restored", uuid=uuid)
    assert back.vms[site.name("web")]["trashed"] is None
    assert whole(site) == before
    for vm in ("web", name):
        quiet(site, trash, state="restored", vm=vm)
        quiet(site, trash, state="restored", vm=vm, uuid=uuid)
    ok(snap(site, "one", state="reverted"))
    assert holds(disk(site), m0=0x11)
    ok(snap(site, "with-memory", state="reverted"))
    assert site.host.vm(site.name("web"))["state"] == "paused"


@pytest.mark.parametrize("ways", [1, 2])
def test_external_snapshots_come_along(site, ways):
    ok(site.run(VM))
    write(site, 0, 1)
    ok(snap(site, "one", kind="external"))
    write(site, 1, 2)
    ok(snap(site, "two", kind="external"))
    write(site, 2, 3)
    for _way in range(ways):
        told(site, trash)
        name = next(
            n
            for n in site.host.domains()
            if n.startswith("trash-") and site.name("") in site.host.domain_xml(site.host.lookup(n))
        )
        sound(site)
        assert {n.split(".")[0] for n in site.files()} == {name, site.base.split(".")[0]}
        told(site, trash, state="restored", vm=name)
    sound(site)
    assert holds(disk(site), m0=1, m1=2, m2=3)
    ok(snap(site, "one", state="reverted"))
    assert holds(disk(site), m0=1, m1=0, m2=0)
    ok(snap(site, "two", state="absent"))
    ok(snap(site, "one", state="absent"))


def test_uefi_variables_come_along_and_the_tpm_stays(site):
    ok(site.run({**VM, "firmware": "uefi", "state": "started"}))
    site.host.destroy(site.host.lookup(site.name("web")))
    old = Path("/var/lib/libvirt/qemu/nvram") / f"{site.name('web')}_VARS.fd"
    name = _trash.trash_name(uuid_of(site))
    inode, held = old.stat().st_ino, old.read_bytes()
    before = site.host.domain_xml(site.host.lookup(site.name("web")))
    told(site, trash)
    new = old.with_name(f"{name}_VARS.fd")
    assert not old.exists() and new.stat().st_ino == inode
    # Another one of that name has variables of its own, and takes them along when it goes.
    ok(site.run({**VM, "firmware": "uefi", "state": "started"}))
    assert old.stat().st_ino != inode
    ok(site.run({"name": "web", "state": "absent", "remove_storage": True}, images=[]))
    assert not old.exists() and new.read_bytes() == held
    told(site, trash, state="restored", vm=name)
    assert old.stat().st_ino == inode and not new.exists()
    assert site.host.domain_xml(site.host.lookup(site.name("web"))) == before
    told(site, trash)
    told(site, trash, state="purged")
    assert not old.exists() and not new.exists()


def test_the_name_is_free_and_then_it_is_taken(site):
    ok(site.run(VM))
    write(site, 0, 0x11)
    ok(snap(site, "one"))
    first, name = uuid_of(site), _trash.trash_name(uuid_of(site))
    ok(trash(site))
    ok(site.run(VM))
    second = uuid_of(site)
    assert second != first
    refused(trash(site, uuid=first, state="restored"), "is taken by another machine")
    refused(trash(site, vm=name, state="restored"), "is taken by another machine")
    # The identity says which of the two is meant.
    refused(trash(site, uuid="0d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11"), second)
    quiet(site, trash, uuid=first)
    # What the first one's snapshot remembers is not a use of the second one's disk.
    gone = ok(site.run({"name": "web", "state": "absent", "remove_storage": True}, images=[]))
    assert changes_of(gone)["volumes"]["before"] == [f"{site.name('web')}.qcow2"]
    ok(site.run(VM))
    ok(trash(site))
    refused(trash(site, state="restored"), "more than once", name)
    ok(trash(site, state="restored", vm=name))
    assert uuid_of(site) == first and holds(disk(site), m0=0x11)
    ok(trash(site, state="purged"))
    refused(trash(site, state="purged"), "is not in the trash")
    assert site.files() == {site.base, f"{site.name('web')}.qcow2"}


def test_purged_is_gone_with_all_it_had(site):
    ok(site.run(FULL))
    ok(snap(site, "one"))
    ok(trash(site))
    uuid = next(h.UUIDString() for n, h in site.host.domains().items() if site.is_mine(n, h))
    gone = told(site, trash, state="purged", uuid=uuid)
    assert {c["effect"] for c in changes_of(gone).values()} == {"live", "destroy"}
    assert gone.vms == {} and site.files() == {site.base}
    assert not [n for n, h in site.host.domains().items() if site.is_mine(n, h)]
    for more in ({"uuid": uuid}, {"vm": _trash.trash_name(uuid)}, {}):
        quiet(site, trash, state="purged", **more)
        assert trash(site, state="restored", **more).results[-1]["error_kind"] == "not_found"
    assert trash(site).results[-1]["error_kind"] == "not_found"


def test_nothing_else_touches_it(site):
    ok(site.run(VM))
    ok(snap(site, "one"))
    ok(trash(site))
    name = next(n for n, h in site.host.domains().items() if site.is_mine(n, h))
    before = site.state()
    wish = {"owner": "tc", "pool": {"name": site.pool, "path": str(site.path)}}
    for vm in (
        {"state": "started"},
        {"state": "absent", "remove_storage": True},
        {"memory": "96M"},
    ):
        done = site.run(images=[], vms=[{**vm, "name": name}])
        refused(done, "in the trash", site.name("web"))
    options = {**wish, "snapshots": [{"vm": name, "name": "one", "state": "absent"}]}
    refused(converge(site.host, Wanted.parse(options, [layers.snapshot_kind.KIND]), False), "trash")
    refused(trash(site, vm=name, state="purged", owner="ken"), "belongs to 'tc'")
    refused(trash(site, vm=name, state="restored", owner="ken"), "belongs to 'tc'")
    # By the former name, what others have in the trash is not looked at.
    quiet(site, trash, state="purged", owner="ken")
    # Its base is in use.
    image = {"name": "tiny", "sha256": site.sha256, "state": "absent"}
    assert site.base in site.files() and site.run(images=[image]).errors
    assert site.state() == before


def add_to(site, *elements):
    root = _xml.load(site.host.domain_xml(site.host.lookup(site.name("web"))))
    for text in elements:
        root.find("devices").append(_xml.load(text))
    site.host.define(_xml.dump(root))


def file_disk(path, dev, more="", device="disk"):
    return (
        f"<disk type='file' device='{device}'><driver name='qemu' type='raw'/><source file='{path}'/>"
        f"<target dev='{dev}' bus='{'sata' if device == 'cdrom' else 'virtio'}'/>{more}</disk>"
    )


def make(*words):
    subprocess.run(["qemu-img", "create", "-q", *map(str, words)], check=True)


def says(site, *words):
    before = site.state()
    for check in (True, False):
        refused(trash(site, check=check), *words)
    assert site.state() == before


def test_disks_that_cannot_go_along(site, tmp_path):
    ok(site.run(VM))
    name = site.name("web")
    root, top = site.path / f"{name}.qcow2", tmp_path / "top.qcow2"
    make("-f", "qcow2", "-F", "qcow2", "-b", root, top)
    foreign = _domain.Domain(site.name("foreign"), memory_mib=64)
    foreign.disks = [_domain.Disk(str(top), "vda")]
    handle = site.host.define(_domain.build_domain(foreign))
    says(site, "is needed by", site.name("foreign"))
    site.host.undefine(handle)


def test_disks_that_stay_where_they_are(site):
    ok(site.run(VM))
    name = site.name("web")
    outside = site.path.parent / f"{site.pool}-outside.raw"
    alone = site.path / "data.vol.raw"
    definition = site.host.domain_xml(site.host.lookup(name))
    try:
        for path, words in ((outside, ["outside the directory"]), (alone, ["detach it first"])):
            make("-f", "raw", path, "1M")
            site.host.refresh_pool(site.host.pool_handle(site.pool))
            add_to(site, file_disk(path, "vdb"))
            says(site, "vdb", *words)
            site.host.define(definition)
        # Others may have these as well: they stay where they are, and go on to be its.
        add_to(
            site,
            file_disk(outside, "vdb", "<shareable/>"),
            file_disk(alone, "sda", "<readonly/>", "cdrom"),
        )
        site.host.start(site.host.lookup(name))
        told(site, trash)
        assert outside.exists() and alone.exists()
        told(site, trash, state="restored")
        site.host.start(site.host.lookup(name))
    finally:
        outside.unlink(missing_ok=True)


def test_states_that_cannot_be_kept(site, monkeypatch):
    ok(site.run({**VM, "state": "started"}))
    handle = site.host.lookup(site.name("web"))
    definition = site.host.domain_xml(handle)
    handle.managedSave(0)
    refused(trash(site), "memory saved")
    handle.managedSaveRemove(0)
    add_to(
        site,
        "<hostdev mode='subsystem' type='pci' managed='no'><source>"
        "<address domain='0' bus='9' slot='31' function='7'/></source></hostdev>",
    )
    refused(trash(site), "host device pci")
    site.host.define(definition)
    site.host.start(handle)
    site.host.undefine(handle)
    refused(trash(site), "no definition")
    site.host.define(definition)
    with monkeypatch.context() as patch:
        patch.setattr(type(site.host), "is_local", False)
        refused(trash(site), "on the hypervisor", kind="invalid")
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        refused(trash(site), "by this user")
    inside = site.path / f"{_trash.trash_name(uuid_of(site))}.qcow2"
    inside.write_bytes(b"")
    refused(trash(site), f"{inside} exists already")
    inside.unlink()
    assert site.host.vm(site.name("web"))["state"] == "running"
    ok(trash(site))
    name = inside.stem
    site.host.start(site.host.lookup(name))
    refused(trash(site, state="restored"), "runs")
    # By hand, and not for long: purged is purged.
    ok(trash(site, state="purged"))


def test_a_refused_name_leaves_nothing_behind(site, monkeypatch):
    """libvirt refuses at the last moment: an older one does so for machines with snapshots."""
    ok(site.run({**FULL}))
    before = whole(site)
    real = type(site.host).rename

    def refuse(host, handle, name):
        raise _domain_error("not with snapshots")

    monkeypatch.setattr(type(site.host), "rename", refuse)
    done = trash(site)
    assert "not with snapshots" in done.errors[0]
    assert whole(site) == before
    monkeypatch.setattr(type(site.host), "rename", real)
    ok(trash(site))
    inside = whole(site)
    monkeypatch.setattr(type(site.host), "rename", refuse)
    assert trash(site, state="restored").errors
    assert whole(site) == inside


def _domain_error(text):
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

    return FuyajoError(text)


def test_a_mark_that_names_other_files_is_not_followed(site, tmp_path):
    ok(site.run(VM))
    ok(trash(site))
    name = next(n for n, h in site.host.domains().items() if site.is_mine(n, h))
    handle = site.host.lookup(name)
    meta = _domain.parse_domain(site.host.domain_xml(handle)).meta
    for old, new in ((f"{tmp_path}/x", "/etc/passwd"), ("/etc/passwd", f"{tmp_path}/{name}.raw")):
        meta.trashed.files = [_domain.MovedFile(old, new)]
        site.host.set_meta(handle, meta, config=True, live=False)
        for state in ("restored", "purged", "trashed"):
            refused(trash(site, state=state, vm=name), "not written here")
