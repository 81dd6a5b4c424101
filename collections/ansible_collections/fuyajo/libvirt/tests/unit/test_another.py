# SPDX-License-Identifier: GPL-3.0-or-later
"""A clone, and a machine restored under another name, can run beside the first one."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import another as _another
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import (
    backup_restore as _restore,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import clone as _clone
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain

OLD, NEW = "11111111-1111-4111-8111-111111111111", "33333333-3333-4333-8333-333333333333"
QEMU = "{http://libvirt.org/schemas/domain/qemu/1.0}"
ARGS = "".join(
    f"<qemu:arg value='{arg.value}'/>"
    for arg in _domain.user_net_args(
        [_domain.Forward(22, 20001), _domain.Forward(80, 20002)], "52:54:00:00:00:09"
    )
)
RICH = f"""
<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>web</name><uuid>{OLD}</uuid><title>A title</title>
  <genid>22222222-2222-4222-8222-222222222222</genid><odd><thing/></odd>
  <metadata><fuyajo:vm xmlns:fuyajo='urn:fuyajo:domain:1'><fuyajo:owner>mika</fuyajo:owner>
    <fuyajo:template>t</fuyajo:template>
    <fuyajo:forward guest='22' host='20001' address='127.0.0.1'/>
    <fuyajo:forward guest='80' host='20002' address='127.0.0.1'/>
  </fuyajo:vm><other:x xmlns:other='urn:other'>kept</other:x></metadata>
  <os><loader type='pflash'>/c.fd</loader><nvram template='/v.fd'>/n/web_VARS.fd</nvram></os>
  <sysinfo type='smbios'><system><entry name='uuid'>{OLD}</entry><entry name='serial'>S-4711</entry>
    <entry name='sku'>s</entry></system></sysinfo>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/p/web.qcow2'/>
      <target dev='vda'/></disk>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='n'/>
      <target dev='tap-web'/></interface>
    <interface type='user'><mac address='52:54:00:00:00:02'/><target dev='vnet7'/>
      <portForward proto='tcp'><range start='20001' to='22'/></portForward></interface>
    <interface type='hostdev'><mac address='52:54:00:00:00:03'/></interface>
    <hostdev mode='subsystem' type='pci'><source><address bus='0x42'/></source></hostdev><lease/>
    <graphics type='vnc' port='5901' autoport='no' websocket='5701'>
      <listen type='socket' socket='/s'/></graphics>
    <serial type='file'><source path='/var/log/x'/><log file='/l/web.serial.log'/></serial>
    <console type='pty'><log file='/l/elsewhere.log'/></console>
    <channel type='unix'><source mode='bind' path='/c'/><target type='virtio' name='a'/></channel>
    <channel type='tcp'><source mode='bind' host='h' service='1'/></channel>
    <vsock><cid auto='no' address='7'/></vsock>
    <tpm model='tpm-crb'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>
    <gadget><inside/></gadget>
  </devices>
  <qemu:commandline>{ARGS}</qemu:commandline>
</domain>
"""
LACKS = [
    "channel of type tcp",
    "fixed name tap-web of a network card",
    "fixed port 5901 of vnc",
    "host device pci",
    "lease",
    "log of the console",
    "network card of type hostdev",
    "serial number of the system",
    "serial of type file",
    "the host's TPM",
]


def forwards(address="127.0.0.1"):
    return [_domain.Forward(22, 29001, address), _domain.Forward(80, 29002)]


def by_clone(text):
    clone = _clone.Clone("two", "mika", NEW, "web", OLD, forwards(), nvram="/n/two_VARS.fd")
    clone.files = {"vda": ("/p/two.qcow2", "qcow2")}
    return _clone.cloned(text, clone), _clone.dropped(text)


def by_restore(text):
    reborn = _restore.Reborn(
        name="two",
        renamed=True,
        owner="mika",
        mark=_restore.Mark("a", "d"),
        disks={"vda": ("/p/two.qcow2", "qcow2")},
        uuid=NEW,
        forwards=forwards(),
    )
    made, notes = _restore.rebuild(text, reborn)
    said = "two is without this of web: "
    assert all(note.startswith(said) for note in notes), notes
    return made, [note[len(said) :] for note in notes]


@pytest.fixture(params=[by_clone, by_restore])
def way(request):
    return request.param


def test_nothing_that_must_be_unique_is_had_twice(way):
    made, lacks = way(RICH)
    assert lacks == LACKS
    for old in (
        *(OLD + "<", "2222", ">web<", "/p/web", "web_VARS", "/l/web", "tap-web", "vnet7", "S-4711"),
        *("20001", "20002", "52:54:00:00:00:0", "5901", "5701", "/var/log/x", "elsewhere"),
        *("0x42", "/dev/tpm0", 'address="7"', 'path="/c"', 'socket="/s"'),
    ):
        assert old not in made, old
    root = ET.fromstring(made)
    assert (root.findtext("name"), root.findtext("uuid")) == ("two", NEW)
    assert [(each.text, len(each)) for each in root.findall("genid")] == [(None, 0)]
    assert root.findtext("os/nvram") == "/n/two_VARS.fd"
    assert root.find("devices/graphics").attrib == {"type": "vnc", "autoport": "yes"}
    assert root.find("devices/vsock/cid").attrib == {"auto": "yes"}
    assert root.find("devices/serial").get("type") == "pty"
    assert root.find("devices/serial/log").get("file") == "/l/two.serial.log"
    assert [c.get("type") for c in root.findall("devices/channel")] == ["unix"]
    for gone in ("hostdev", "lease", "tpm", "interface/target", "console/log", "serial/source"):
        assert root.find(f"devices/{gone}") is None, gone


def test_what_is_its_own_comes_from_its_name(way):
    root = ET.fromstring(way(RICH)[0])
    macs = [_defaults.mac_for("mika", "two", index) for index in range(3)]
    assert [mac.get("address") for mac in root.findall("devices/interface/mac")] == macs[:2]
    assert root.find("devices/interface/portForward/range").attrib == {"start": "29001", "to": "22"}
    args = [arg.get("value") for arg in root.findall(f"{QEMU}commandline/{QEMU}arg")]
    assert args == [arg.value for arg in _domain.user_net_args(forwards(), macs[2])]
    meta = _domain.parse_domain(way(RICH)[0]).meta
    assert (meta.owner, meta.template, meta.forwards) == ("mika", "t", forwards())


def test_what_is_not_known_comes_along(way):
    made, _lacks = way(RICH)
    for kept in ("<odd><thing", ">kept<", "<gadget><inside", "/v.fd", ">t<", ">s<", ">A title<"):
        assert kept in made, kept
    root = ET.fromstring(made)
    assert root.find("devices/interface/source").get("network") == "n"
    assert root.find("devices/channel/target").attrib == {"type": "virtio", "name": "a"}


def test_a_machine_without_an_owner_gets_one(way):
    made, _lacks = way("<domain><name>web</name><devices/></domain>")
    assert _domain.parse_domain(made).meta.owner == "mika"


def test_variables_that_are_given_as_a_source_are_not_shared(way):
    variables = "<nvram type='file'><source file='/n/any.fd'/></nvram>"
    made, _lacks = way(f"<domain><name>web</name><os>{variables}</os></domain>")
    nvram = ET.fromstring(made).find("os/nvram")
    assert "any.fd" not in made and len(nvram) == 0 and nvram.attrib == {}
    assert nvram.text == (None if way is by_restore else "/n/two_VARS.fd")


def test_the_same_machine_keeps_everything_of_its_own():
    mark = _restore.Mark("a", "d")
    disks = {"vda": ("/p/web.qcow2", "qcow2")}
    made, notes = _restore.rebuild(RICH, _restore.Reborn("web", False, "mika", mark, disks))
    assert notes == []
    for kept in ("5901", "tap-web", "S-4711", "2222", "20002", "0x42", "/dev/tpm0", "elsewhere"):
        assert kept in made, kept


def test_an_address_in_the_metadata_is_no_argument_for_qemu():
    root = ET.fromstring(RICH)
    evil = "127.0.0.1:1-:2,guestfwd=tcp:10.0.2.100:1-cmd:evil"
    assert "arguments for QEMU" not in _another.become(
        root, _another.Identity("two", "mika", NEW, forwards(evil))
    )
    args = [arg.get("value") for arg in root.findall(f"{QEMU}commandline/{QEMU}arg")]
    assert len(args) == 4 and not any("evil" in arg for arg in args)
