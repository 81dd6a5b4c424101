# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of a machine, changed on one that exists: checked, applied, checked again, changed back."""

from __future__ import annotations

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]

BARE = {"name": "web", "memory": 64, "nics": []}
Q35 = {**BARE, "machine": "q35"}
# (base, before, after, paths that change)
PAIRS = {
    "cpus": (BARE, {"cpus": 1}, {"cpus": 2}, "cpus"),
    "max_cpus": (BARE, {"cpus": 1, "max_cpus": 2}, {"cpus": 1, "max_cpus": 4}, "max_cpus"),
    "memory": (BARE, {"memory": "64M"}, {"memory": "96M"}, "memory_mib"),
    "max_memory": (BARE, {"max_memory": "128M"}, {"max_memory": "256M"}, "max_memory_mib"),
    "title": (BARE, {"title": "a"}, {"title": "b <&>"}, "title"),
    "title gone": (BARE, {"title": "a"}, {"title": ""}, "title"),
    "description": (BARE, {"description": "a"}, {"description": "two\nlines"}, "description"),
    "tags": (BARE, {"tags": ["a"]}, {"tags": ["b", "c"]}, "tags"),
    "autostart": (BARE, {"autostart": False}, {"autostart": True}, "autostart"),
    "cpu_mode": (BARE, {"cpu_mode": "maximum"}, {"cpu_mode": "host-model"}, "cpu_mode"),
    "cpu_model": (
        BARE,
        {"cpu_model": "qemu64"},
        {"cpu_mode": "maximum"},
        "cpu_mode",
    ),
    "boot": (BARE, {"boot": ["disk"]}, {"boot": ["cdrom", "disk", "network"]}, "boot"),
    "video": (BARE, {"video": "none"}, {"video": "vga"}, "video"),
    "video model": (BARE, {"video": "vga"}, {"video": "virtio"}, "video"),
    "graphics": (BARE, {"graphics": "none"}, {"graphics": "vnc"}, "graphics"),
    "serial_log": (BARE, {"serial_log": False}, {"serial_log": True}, "serial_log"),
    "guest_agent": (BARE, {"guest_agent": True}, {"guest_agent": False}, "guest_agent"),
    "tpm": (Q35, {"tpm": False}, {"tpm": True}, "tpm"),
    "shares": (
        BARE,
        {"shares": [{"name": "a", "path": "/srv"}]},
        {"shares": [{"name": "a", "path": "/opt", "driver": "9p", "readonly": True}]},
        "shares.a.path shares.a.driver shares.a.readonly",
    ),
    "share more": (
        BARE,
        {"shares": []},
        {"shares": [{"name": "b", "path": "/srv", "driver": "9p"}]},
        "shares.b",
    ),
    "host_devices": (
        BARE,
        {"host_devices": []},
        {"host_devices": [{"usb": "046d:c52b"}, {"pci": "0000:01:00.0"}]},
        "host_devices",
    ),
    "nics": (
        BARE,
        {"nics": [{"network": "default"}]},
        {"nics": [{"network": "default", "link": "down"}, {"bridge": "br7", "model": "e1000"}]},
        "nics",
    ),
    "nic model": (
        BARE,
        {"nics": [{"network": "default", "mac": "52:54:00:00:00:07"}]},
        {"nics": [{"network": "other", "mac": "52:54:00:00:00:07", "model": "e1000"}]},
        "nics",
    ),
    "nic boot_order": (
        BARE,
        {"nics": [{"network": "default", "boot_order": 1}]},
        {"nics": [{"network": "default", "boot_order": 2}]},
        "nics",
    ),
    "user": (BARE, {"nics": []}, {"nics": [{"network": "user"}]}, "nics"),
    "forwards": (
        {**BARE, "nics": [{"network": "user"}]},
        {"forwards": [{"guest": 22}]},
        {"forwards": [{"guest": 22}, {"guest": 80}]},
        "forwards",
    ),
    "disk": (BARE, {"disk": "1G"}, {"disk": "2G"}, "disk_gib"),
    "media": (
        BARE,
        {"media": [{"name": "cd", "path": ""}]},
        {"media": [{"name": "cd", "path": "/usr/share/x.iso"}]},
        "media.cd.path",
    ),
    "media more": (
        Q35,
        {"media": []},
        {"media": [{"name": "cd"}, {"name": "two", "path": "/x.iso"}]},
        "media.cd media.two",
    ),
    "disks more": (
        {**BARE, "disk": "1G"},
        {"disks": []},
        {"disks": [{"name": "data", "size": "1G"}, {"name": "raw", "size": "1G", "format": "raw"}]},
        "disks.data disks.raw",
    ),
    "disk grows": (
        BARE,
        {"disks": [{"name": "data", "size": "1G"}]},
        {"disks": [{"name": "data", "size": "2G"}]},
        "disks.data.size_gib",
    ),
    "disk parts": (
        BARE,
        {"disks": [{"name": "d", "size": "1G", "format": "raw"}]},
        {
            "disks": [
                {
                    "name": "d",
                    "format": "raw",
                    "serial": "S1",
                    "cache": "none",
                    "io": "native",
                    "discard": "unmap",
                    "shareable": True,
                    "boot_order": 1,
                }
            ]
        },
        "disks.d.serial disks.d.cache disks.d.io disks.d.discard disks.d.shareable disks.d.boot_order",
    ),
    "disk readonly": (
        BARE,
        {"disks": [{"name": "d", "size": "1G", "readonly": False}]},
        {"disks": [{"name": "d", "readonly": True}]},
        "disks.d.readonly",
    ),
    "disk bus": (
        BARE,
        {"disks": [{"name": "d", "size": "1G"}]},
        {"disks": [{"name": "d", "bus": "scsi"}]},
        "disks.d.bus",
    ),
    "disk sata": (
        Q35,
        {"disks": [{"name": "d", "size": "1G", "bus": "sata"}]},
        {"disks": [{"name": "d", "bus": "virtio"}]},
        "disks.d.bus",
    ),
    "disk absent": (
        BARE,
        {"disks": [{"name": "d", "size": "1G"}]},
        {"disks": [{"name": "d", "state": "absent"}]},
        "disks.d",
    ),
    "exact_disks": (
        BARE,
        {"disks": [{"name": "d", "size": "1G"}, {"name": "e", "size": "1G"}]},
        {"disks": [{"name": "e"}], "exact_disks": True},
        "disks.d",
    ),
    "metadata": (
        BARE,
        {"metadata": {"template": "a"}},
        {"metadata": {"template": "b", "configured": "x"}},
        "metadata.template metadata.configured",
    ),
}
# Not to be taken back: a disk does not shrink.
ONE_WAY = ("disk", "disks more", "disk grows", "disk parts", "disk bus", "disk readonly")


def changes(done):
    assert not done.errors, done.errors
    return [c for r in done.results if r["kind"] == "vm" for c in r["changes"]]


def agree(site, vm, paths=None):
    """Apply, after a check that says the same; then a check and a run that find nothing."""
    before = site.state()
    planned = site.run(vm, images=[], check=True)
    assert site.state() == before, "check mode wrote something"
    done = site.run(vm, images=[])
    assert changes(done) == changes(planned)
    assert done.restart_required == planned.restart_required
    if paths is not None:
        assert sorted(c["path"] for c in changes(done)) == sorted(paths.split())
    quiet = site.run(vm, images=[])
    assert changes(quiet) == [] and not quiet.changed, changes(quiet)
    assert not site.run(vm, images=[], check=True).changed
    assert all(not r["actions"] for r in quiet.results)
    return done


@pytest.mark.parametrize("option", PAIRS)
def test_a_machine_that_is_off(site, option):
    base, before, after, paths = PAIRS[option]
    site.run({**base, **before}, images=[])
    done = agree(site, {"name": "web", **after}, paths)
    assert {c["effect"] for c in changes(done)} == {"live"}
    assert not done.restart_required
    if option not in ONE_WAY:
        back = agree(site, {"name": "web", **before})
        assert back.changed


REFUSED = {
    "firmware": (BARE, {"firmware": "uefi"}, "firmware cannot change from bios to uefi"),
    "machine": (BARE, {"machine": "q35"}, "machine cannot change"),
    "secure_boot": (
        {**BARE, "firmware": "uefi"},
        {"firmware": "uefi", "secure_boot": True},
        "secure_boot",
    ),
    "max_cpus": ({**BARE, "cpus": 4}, {"max_cpus": 2}, "less than"),
    "max_memory": (BARE, {"max_memory": 32}, "less than"),
    "disk": ({**BARE, "disk": "2G"}, {"disk": "1G"}, "only grow"),
    "no disk": (BARE, {"disk": "1G"}, "without a disk"),
    "data disk": (
        {**BARE, "disks": [{"name": "d", "size": "2G"}]},
        {"disks": [{"name": "d", "size": "1G"}]},
        "only grow",
    ),
    "format": (
        {**BARE, "disks": [{"name": "d", "size": "1G"}]},
        {"disks": [{"name": "d", "format": "raw"}]},
        "not converted",
    ),
    "size": (BARE, {"disks": [{"name": "d"}]}, "needs a size"),
    "volume": (BARE, {"disks": [{"name": "d", "volume": "nobody.raw"}]}, "no volume"),
    "forwards": (BARE, {"forwards": [{"guest": 22}]}, "no nic on the network 'user'"),
}


@pytest.mark.parametrize("option", REFUSED)
def test_what_cannot_change_is_refused_and_nothing_is_touched(site, option):
    base, after, text = REFUSED[option]
    assert not site.run({**base}, images=[]).errors
    before = site.state()
    refused = site.run({"name": "web", **after, "title": "x"}, images=[])
    assert text in refused.errors[0], refused.errors
    assert site.state() == before


def test_a_volume_of_its_own_can_be_plugged_in_and_exchanged(site):
    site.run(BARE, images=[])
    first = {"name": "web", "disks": [{"name": "d", "volume": "one.vol.qcow2"}]}
    together = site.run(first, images=[], volumes=[{"name": "one", "size": "1G"}])
    assert [c["path"] for c in changes(together)] == ["disks.d"]
    assert not site.run(first, images=[]).changed
    site.run(images=[], volumes=[{"name": "two", "size": "1G"}])
    other = {"name": "d", "volume": "two.vol.qcow2", "pool": site.pool}
    agree(site, {"name": "web", "disks": [other]}, "disks.d.volume")


def test_detached_disks_are_kept_and_come_back(site):
    disk = {"name": "d", "size": "1G"}
    site.run({**BARE, "disks": [disk]}, images=[])
    agree(site, {"name": "web", "disks": [{"name": "d", "state": "absent"}]}, "disks.d")
    assert f"{site.name('web')}.d.qcow2" in site.files()
    agree(site, {"name": "web", "disks": [{"name": "d"}]}, "disks.d")
    # A volume that somebody else got meanwhile is not taken away.
    agree(site, {"name": "web", "disks": [], "exact_disks": True}, "disks.d")
    other = {"name": "d", "volume": f"{site.name('web')}.d.qcow2"}
    site.run({**BARE, "name": "other", "disks": [other]}, images=[])
    taken = site.run({"name": "web", "disks": [disk]}, images=[])
    assert "in use by" in taken.errors[0]


def test_what_nobody_knows_survives_every_update(site):
    site.run({**BARE, "disks": [{"name": "d", "size": "1G"}]}, images=[])
    handle = site.host.lookup(site.name("web"))
    root = _xml.load(site.host.domain_xml(handle))
    watchdog = "<watchdog model='i6300esb' action='reset'/>"
    root.find("devices").append(_xml.load(watchdog))
    root.find("devices/disk").append(
        _xml.load("<iotune><total_iops_sec>70</total_iops_sec></iotune>")
    )
    foreign = "<o:x xmlns:o='urn:other'><o:y z='1'>kept</o:y></o:x>"
    root.find("metadata").append(_xml.load(foreign))
    root.append(_xml.load("<iothreads>2</iothreads>"))
    site.host.define(_xml.dump(root))
    agree(
        site,
        {
            "name": "web",
            "cpus": 2,
            "memory": 96,
            "tags": ["x"],
            "nics": [{"network": "default"}],
            "media": [{"name": "cd"}],
            "disks": [{"name": "d", "serial": "S"}, {"name": "e", "size": "1G"}],
        },
    )
    left = _xml.load(site.host.domain_xml(handle))
    assert left.find("devices/watchdog").get("action") == "reset"
    assert left.findtext("devices/disk/iotune/total_iops_sec") == "70"
    assert left.findtext("metadata/{urn:other}x/{urn:other}y") == "kept"
    assert left.findtext("iothreads") == "2"


def test_incumbents_bug_an_unchanged_machine_is_unchanged_in_check_mode(site):
    """community.libvirt's define compares the text it was given with the text libvirt made of it."""
    vm = {**BARE, "disk": "1G", "cpus": 2, "media": [{"name": "cd"}], "graphics": "vnc"}
    vm["nics"] = [{"network": "default"}, {"network": "user"}]
    site.run(vm, images=[])
    planned = site.run(vm, images=[], check=True)
    assert not planned.changed and changes(planned) == [] and planned.diff["after"] == {}


def test_a_change_by_somebody_else_is_a_conflict_and_not_overwritten(site, monkeypatch):
    site.run(BARE, images=[])
    name, host = site.name("web"), site.host
    really = host.refuse_changed

    def meanwhile(handle, read):
        if host.vm(name)["cpus"] == 1:
            host.define(read.replace(">1</vcpu>", ">3</vcpu>"))
        really(handle, read)

    monkeypatch.setattr(host, "refuse_changed", meanwhile)
    lost = site.run({"name": "web", "memory": 96}, images=[])
    assert lost.results[-1]["error_kind"] == "conflict"
    assert "meanwhile" in lost.errors[0]
    assert (host.vm(name)["cpus"], host.vm(name)["memory_mib"]) == (3, 64)
    assert not site.run({"name": "web", "memory": 96}, images=[]).errors
    assert host.vm(name)["cpus"] == 3


def test_a_definition_that_is_refused_leaves_no_volume(site, monkeypatch):
    site.run({**BARE, "disk": "1G"}, images=[])
    before = site.state()

    def refuse(*_arguments):
        raise FuyajoError("libvirt does not like it")

    with monkeypatch.context() as patch:
        patch.setattr(site.host, "define", refuse)
        failed = site.run({"name": "web", "disks": [{"name": "d", "size": "1G"}]}, images=[])
    assert "does not like it" in failed.errors[0] and not failed.changed
    assert site.state() == before


def test_a_machine_of_somebody_else_is_taken_over_and_changed(site):
    text = f"""<domain type='qemu'><name>{site.name("web")}</name><title>old</title>
      <memory unit='GB'>1</memory><vcpu>1</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os>
      <devices><graphics type='spice'/><video><model type='qxl'/></video><sound model='ich9'/>
      <disk type='file' device='disk'><source file='/srv/a.img'/><target dev='vda'/></disk>
      <disk type='file' device='disk'><source file='/srv/b.img'/><target dev='vdb'/></disk>
      <interface type='network'><source network='default'/><model type='e1000e'/></interface>
      </devices></domain>"""
    handle = site.host.conn.defineXML(text)
    assert "nobody here owns" in site.run({"name": "web"}, images=[]).errors[0]
    found = _xml.load(site.host.domain_xml(handle))
    taken = site.run({"name": "web", "metadata": {"template": "t"}}, images=[], adopt=True)
    assert {c["path"] for c in changes(taken)} == {"metadata.owner", "metadata.template"}
    agree(site, {"name": "web", "disks": [{"name": "vdb", "cache": "none"}]}, "disks.vdb.cache")
    agree(site, {"name": "web", "nics": [{"network": "default", "link": "down"}]}, "nics")
    agree(site, {"name": "web", "cpus": 2, "memory": "512M", "title": "new"})
    left = _xml.load(site.host.domain_xml(handle))
    for path in (
        "devices/sound",
        "devices/graphics[@type='spice']",
        "devices/video",
        "devices/controller",
    ):
        assert len(left.findall(path)) == len(found.findall(path)) > 0, path
    assert left.find("devices/interface/model").get("type") == "e1000e"
    unknown = site.run({"name": "web", "disk": "9G"}, images=[])
    assert "cannot be found out" in unknown.errors[0]
