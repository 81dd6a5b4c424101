# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of real machines under emulation: what goes in comes out, byte for byte."""

from __future__ import annotations

import threading
import xml.etree.ElementTree as ET

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.backup_list import list_backups
from ansible_collections.fuyajo.libvirt.tests.integration.backup_support import tool

pytestmark = [pytest.mark.libvirt, pytest.mark.slow]


def test_a_disk_survives_backup_deletion_and_restore(yard):
    yard.make()
    yard.write(0xAB, "0", "4M")
    yard.host.start(yard.handle)
    moments = {}
    assert yard.ok(name="mon")["kind"] == "full"
    moments["mon"] = yard.both()
    for name, pattern in (("tue", 0xCD), ("wed", 0xEF)):
        yard.write(pattern, "1M", "64k")
        yard.write(pattern, "512k", "64k", "vda")
        facts = yard.ok(name=name)
        assert facts["kind"] == "incremental" and facts["consistency"] == "crash"
        assert facts["size_bytes"] < 1 << 20, "an incremental backup holds only what changed"
        moments[name] = yard.both()
    assert facts["chain"] == ["mon", "tue", "wed"]
    assert len({tuple(both) for both in moments.values()}) == 3
    assert list(yard.host.checkpoints(yard.handle)) == [facts["checkpoint"]]
    uuid = yard.handle.UUIDString()

    yard.delete_machine()
    for name, both in moments.items():
        done = yard.run(name=name, state="restored", replace=True)
        assert not done.errors, done.errors
        assert yard.both() == both, name
    assert yard.handle.UUIDString() == uuid
    assert not yard.host.is_active(yard.handle)
    # A restored machine is one like any other: it runs, and its next backup begins a new chain.
    yard.host.start(yard.handle)
    again = yard.ok(name="thu")
    assert again["kind"] == "full" and "no checkpoint" in again["notes"][-1]


def test_a_machine_that_is_off(yard):
    yard.make()
    yard.write(1, "0", "1M")
    done = yard.run(name="a")
    assert done.results[-1]["actions"][:2] == ["start with the guest paused", "stop"]
    assert not yard.host.is_active(yard.handle)
    first = yard.both()
    yard.write(2, "64k", "64k")
    facts = yard.ok(name="b", kind="incremental", quiesce=True)
    assert (facts["kind"], facts["parent"], facts["consistency"]) == ("incremental", "a", "off")
    assert len(yard.host.checkpoints(yard.handle)) == 1
    assert "fuyajo-a" not in tool("qemu-img", "info", yard.data).stdout
    for name, both in (("a", first), ("b", yard.both())):
        found = [yard.content(yard.shelf / name / f"{disk}.qcow2") for disk in ("vda", "vdb")]
        assert found == both


def test_all_disks_are_of_one_moment(yard):
    yard.make(size="32M")
    yard.write(255, "4M", "24M")
    yard.host.start(yard.handle)
    enough, counts = threading.Event(), []

    def count():
        while not enough.is_set():
            for disk in ("vda", "vdb"):
                yard.write(len(counts) % 250, "0", "64k", disk)
            counts.append(len(counts))

    writer = threading.Thread(target=count)
    writer.start()
    try:
        while len(counts) < 5 and writer.is_alive():
            writer.join(0.01)
        begun = len(counts)
        yard.ok(name="a")
        assert len(counts) > begun, "the machine went on while it was backed up"
    finally:
        enough.set()
        writer.join()
    first, second = (yard.first_byte(yard.shelf / "a" / f"{d}.qcow2") for d in ("vda", "vdb"))
    assert (first - second) % 250 in (0, 1)


def test_twice_is_once_and_check_mode_tells_the_truth(yard):
    yard.host.start(yard.make())
    steps = (
        {"name": "a"},
        {"name": "b"},
        {"name": "b", "state": "verified"},
        {"name": "b", "state": "restored", "as": f"{yard.tag}-two"},
        {"name": "b", "state": "restored", "replace": True},
        {"name": "b", "state": "restored", "as": f"{yard.tag}-two", "started": True},
        {"name": "b", "state": "absent"},
        {"name": "a", "state": "absent"},
    )
    for step in steps:
        if step == steps[4]:
            yard.host.destroy(yard.handle)
        before = yard.everything()
        planned = yard.run(check=True, **step)
        assert not planned.errors, planned.errors
        assert yard.everything() == before, step
        done = yard.run(**step)
        assert not done.errors, done.errors
        assert [r["changes"] for r in planned.results] == [r["changes"] for r in done.results]
        assert done.changed == (step["state"] != "verified" if "state" in step else True)
        for check in (False, True):
            again = yard.run(check=check, **step)
            assert not again.errors and not again.changed, (step, again)
    assert not yard.shelf.exists(), "the last backup takes its directory along"


def test_another_name_is_another_machine(yard):
    meta = _domain.Meta(owner="tvf", forwards=[_domain.Forward(22, 29870)])
    args = _domain.user_net_args(meta.forwards, "52:54:00:00:00:01")
    nic = _domain.Nic("network", "52:54:00:00:00:02", network="default")
    yard.make(meta=meta, qemu_args=args, nics=[nic])
    xml = yard.host.domain_xml(yard.handle)
    # The network of that card does not run here, and nothing of a stopped machine may depend on it.
    yard.host.define(_domain.edit_domain(xml, {"nics": []}))
    yard.write(7, "0", "1M")
    yard.ok(name="a")
    other = f"{yard.tag}-other"
    facts = yard.ok(name="a", state="restored", started=True, **{"as": other})
    assert facts["machine"]["state"] == "running"
    text = yard.host.domain_xml(yard.host.lookup(other))
    document = _domain.parse_domain(text)
    assert document.uuid == facts["machine"]["uuid"] != yard.handle.UUIDString()
    assert document.meta.forwards[0].host != 29870 and "29870" not in text
    assert "52:54:00:00:00:01" not in text
    assert yard.content(yard.path / f"{other}.data.qcow2") == yard.content(yard.data)
    assert yard.run(name="a", state="restored", started=True, **{"as": other}).changed is False


def test_another_name_runs_beside_the_first(yard):
    log = f"/var/log/libvirt/qemu/{yard.vm}.serial.log"
    serial = "11111111-serial-of-the-first"
    yard.make(serial_log=log, graphics=[_domain.Graphics("vnc", "yes", "127.0.0.1")])
    root = ET.fromstring(yard.host.domain_xml(yard.handle))
    root.find("devices/graphics").attrib.update(autoport="no", port="5987")
    ET.SubElement(root, "genid").text = GENID
    system = ET.SubElement(ET.SubElement(root, "sysinfo", type="smbios"), "system")
    ET.SubElement(system, "entry", name="serial").text = serial
    yard.host.start(yard.host.define(ET.tostring(root, encoding="unicode")))
    yard.ok(name="a")
    other = f"{yard.tag}-other"
    step = {"name": "a", "state": "restored", "as": other, "started": True}
    planned = yard.run(check=True, **step).facts["backup"]
    done = yard.ok(**step)
    assert done["machine"]["state"] == "running" and yard.host.is_active(yard.handle)
    lacks = [f"{other} is without this of {yard.vm}: {what}" for what in LACKS]
    assert done["notes"][-len(LACKS) :] == lacks
    assert [each["notes"] for each in planned.values()] == [done["notes"]]
    first, second = (ET.fromstring(vm.XMLDesc()) for vm in (yard.handle, yard.host.lookup(other)))
    for path in ("name", "uuid", "genid"):
        assert second.findtext(path), path
        assert first.findtext(path) != second.findtext(path), path
    assert first.find("devices/graphics").get("port") == "5987"
    assert second.find("devices/graphics").get("port") not in (None, "-1", "5987")
    assert second.find("devices/serial/log").get("file") == log.replace(yard.vm, other)
    text = ET.tostring(second, encoding="unicode")
    assert serial not in text and yard.vm not in text.replace(str(yard.shelf), "")
    assert yard.run(**step).changed is False


GENID = "22222222-2222-4222-8222-222222222222"
LACKS = ["fixed port 5987 of vnc", "serial number of the system"]


def test_what_else_a_machine_has(yard, tmp_path):
    seed = yard.path / f"{yard.vm}.seed.iso"
    shared, fixed = yard.path / "shared.raw", yard.path / "fixed.raw"
    medium = yard.path / "medium.iso"
    yard.make(
        _domain.Disk(str(seed), "vdc", format="raw", readonly=True),
        _domain.Disk(str(shared), "vdd", format="raw", readonly=True),
        _domain.Disk(str(medium), "hda", format="raw", bus="ide", device="cdrom", readonly=True),
    )
    for path in (seed, shared, fixed, medium):
        path.write_bytes(path.name.encode().ljust(4096, b"."))
    facts = yard.ok(name="a")
    assert [disk["target"] for disk in facts["disks"]] == ["vda", "vdb"]
    assert facts["notes"] == [
        "vdd is left out: it cannot be written",
        "full, because there is no earlier backup of this machine",
    ]
    seed.unlink()
    shared.unlink()
    yard.delete_machine()
    notes = yard.ok(name="a", state="restored")["notes"]
    assert any("vdd is not part" in note for note in notes)
    assert any("hda has no medium" in note for note in notes)
    assert seed.read_bytes().startswith(seed.name.encode())
    text = yard.host.domain_xml(yard.handle)
    assert str(seed) in text and str(shared) not in text and str(medium) not in text
    assert medium.exists()


def test_variables_of_the_firmware(yard):
    yard.make()
    xml = yard.host.domain_xml(yard.handle)
    nvram = f"/var/lib/libvirt/qemu/nvram/{yard.vm}_VARS.fd"
    code = '<loader readonly="yes" type="pflash">/usr/share/OVMF/OVMF_CODE_4M.fd</loader>'
    text = f'{code}<nvram template="/usr/share/OVMF/OVMF_VARS_4M.fd">{nvram}</nvram></os>'
    yard.host.define(xml.replace("</os>", text))
    yard.ok(name="a")
    with open(nvram, "rb") as stream:
        kept = stream.read()
    assert (yard.shelf / "a" / "nvram.fd").read_bytes() == kept
    yard.delete_machine()
    yard.ok(name="a", state="restored")
    with open(nvram, "rb") as stream:
        assert stream.read() == kept
    other = f"{yard.tag}-other"
    yard.ok(name="a", state="restored", **{"as": other})
    assert f"{other}_VARS.fd" in yard.host.domain_xml(yard.host.lookup(other))


def test_raw_disks_allow_only_full_backups(yard):
    raw = yard.path / f"{yard.vm}.plain.raw"
    yard.make(_domain.Disk(str(raw), "vdc", format="raw"))
    raw.write_bytes(b"x" * (1 << 20))
    facts = yard.ok(name="a")
    assert facts["checkpoint"] is None and "vdc is raw" in facts["notes"][-1]
    assert yard.ok(name="b")["kind"] == "full"
    assert "vdc is raw" in yard.error(name="c", kind="incremental")
    raw.unlink()
    yard.delete_machine()
    yard.ok(name="a", state="restored")
    assert raw.read_bytes() == b"x" * (1 << 20)


def test_what_is_lost_makes_a_full_backup_that_says_why(yard):
    yard.make()
    yard.ok(name="a")
    tool("qemu-img", "resize", "-q", yard.data, "9M")
    grown = yard.ok(name="c")
    assert grown["kind"] == "full" and "vdb is new, gone or of another size" in grown["notes"][-1]
    bitmap = grown["checkpoint"]
    tool("qemu-img", "bitmap", "--remove", yard.data, bitmap)
    assert "vdb since c is not known" in yard.error(name="d", kind="incremental")
    yard.host.start(yard.handle)
    assert "vdb since c is not known" in yard.ok(name="d")["notes"][-1]
    assert yard.ok(name="e", kind="full")["notes"] == []
    assert yard.ok(name="f", max_incrementals=1)["kind"] == "incremental"
    assert "in a row" in yard.ok(name="g", max_incrementals=1)["notes"][-1]
    # libvirt itself finds out only when the job begins.
    yard.host.measured_checkpoint = lambda handle, name: MEASURED
    try:
        yard.host.destroy(yard.handle)
        mark = yard.ok(name="h")["checkpoint"]
        tool("qemu-img", "bitmap", "--remove", yard.data, mark)
        yard.host.start(yard.handle)
        late = yard.ok(name="i")
    finally:
        del yard.host.measured_checkpoint
    assert late["kind"] == "full" and "bitmap" in late["notes"][-1]


MEASURED = """<domaincheckpoint><disks><disk name='vda' size='0'/><disk name='vdb' size='0'/></disks>
</domaincheckpoint>"""


def test_retention(yard):
    yard.host.start(yard.make())
    for name, kind in (("f1", "full"), ("i1", "auto"), ("f2", "full"), ("i2", "auto")):
        yard.ok(name=name, kind=kind, keep=2)
    assert "i1 lies on" in yard.error(name="f1", state="absent")
    planned = yard.run(check=True, name="f3", kind="full", keep=2)
    gone = [c["path"] for c in planned.results[-1]["changes"] if c["effect"] == "destroy"]
    assert gone == ["backups.i1", "backups.f1"]
    yard.ok(name="f3", kind="full", keep=2)
    listed = list_backups({"directory": str(yard.backups), "vm": yard.vm})
    assert [b["name"] for b in listed["backups"]] == ["f2", "i2", "f3"]
    # The backups of an earlier machine of that name are not counted and not deleted.
    yard.delete_machine()
    yard.ok(name="i2", state="restored", **{"as": f"{yard.tag}-x"})
    assert yard.ok(name="i2", state="absent") is None
    assert yard.run(name="i2", state="absent").changed is False
