# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes with a machine, and what stays whatever happens."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.converge import converge
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kinds import wanted_of_all

from .counting import calls_of

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

SMALL = {"name": "web", "memory": 64, "nics": []}
DISK = {**SMALL, "disk": "1G"}
SEED = {"user": "mika"}
GONE = {"name": "web", "state": "absent"}
ALL_GONE = {**GONE, "remove_storage": True}


def run(site, *vms, **more):
    done = site.run(*vms, **{"images": [], **more})
    assert not done.errors, done.errors
    return done


def changes(done):
    return {c["path"]: c for r in done.results if r["kind"] == "vm" for c in r["changes"]}


def add_to(site, name, *elements):
    """Give a machine devices that this collection would not give it."""
    root = _xml.load(site.host.domain_xml(site.host.lookup(site.name(name))))
    for text in elements:
        root.find("devices").append(_xml.load(text))
    site.host.define(_xml.dump(root))


def disk(path, dev, device="disk", kind="raw", more=""):
    bus = "ide" if dev.startswith("h") else "virtio"
    return (
        f"<disk type='file' device='{device}'><driver name='qemu' type='{kind}'/>"
        f"<source file='{path}'/><target dev='{dev}' bus='{bus}'/>{more}</disk>"
    )


def test_the_disk_stays_until_it_is_said(site):
    run(site, {**DISK, "cloud_init": SEED})
    seed, root = f"{site.name('web')}.seed.iso", f"{site.name('web')}.qcow2"
    assert site.files() == {seed, root}
    planned = run(site, GONE, check=True)
    gone = run(site, GONE)
    assert changes(gone) == changes(planned)
    assert changes(gone)["volumes"]["before"] == [seed]
    assert site.files() == {root}
    assert not run(site, GONE).changed
    # What is left is told when somebody wants the name again, and how to clear it.
    refused = site.run(DISK, images=[])
    assert root in refused.errors[0] and "remove_storage" in refused.errors[0]
    cleared = run(site, ALL_GONE)
    assert changes(cleared)["volumes"]["effect"] == "destroy"
    assert site.files() == set()
    assert not run(site, ALL_GONE).changed
    assert not site.run(DISK, images=[]).errors


def test_incumbents_worst_bug_an_attached_cd_survives_the_removal(site, tmp_path):
    """community.libvirt's undefine with force deletes every file disk, install CDs included."""
    run(site, DISK)
    elsewhere = site.path.parent / f"{site.pool}-install.iso"
    inside = site.path / "install.iso"
    ours = site.path / f"{site.name('web')}.install.raw"  # named as a disk of ours, used as a CD
    try:
        for path in (elsewhere, inside, ours):
            path.write_bytes(b"CD" * 4096)
        add_to(
            site,
            "web",
            disk(elsewhere, "hda", "cdrom", more="<readonly/>"),
            disk(inside, "hdb", "cdrom", more="<readonly/>"),
            disk(ours, "hdc", "cdrom", more="<readonly/>"),
        )
        site.host.refresh_pool(site.host.pool_handle(site.pool))
        gone = run(site, ALL_GONE)
        assert changes(gone)["volumes"]["before"] == [f"{site.name('web')}.qcow2"]
        assert all(path.read_bytes() == b"CD" * 4096 for path in (elsewhere, inside, ours))
    finally:
        elsewhere.unlink(missing_ok=True)


def test_only_what_is_ours_by_name_and_use_goes(site, tmp_path):
    run(site, DISK)
    name, host = site.name("web"), site.host
    mine = site.path / f"{name}.data.raw"
    shared = site.path / f"{name}.shared.raw"
    stays = {
        f"{name}.vol.qcow2",
        f"{name}-2.qcow2",
        f"{name}.x.y.raw",
        "base-0123456789abcdef.qcow2",
    }
    for path in (mine, shared, *(site.path / each for each in stays)):
        subprocess.run(["qemu-img", "create", "-q", "-f", "raw", path, "1M"], check=True)
    add_to(site, "web", disk(mine, "vdb"), disk(shared, "vdc", more="<shareable/>"))
    host.refresh_pool(host.pool_handle(site.pool))
    run(site, ALL_GONE)
    assert site.files() == stays | {shared.name}


def test_a_disk_below_somebody_elses_stays(site, tmp_path):
    """The overlay lies outside every pool, and only the top of its chain is in a definition."""
    run(site, DISK)
    root = site.path / f"{site.name('web')}.qcow2"
    middle, top = tmp_path / "middle.qcow2", tmp_path / "top.qcow2"
    for path, below in ((middle, root), (top, middle)):
        command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", below, path]
        subprocess.run(command, check=True)
    foreign = _domain.Domain(site.name("foreign"), memory_mib=64)
    foreign.disks = [_domain.Disk(str(top), "vda")]
    site.host.define(_domain.build_domain(foreign))
    run(site, ALL_GONE)
    assert site.files() == {root.name}


def test_a_disk_that_runs_elsewhere_is_in_use(site):
    """In the live document only: the definition of the other machine has let go of it already."""
    run(site, DISK)
    root = site.path / f"{site.name('web')}.qcow2"
    other = _domain.Domain(
        site.name("other"), memory_mib=64, disks=[_domain.Disk(str(root), "vda")]
    )
    handle = site.host.define(_domain.build_domain(other))
    site.host.start(handle)
    other.disks, other.uuid = [], handle.UUIDString()
    site.host.define(_domain.build_domain(other))
    run(site, ALL_GONE)
    assert root.name in site.files()


def test_a_chain_of_our_own_goes_as_a_whole(site):
    run(site, DISK)
    name = site.name("web")
    root, top = site.path / f"{name}.qcow2", site.path / f"{name}.later.qcow2"
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", root, top]
    subprocess.run(command, check=True)
    site.host.refresh_pool(site.host.pool_handle(site.pool))
    run(site, ALL_GONE)
    assert site.files() == set()


def test_everything_that_libvirt_keeps_goes_as_well(site):
    """UEFI variables, snapshot metadata, saved memory: each of them stops a plain undefine."""
    run(site, {**DISK, "state": "started", "firmware": "uefi"})
    handle = site.host.lookup(site.name("web"))
    nvram = _xml.load(handle.XMLDesc(0)).findtext("os/nvram")
    handle.managedSave(0)
    # A layer named as vm_snapshot names it.
    layer = site.path / f"{site.name('web')}.first one.vda.qcow2"
    where = f"<disks><disk name='vda'><source file='{layer}'/></disk></disks>"
    only_disks = 1 << 4
    handle.snapshotCreateXML(f"<domainsnapshot><name>s</name>{where}</domainsnapshot>", only_disks)
    site.host.refresh_pool(site.host.pool_handle(site.pool))
    assert layer.name in site.files()
    assert handle.hasManagedSaveImage(0)
    gone = run(site, ALL_GONE)
    assert "undefine" in gone.results[-1]["actions"]
    assert site.name("web") not in site.host.domains()
    assert nvram and subprocess.run(["test", "-e", nvram], check=False).returncode == 1
    assert site.files() == set()


def test_a_machine_that_lost_its_definition_while_it_ran(site):
    run(site, {**DISK, "state": "started"})
    handle = site.host.lookup(site.name("web"))
    site.host.undefine(handle)
    assert not handle.isPersistent()
    gone = run(site, ALL_GONE)
    assert gone.results[-1]["actions"][0] == "destroy"
    assert site.name("web") not in site.host.domains() and site.files() == set()

    run(site, {**DISK, "state": "started"})
    site.host.undefine(site.host.lookup(site.name("web")))
    kept = run(site, {**DISK, "state": "started"})
    assert changes(kept)["persistent"]["after"] is True
    assert site.host.lookup(site.name("web")).isPersistent()
    assert not run(site, {**DISK, "state": "started"}).changed


def test_a_machine_named_like_anothers_uuid_is_harmless(site):
    run(site, {**SMALL, "state": "started"})
    victim = site.host.vm(site.name("web"))
    # Our names begin with a letter; so that the UUID is one of ours, it begins with a letter.
    uuid = ("b" if victim["uuid"][0] == "a" else "a") + victim["uuid"][1:]
    first = _domain.Domain(site.name("victim"), uuid=uuid, memory_mib=64)
    first.meta = _domain.Meta(owner="tc")
    handle = site.host.define(_domain.build_domain(first))
    site.host.start(handle)
    options = site.options(images=[])
    options["vms"] = [{**SMALL, "name": uuid, "state": "started"}]
    try:
        assert not converge(site.host, wanted_of_all(options), False).errors
        options["vms"] = [{"name": uuid, "state": "absent", "remove_storage": True}]
        done = converge(site.host, wanted_of_all(options), False)
        assert not done.errors, done.errors
        assert uuid not in site.host.domains()
        assert site.host.is_active(handle)
    finally:
        left = site.host.domains().get(uuid)
        if left is not None:
            site.host.destroy(left)
            site.host.undefine(left)


def test_removal_of_many_reads_everything_once(site):
    vms = [{**DISK, "name": f"n{i}"} for i in range(4)]
    run(site, *vms)
    with calls_of(site.host) as counted:
        run(site, *({"name": f"n{i}", "state": "absent", "remove_storage": True} for i in range(4)))
    assert counted["listAllDomains"] <= 3, counted
    # Who uses a volume is looked for in every pool there is, once.
    everywhere = sum(n for call, n in counted.items() if call.startswith(("pool", "volGetXML")))
    assert sum(counted.values()) - everywhere <= 4 * 10 + 10, counted
    assert site.files() == set()
