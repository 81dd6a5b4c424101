# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a new machine becomes XML that libvirt's own grammar accepts, and reads back."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import (
    data_disks,
    media,
    projection,
    root_disk,
    settle,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_options import wanted_options
from ansible_collections.fuyajo.libvirt.tests.unit.support.machines import (
    context,
    document,
    machines,
    parsed,
)
from hypothesis import given, settings
from hypothesis import strategies as st

GRAMMAR = Path("/usr/share/libvirt/schemas/domain.rng")
CONTEXTS = [
    context(),
    context(passt=True),
    context("kvm"),
    context(uri="qemu:///session"),
]
DEFAULTS = {"memory_source", "memory_access"}


@pytest.fixture(scope="module")
def grammar():
    etree = pytest.importorskip("lxml.etree")
    if not GRAMMAR.exists():
        pytest.skip("libvirt's schemas are not installed")
    schema = etree.RelaxNG(etree.parse(str(GRAMMAR)))

    def check(text: str) -> None:
        assert schema.validate(etree.fromstring(text)), f"{schema.error_log}\n{text}"

    return check


@settings(max_examples=150, deadline=None)
@given(options=machines(), ctx=st.sampled_from(CONTEXTS))
def test_every_machine_is_valid_xml_and_reads_back(grammar, options, ctx):
    made = document(options, ctx)
    text = _domain.build_domain(made)
    # passt's port forwards are younger than the schema of libvirt 9.0.
    if not any(nic.forwards or nic.backend for nic in made.nics):
        grammar(text)
    found = _domain.parse_domain(text)
    if made.title == "":
        made.title = None
    assert found == made


@settings(max_examples=100, deadline=None)
@given(options=machines(), ctx=st.sampled_from(CONTEXTS))
def test_what_was_made_is_what_was_wanted(options, ctx):
    vm = parsed(options)
    found = projection(_domain.parse_domain(_domain.build_domain(document(options, ctx))))
    wanted = wanted_options(vm)
    wanted.pop("autostart")
    for disk in wanted["disks"] or ():
        disk.pop("size_gib", None)
        if "volume" in disk:
            disk.setdefault("pool", "fuyajo")
    if options.get("graphics") == "vnc" and options.get("video") is None:
        assert found["video"] == "vga"
    settled = settle(wanted, found)
    # The order in which libvirt or we put cards is no difference; what is said of each is.
    different = {
        key: (value, found[key])
        for key, value in settled.items()
        if value is not None and value != found[key]
    }
    assert different == {}


def full() -> dict:
    """Return a machine with everything that is a list."""
    return {
        "name": "web",
        "disk": "1G",
        "cloud_init": {"user": "ann"},
        "disks": [
            {"name": "data", "size": "1G"},
            {"name": "big", "size": "2G", "bus": "scsi", "format": "raw"},
            {"name": "shelf", "volume": "shelf.raw"},
        ],
        "media": [{"name": "cd", "path": "/srv/a.iso"}, {"name": "empty", "path": ""}],
        "nics": [
            {"network": "user"},
            {"network": "a"},
            {"bridge": "br0", "mac": "52:54:00:00:00:01"},
        ],
    }


def test_names_and_places_of_disks():
    options = full()
    options["nics"] = None
    made = document(options)
    assert root_disk(made).path == "/srv/pool/web.qcow2"
    assert {name: (d.dev, d.kind, d.format) for name, d in data_disks(made).items()} == {
        "data": ("vdc", "file", "qcow2"),
        "big": ("sda", "file", "raw"),
        "shelf": ("vdd", "volume", "raw"),
    }
    assert {name: (d.dev, d.bus) for name, d in media(made).items()} == {
        "cd": ("hda", "ide"),
        "empty": ("hdb", "ide"),
    }
    assert data_disks(made)["data"].path == "/srv/pool/web.data.qcow2"
    assert [c.kind for c in made.controllers] == ["usb", "scsi"]
    assert document({**options, "machine": "q35"}).disks[-1].bus == "sata"


def test_a_machine_of_data_disks_alone_has_no_root_disk():
    made = document({"name": "web", "disks": [{"name": "data", "size": "1G"}]})
    assert root_disk(made) is None
    assert list(data_disks(made)) == ["data"]


def test_foreign_disks_go_by_their_targets():
    made = _domain.Domain("foreign")
    made.disks = [_domain.Disk("/a", "vda"), _domain.Disk("/b", "vdb"), _domain.Disk("", "sda")]
    made.disks[2].device = "cdrom"
    assert list(data_disks(made)) == ["vdb"] and list(media(made)) == ["sda"]


def test_hardware_needs():
    assert document({"name": "web", "firmware": "uefi"}).machine == "q35"
    assert document({"name": "web"}).machine == "pc"
    usb = document({"name": "web", "host_devices": [{"usb": "046d:c52b"}]})
    assert [c.model for c in usb.controllers] == ["qemu-xhci"]
    shared = document({"name": "web", "shares": [{"name": "s", "path": "/srv"}]})
    assert (shared.memory_source, shared.memory_access) == ("memfd", "shared")
    assert document({"name": "web", "shares": [{"name": "s", "path": "/srv", "driver": "9p"}]})
    logged = document({"name": "web", "serial_log": True})
    assert logged.serial_log == "/var/log/libvirt/qemu/web.serial.log"
    remote = context(uri="qemu+ssh://far/session")
    remote.host.is_local = False
    with pytest.raises(FuyajoError, match="serial_log"):
        document({"name": "web", "serial_log": True}, remote)
    with pytest.raises(FuyajoError, match="has no volume nope"):
        document({"name": "web", "disks": [{"name": "d", "volume": "nope"}]})
    assert document({"name": "web", "max_memory": 512}).memory_mib == 512


def test_settle_names_what_differs():
    options = full()
    options["nics"] = [{"network": "a"}, {"bridge": "br0"}]
    found = projection(document(options), {"vdc": 1})
    wanted = wanted_options(
        parsed(
            {
                "name": "web",
                "machine": "pc",
                "disks": [
                    {"name": "new", "size": "3G"},
                    {"name": "big", "state": "absent"},
                    {"name": "gone", "state": "absent"},
                    {"name": "data", "cache": "none"},
                ],
                "media": [{"name": "cd", "path": ""}],
                "nics": [{"bridge": "br0", "link": "down"}, {"network": "b"}],
            }
        )
    )
    settled = settle(wanted, found)
    assert [d["name"] for d in settled["disks"]] == ["data", "shelf", "new"]
    assert settled["disks"][0] == {**found["disks"][0], "cache": "none"}
    assert settled["media"] == [{"name": "cd", "path": ""}]
    assert [n.get("network") or n["bridge"] for n in settled["nics"]] == ["br0", "b"]
    assert settled["nics"][0] == {**found["nics"][1], "link": "down"}
    assert settle({"machine": "q35"}, {"machine": "pc-q35-7.2"})["machine"] == "pc-q35-7.2"
    exact = settle(wanted, found, exact_disks=True)
    assert [d["name"] for d in exact["disks"]] == ["data", "new"]
    before = copy.deepcopy(wanted)
    settle(wanted, found)
    assert wanted == before
    by_mac = settle({"nics": [{"network": "c", "mac": found["nics"][0]["mac"]}]}, found)
    assert by_mac["nics"] == [{**found["nics"][0], "network": "c"}]


def test_projection_of_what_others_made():
    text = """
    <domain type='kvm'><name>x</name><memory unit='GiB'>2</memory>
    <currentMemory unit='MB'>1000</currentMemory><vcpu placement='static' current='2'>4</vcpu>
    <os><type machine='pc-q35-9.0'>hvm</type><loader type='pflash' secure='yes'>/c</loader>
    <boot dev='fd'/></os>
    <devices><hostdev mode='subsystem' type='pci'><source>
    <address bus='1' slot='0x1f' function='0'/></source></hostdev>
    <hostdev mode='subsystem' type='usb'><source><address bus='1' device='2'/></source></hostdev>
    <hostdev mode='subsystem' type='usb'><source><vendor id='046d'/><product id='0xc52b'/></source>
    </hostdev>
    <interface type='direct'><source dev='eth0'/></interface><interface type='user'/></devices>
    </domain>"""
    found = projection(_domain.parse_domain(text))
    assert (found["memory_mib"], found["max_memory_mib"]) == (954, 2048)
    assert (found["cpus"], found["max_cpus"]) == (2, 4)
    assert (found["firmware"], found["secure_boot"], found["boot"]) == ("uefi", True, ["fd"])
    assert found["host_devices"] == [
        {"pci": "0000:01:1f.0"},
        {"other": "usb"},
        {"usb": "046d:c52b"},
    ]
    assert [nic["network"] for nic in found["nics"]] == ["direct", "user"]
