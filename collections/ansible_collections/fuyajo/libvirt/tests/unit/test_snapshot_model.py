# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots and clones as documents."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import clone as _clone
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import (
    iso_image,
    seed_image,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed_copy import seed_copy
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed_read import (
    same_seed,
    seed_files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import (
    parse_snapshot,
)

DOMAIN = """
<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web</name><uuid>11111111-1111-1111-1111-111111111111</uuid>
  <genid>22222222-2222-2222-2222-222222222222</genid><odd><thing/></odd>
  <metadata><fuyajo:vm xmlns:fuyajo='urn:fuyajo:domain:1'><fuyajo:owner>mika</fuyajo:owner>
    <fuyajo:template>t</fuyajo:template><fuyajo:forward guest='22' host='20001' address='127.0.0.1'/>
  </fuyajo:vm><other:x xmlns:other='urn:other'>kept</other:x></metadata>
  <os><loader type='pflash'>/c.fd</loader><nvram template='/v.fd'>/n/web_VARS.fd</nvram></os>
  <sysinfo type='smbios'><system><entry name='uuid'>1111</entry><entry name='sku'>s</entry></system></sysinfo>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/p/web.qcow2'/>
      <backingStore type='file'><source file='/p/base.qcow2'/></backingStore>
      <target dev='vda'/><serial>root</serial></disk>
    <disk type='file' device='disk'><driver type='raw'/><source file='/p/s.raw'/><target dev='vdb'/>
      <shareable/></disk>
    <disk type='file' device='cdrom'><source file='/iso/x.iso'/><target dev='sda'/><readonly/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='n'/></interface>
    <interface type='user'><mac address='52:54:00:00:00:02'/>
      <portForward proto='tcp'><range start='20001' to='22'/></portForward></interface>
    <interface type='hostdev'><mac address='52:54:00:00:00:03'/></interface>
    <hostdev mode='subsystem' type='pci'/><lease/>
    <graphics type='vnc' port='5901' autoport='no'><listen type='socket' socket='/s'/></graphics>
    <serial type='file'><source path='/var/log/x'/><log file='/l/web-serial.log'/></serial>
    <console type='pty'><log file='/l/elsewhere.log'/></console>
    <channel type='unix'><source mode='bind' path='/c'/><target type='virtio' name='a'/></channel>
    <channel type='tcp'><source mode='bind' host='h' service='1'/></channel>
    <vsock><cid auto='no' address='7'/></vsock>
    <tpm model='tpm-crb'><backend type='emulator'/></tpm>
  </devices>
  <qemu:commandline><qemu:arg value='-foo'/></qemu:commandline>
</domain>
"""


def wished():
    return _clone.Clone(
        "two",
        "ken",
        "33333333-3333-3333-3333-333333333333",
        "web",
        "11111111-1111-1111-1111-111111111111",
        [_domain.Forward(22, 20999)],
        {"vda": ("/p/two.qcow2", "qcow2")},
        "/n/two_VARS.fd",
        "now",
    )


def test_a_copy_has_nothing_that_must_be_unique():
    text = _clone.cloned(DOMAIN, wished())
    root = ET.fromstring(text)
    for old in (
        "20001",
        "52:54:00:00:00:0",
        "5901",
        "/p/web",
        "web_VARS",
        "mika",
        "-foo",
        "2222",
        ">1111<",
    ):
        assert old not in text, old
    for kept in (
        "<odd><thing",
        "kept",
        "/p/s.raw",
        "/iso/x.iso",
        "/v.fd",
        ">t<",
        "sku",
        "/l/two-serial.log",
    ):
        assert kept in text, kept
    assert root.find("devices/serial").get("type") == "pty"
    assert root.find("devices/vsock/cid").attrib == {"auto": "yes"}
    assert [c.get("type") for c in root.findall("devices/channel")] == ["unix"]
    assert root.find("devices/interface/portForward/range").attrib == {"start": "20999", "to": "22"}
    assert root.find("devices/disk/backingStore") is None


def test_a_copy_says_where_it_came_from_and_what_it_lacks():
    wish = wished()
    text = _clone.cloned(DOMAIN, wish)
    assert _clone.origin(text) == "web" and _clone.origin(DOMAIN) is None
    assert _clone.is_unfinished(text) and not _clone.is_unfinished(DOMAIN)
    wish.unfinished = None
    assert not _clone.is_unfinished(_clone.cloned(text, wish))
    assert _domain.parse_domain(text).meta.owner == "ken"
    assert _clone.dropped(DOMAIN) == [
        "arguments for QEMU",
        "channel of type tcp",
        "fixed port 5901 of vnc",
        "host device pci",
        "lease",
        "log of the console",
        "network card of type hostdev",
        "serial of type file",
        "what the TPM holds",
    ]


def test_names_of_copies():
    def name(path, target="vdb", disk_format="qcow2", root=False):
        seen = _snapshot.DiskSeen(target, path, disk_format, False, False, "disk")
        return _clone.volume_for("two", "web", seen, root)

    assert name("/p/web.qcow2", root=True) == "two.qcow2"
    assert name("/p/web.s1.vda.qcow2", "vda", root=True) == "two.qcow2"
    assert name("/p/web.s1.vdb.2.qcow2") == "two.vdb.qcow2"
    assert name("/p/web.data.qcow2") == "two.data.qcow2"
    assert name("/p/web.data.raw", disk_format="raw") == "two.data.raw"
    assert name("/p/any.img", disk_format="raw", root=True) == "two.vdb.raw"


def test_names_of_overlays():
    taken = {"web.s1.vda.qcow2", "web.s1.vda.2.qcow2"}
    assert _snapshot.overlay_name("web", "s1", "vda", set()) == "web.s1.vda.qcow2"
    assert _snapshot.overlay_name("web", "s1", "vda", taken) == "web.s1.vda.3.qcow2"
    for volume in (*taken, "web.s1.vda.3.qcow2"):
        assert _snapshot.is_overlay("web", volume)
    for volume in (
        "web.qcow2",
        "web.data.qcow2",
        "web.vol.qcow2",
        "web.seed.iso",
        "web2.s.vda.qcow2",
    ):
        assert not _snapshot.is_overlay("web", volume)


def made(name, parent=None, created=1, **more):
    return _snapshot.Snapshot(name, parent=parent, created=created, **more)


def test_trees_are_sorted_and_keep_orphans():
    all_of_them = [
        made("c", "a", 3),
        made("b", "a", 2),
        made("a", None, 1, current=True),
        made("lost", "gone", 9),
    ]
    assert _snapshot.tree(all_of_them) == [
        {
            "name": "a",
            "current": True,
            "children": [
                {"name": "b", "current": False, "children": []},
                {"name": "c", "current": False, "children": []},
            ],
        },
        {"name": "lost", "current": False, "children": []},
    ]
    assert _snapshot.descendants(all_of_them, "a") == ["b", "c"]
    facts = _snapshot.snapshot_facts(all_of_them[2], all_of_them)
    assert (facts["children"], facts["created"]) == (["b", "c"], "1970-01-01T00:00:01Z")


def test_round_trip_and_edits():
    wish = _snapshot.Snapshot("s", 'a < b & "c"', disks=[_snapshot.SnapDisk("vda", "internal")])
    text = _snapshot.build_snapshot(wish)
    again = _snapshot.parse_snapshot(text)
    assert (again.name, again.description, again.kind) == ("s", wish.description, "internal")
    disks = "<disks><disk name='vda' snapshot='external'><source file='/p/o.qcow2'/></disk></disks>"
    full = f"<domainsnapshot><name>s</name><state>disk-snapshot</state>{disks}{DOMAIN}</domainsnapshot>"
    read = _snapshot.parse_snapshot(full, True)
    assert (read.kind, read.machine_state, read.included) == ("external", "running", ["vda"])
    assert {t: s.path for t, s in read.layers().items()} == {"vda": "/p/web.qcow2"}
    assert read.layers()["vda"].names == {"root"}
    moved = _snapshot.parse_snapshot(_snapshot.repointed(full, "vda", "/p/new", "raw"))
    assert (moved.layers()["vda"].path, moved.layers()["vda"].format) == ("/p/new", "raw")
    assert "/p/o.qcow2" not in _snapshot.unlinked(read)
    assert _snapshot.parse_snapshot(_snapshot.described(full, "new")).description == "new"
    assert _snapshot.uses_pflash(DOMAIN)


def test_disks_that_were_not_recorded_stay_what_they_are():
    disks = "<disk><source file='/a'/><target dev='vda'/></disk>"
    disks += "<disk><source file='/b'/><target dev='vdb'/></disk>"
    then = f"<domain><devices>{disks}</devices></domain>"
    now = then.replace("/a", "/a2").replace("/b", "/b2")
    text = _snapshot.taken_back(then, now, {"vda": ("/a3", "qcow2")})
    assert {d.target: d.path for d in _snapshot.disks_seen(text)} == {"vda": "/a3", "vdb": "/b2"}


def test_all_problems_at_once():
    check = Checker()
    raw = {"vm": "W", "name": "no name", "state": "present", "disks": [], "kind": "external"}
    parse_snapshot(check, "s", {**raw, "memory": True, "description": "a\nb"})
    assert [p.partition(":")[0] for p in check.problems] == [
        "s.vm",
        "s.name",
        "s.description",
        "s.disks",
        "s.memory",
    ]
    check = Checker()
    parse_snapshot(check, "s", {"vm": "w", "name": "x", "kind": "internal", "quiesce": True})
    assert len(check.problems) == 1
    # A snapshot of somebody else's tools may be called anything.
    check = Checker()
    parse_snapshot(check, "s", {"vm": "w", "name": "Ärger & 1", "state": "absent"})
    assert not check.problems


def test_agents():
    target = "<target name='org.qemu.guest_agent.0' state='{}'/>"
    live = f"<domain><devices><channel>{target}</channel></devices></domain>"
    assert _snapshot.agent_answers(live.format("connected"))
    assert not _snapshot.agent_answers(live.format("disconnected"))


def test_seeds_are_copied_with_a_new_identity():
    seed = seed_image(
        "web", "i-1", {"user": "u", "user_data": {"fqdn": "web.example", "packages": []}}
    )
    copy = seed_copy(seed, "two", "i-2")
    meta = json.loads(seed_files(copy)["meta-data"])
    assert meta == {"instance-id": "i-2", "local-hostname": "two"}
    user = json.loads(seed_files(copy)["user-data"].partition(b"\n")[2])
    assert (user["hostname"], user["fqdn"], user["packages"]) == ("two", "two", [])
    # Whoever asks `vm` for the clone with the same wish finds it fulfilled.
    assert same_seed(
        seed_copy(seed_image("web", "i", {"user": "u"}), "two", "j"), "two", "j", {"user": "u"}
    )
    for bad in (
        b"",
        b"x" * 70000,
        iso_image({"meta-data": b"{}", "user-data": b"#!/bin/sh"}),
        iso_image({"meta-data": b"[]", "user-data": b"#cloud-config\n{}"}),
    ):
        with pytest.raises(ValueError):
            seed_copy(bad, "two", "i")
