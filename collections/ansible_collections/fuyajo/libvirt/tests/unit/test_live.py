# SPDX-License-Identifier: GPL-3.0-or-later
"""From what runs to what is defined: what can be done now, and what has to wait."""

from __future__ import annotations

import copy
import struct

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.files import (
    backing_chain,
    read_file,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.live import way


def document(**fields):
    made = _domain.Domain(
        "web", machine="pc", memory_mib=64, max_memory_mib=128, cpus=1, max_cpus=4
    )
    made.disks = [
        _domain.Disk("/p/web.qcow2", "vda"),
        _domain.Disk("/p/web.s.qcow2", "sda", bus="scsi", alias="ua-disk-s"),
        _domain.Disk("", "hda", format="raw", bus="ide", device="cdrom", readonly=True),
    ]
    made.nics = [_domain.Nic("network", "52:54:00:00:00:01", network="a")]
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def root_bus(text, used=3):
    """Return XML as libvirt shows it of what runs: with a board, addresses and aliases."""
    root = _xml.load(text)
    devices = root.find("devices")
    devices.append(_xml.load("<controller type='pci' index='0' model='pci-root'/>"))
    devices.append(_xml.load("<controller type='scsi' index='0' model='virtio-scsi'/>"))
    for slot in range(used):
        place = (
            f"<address type='pci' domain='0x0000' bus='0x00' slot='{slot:#04x}' function='0x0'/>"
        )
        each = _xml.load(f"<memballoon model='none'>{place}</memballoon>")
        devices.append(each)
    return _xml.dump(root)


def route(now, later, used=3):
    text = root_bus(_domain.build_domain(now), used)
    return way(text, now, _domain.build_domain(later), later)


def changed(**fields):
    later = document()
    for name, value in fields.items():
        setattr(later, name, value)
    return later


def test_nothing_to_do():
    assert route(document(), document()).is_there


def test_what_the_balloon_holds_is_not_a_difference_that_waits():
    found = route(document(memory_mib=128, max_memory_mib=None), document())
    assert found.is_there and found.memory_mib == 64


@pytest.mark.parametrize(
    ("fields", "cpus", "memory", "restart"),
    [
        ({"cpus": 4}, 4, None, set()),
        ({"cpus": 5, "max_cpus": None}, None, None, {("cpus", "")}),
        ({"max_cpus": 8}, None, None, {("max_cpus", "")}),
        ({"memory_mib": 128, "max_memory_mib": None}, None, 128, set()),
        ({"memory_mib": 256, "max_memory_mib": None}, None, None, {("memory_mib", "")}),
        ({"memory_mib": 32, "max_memory_mib": None}, None, None, {("memory_mib", "")}),
        ({"title": "x", "description": "y"}, None, None, set()),
        ({"cpu_mode": "maximum"}, None, None, {("cpu_mode", "")}),
        ({"boot": [_domain.Boot("cdrom")]}, None, None, {("boot", "")}),
        (
            {"qemu_args": _domain.user_net_args([], "52:54:00:00:00:09")},
            None,
            None,
            {("nics", ""), ("forwards", "")},
        ),
    ],
)
def test_sizes_and_what_is_told_at_the_start(fields, cpus, memory, restart):
    found = route(document(), changed(**fields))
    assert (found.cpus, found.memory_mib, found.restart) == (cpus, memory, restart)


def test_fewer_processors_are_asked_for_and_wait():
    found = route(document(cpus=3), document(cpus=2))
    assert found.cpus == 2 and found.restart == {("cpus", "")}


def moves(found):
    return [(move.group, move.key, move.act) for move in found.moves]


def with_disk(**fields):
    later = document()
    later.disks.append(_domain.Disk(**{"path": "/p/new.qcow2", "dev": "vdb", **fields}))
    return later


def test_disks_come_where_there_is_room():
    assert moves(route(document(), with_disk())) == [("disks", "vdb", "attach")]
    assert route(document(), with_disk(), used=32).restart == {("disks", "vdb")}
    # SCSI needs no slot of the board.
    scsi = with_disk(bus="scsi", dev="sdb")
    assert moves(route(document(), scsi, used=32)) == [("disks", "sdb", "attach")]
    for bus, dev in (("sata", "sdb"), ("ide", "hdb")):
        assert route(document(), with_disk(bus=bus, dev=dev)).restart == {("disks", dev)}


def test_what_is_plugged_in_leaves_its_old_address_behind():
    text = root_bus(_domain.build_domain(document()))
    later = with_disk()
    defined = _xml.load(_domain.build_domain(later))
    place = "<address type='pci' domain='0x0000' bus='0x09' slot='0x00' function='0x0'/>"
    defined.findall("devices/disk")[-1].append(_xml.load(place))
    (move,) = way(text, document(), _xml.dump(defined), later).moves
    assert "address" not in move.xml and "new.qcow2" in move.xml


def test_disks_go_unless_they_only_move():
    later = document()
    later.disks = [disk for disk in later.disks if disk.dev != "sda"]
    assert moves(route(document(), later)) == [("disks", "sda", "detach")]
    later.disks.append(_domain.Disk("/p/web.s.qcow2", "vdb", alias="ua-disk-s"))
    found = route(document(), later)
    assert found.moves == [] and found.restart == {("disks", "sda"), ("disks", "vdb")}


@pytest.mark.parametrize(
    "field",
    [{"cache": "none"}, {"serial": "x"}, {"readonly": True}, {"boot_order": 1}, {"path": "/o"}],
)
def test_parts_of_a_disk_wait(field):
    later = document()
    for name, value in field.items():
        setattr(later.disks[1], name, value)
    assert route(document(), later).restart == {("disks", "sda")}


def test_media_are_changed_and_ejected():
    full = document()
    full.disks[2].path = "/iso/a.iso"
    (move,) = route(document(), full).moves
    assert (move.act, move.key) == ("update", "hda") and "/iso/a.iso" in move.xml
    (move,) = route(full, document()).moves
    assert "source" not in move.xml
    none = document()
    none.disks = none.disks[:2]
    assert route(document(), none).restart == {("disks", "hda")}


def test_cards():
    down = document()
    down.nics[0].link = "down"
    (move,) = route(document(), down).moves
    assert _xml.load(move.xml).find("link").get("state") == "down"
    (move,) = route(down, document()).moves
    # What says nothing is up, and the card has to be told so.
    assert move.act == "update" and _xml.load(move.xml).find("link").get("state") == "up"
    none = document(nics=[])
    assert moves(route(document(), none)) == [("nics", "52:54:00:00:00:01", "detach")]
    assert moves(route(none, document())) == [("nics", "52:54:00:00:00:01", "attach")]
    for name, value in (("model", "e1000"), ("network", "b"), ("boot_order", 3)):
        other = document()
        setattr(other.nics[0], name, value)
        assert route(document(), other).restart == {("nics", "52:54:00:00:00:01")}
    passt = document(nics=[_domain.Nic("user", "52:54:00:00:00:02", backend="passt")])
    assert route(none, passt).restart == {("nics", "52:54:00:00:00:02")}
    assert route(passt, none).restart == {("nics", "52:54:00:00:00:02")}


def test_root_ports_of_q35_are_counted():
    def board(text, ports, used):
        root = _xml.load(text)
        for old in root.findall("devices/controller[@type='pci']"):
            root.find("devices").remove(old)
        for address in root.findall("devices/memballoon"):
            root.find("devices").remove(address)
        root.find("devices").append(
            _xml.load("<controller type='pci' index='0' model='pcie-root'/>")
        )
        for index in range(1, ports + 1):
            port = f"<controller type='pci' index='{index}' model='pcie-root-port'/>"
            root.find("devices").append(_xml.load(port))
        for bus in range(1, used + 1):
            place = f"<address type='pci' bus='{bus:#04x}' slot='0x00'/>"
            root.find("devices").append(_xml.load(f"<rng model='virtio'>{place}</rng>"))
        return _xml.dump(root)

    later = with_disk()
    later.disks.append(copy.copy(later.disks[-1]))
    later.disks[-1].dev, later.disks[-1].path = "vdc", "/p/c.qcow2"
    text, there = root_bus(_domain.build_domain(document())), _domain.build_domain(later)
    for ports, used, fits in ((4, 2, 2), (3, 2, 1), (2, 2, 0)):
        found = way(board(text, ports, used), document(), there, later)
        assert (len(found.moves), len(found.restart)) == (fits, 2 - fits)


def test_another_seed_waits():
    now, later = document(meta=_domain.Meta(owner="m")), document(meta=_domain.Meta(owner="m"))
    later.meta.seed = "abc"
    assert route(now, later).restart == {("cloud_init", "")}


def qcow2(path, below):
    name = below.encode()
    path.write_bytes(b"QFI\xfb" + struct.pack(">IQI", 3, 512, len(name)) + b"\0" * 492 + name)


def test_chains_are_followed_as_far_as_they_can_be_read(tmp_path):
    one, two, three = (tmp_path / f"{name}.qcow2" for name in "abc")
    qcow2(one, "b.qcow2")
    qcow2(two, f"file:{three}")
    three.write_bytes(b"raw")
    assert backing_chain(str(one)) == {str(two), str(three)}
    assert backing_chain(str(three)) == set()
    assert backing_chain(str(tmp_path / "nobody")) == set()
    qcow2(three, "a.qcow2")  # a circle ends
    assert str(one) in backing_chain(str(one))
    qcow2(three, "x" * 2000)
    assert backing_chain(str(three)) == set()
    three.write_bytes(b"QFI\xfb" + b"\xff" * 16)
    assert backing_chain(str(three)) == set()


def test_a_file_that_is_no_seed_is_not_read_into_memory(tmp_path):
    big = tmp_path / "big"
    big.write_bytes(b"x" * 100)
    assert read_file(str(big), 100) == b"x" * 100
    assert read_file(str(tmp_path / "nobody"), 1) is None
    with pytest.raises(FuyajoError, match="more than 99"):
        read_file(str(big), 99)


def test_an_edit_keeps_the_order_that_was_said():
    text = _domain.build_domain(document())
    for order in (["cdrom", "hd", "network"], ["network", "hd"], ["hd", "cdrom"]):
        text = _domain.edit_domain(text, {"boot": [_domain.Boot(each) for each in order]})
        assert [each.dev for each in _domain.parse_domain(text).boot] == order
