# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever libvirt accepts is read, and an edit leaves alone what it was not asked about.

The documents come from libvirt's own grammar, as it is installed on this machine.
"""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain_rows import ROWS
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import projection
from ansible_collections.fuyajo.libvirt.tests.unit.support.grammar import Grammar

GRAMMAR = Path("/usr/share/libvirt/schemas/domain.rng")
DOCUMENTS = 300
# Every field that an edit may name, with a value that no random document has.
EDITS = {
    "cpus": 7,
    "max_cpus": 2**40,
    "memory_mib": 4321,
    "max_memory_mib": 2**40,
    "title": "a new title",
    "description": None,
    "machine": "q35",
    "firmware": "efi",
    "cpu_mode": "custom",
    "cpu_model": "qemu64",
    "boot": [_domain.Boot("network")],
    "memory_source": "memfd",
    "memory_access": "shared",
    "serial_log": "/var/log/x.log",
    "disks": [_domain.Disk("/new", "vdzz", base=_domain.Base("/base"))],
    "nics": [_domain.Nic("network", "52:54:00:99:99:99", network="new")],
    "controllers": [_domain.Controller("scsi", 0, "virtio-scsi")],
    "channels": [_domain.Channel()],
    "videos": [_domain.Video("virtio")],
    "graphics": [],
    "shares": [_domain.Share(path="/srv", tag="new")],
    "host_devices": [_domain.HostDevice(kind="usb", vendor="0x1234", product="0x4321")],
    "tpm": _domain.Tpm("tpm-crb", "emulator", "2.0"),
    "meta": _domain.Meta(owner="me", tags=[_domain.Tag("t")]),
    "qemu_args": [],
    "firmware_features": [_domain.Feature("secure-boot", "no")],
}


@pytest.fixture(scope="module")
def texts():
    if not GRAMMAR.exists():
        pytest.skip("libvirt's schemas are not installed")
    grammar = Grammar(GRAMMAR)
    made = (grammar.document(random.Random(seed), 0.2 + seed % 5 / 10) for seed in range(DOCUMENTS))
    return [ET.tostring(document, encoding="unicode") for document in made]


def test_the_generator_keeps_to_the_grammar(texts):
    etree = pytest.importorskip("lxml.etree")
    schema = etree.RelaxNG(etree.parse(str(GRAMMAR)))
    wrong = [text for text in texts if not schema.validate(etree.fromstring(text))]
    assert wrong == []
    used = {path for text in texts for path in _xml.paths(_xml.load(text))}
    devices = {path.split("/")[2] for path in used if path.startswith("domain/devices/")}
    # Broad enough to mean something: kinds of disk sources, and devices that we have never heard of.
    assert {"disk", "interface", "hostdev", "filesystem", "vsock", "shmem", "iommu"} <= devices
    assert len(used) > 700


def test_everything_is_read(texts):
    for text in texts:
        document = _domain.parse_domain(text)
        assert all(isinstance(path, str) for path in _domain.disk_files(text))
        assert all(len(pair) == 2 for pair in _domain.disk_volumes(text))
        assert _facts.vm_facts(document, "running", None)["name"] == document.name
        assert projection(document)["memory_mib"] == document.memory_mib


def everything(root: ET.Element, but: str) -> list[tuple]:
    """Return every element with its place, attributes and text, save those at or below ``but``."""
    found = []
    stack = [(root, "")]
    while stack:
        element, path = stack.pop()
        if not path or not (path + "/").startswith(but + "/"):
            text = (element.text or "").strip()
            found.append((path, tuple(sorted(element.attrib.items())), text))
            stack += [(c, f"{path}/{_xml.contract(c.tag)}".lstrip("/")) for c in element]
    return sorted(found)


def places(field: str) -> list[str]:
    """Return where a field lives: the elements that an edit of it may touch."""
    for row in ROWS:
        if isinstance(row, _xml.Pair) and field in (row.field, row.ceiling):
            return [row.path.partition("@")[0], row.ceiling_path]
        if getattr(row, "field", None) == field:
            return [row.path.partition("@")[0]]
    raise LookupError(field)


def without(found: list[tuple], touched: list[str]) -> list[tuple]:
    """Leave out the elements of ``touched``, what is below, and what had to be made to hold them."""
    kept = []
    for path, attributes, text in found:
        below = any((path + "/").startswith(place + "/") for place in touched)
        above = any(place.startswith(path + "/") for place in touched)
        if not below and not (above and not attributes and not text):
            kept.append((path, attributes, text))
    return kept


@pytest.mark.parametrize("field", EDITS)
def test_an_edit_leaves_everything_else(texts, field):
    touched = places(field)
    # A third of the documents for each, another third each time: the whole takes seconds.
    for text in texts[list(EDITS).index(field) % 3 :: 3]:
        after = _domain.edit_domain(text, {field: EDITS[field]})
        sides = [without(everything(_xml.load(side), "-"), touched) for side in (text, after)]
        assert sides[0] == sides[1]
        found = getattr(_domain.parse_domain(after), field)
        # A ceiling that the value itself reaches is none.
        assert found in (EDITS[field], EDITS[field] or None) or field.startswith("max_")


def test_writing_back_what_was_read_changes_nothing(texts):
    fields = [f.name for f in dataclasses.fields(_domain.Domain)]
    # Sizes are written in our own units.
    fields = [f for f in fields if f not in ("cpus", "max_cpus", "memory_mib", "max_memory_mib")]
    for text in texts:
        document = _domain.parse_domain(text)
        root = _xml.load(text)
        there = {f: getattr(document, f) for f in fields if is_there(root, f)}
        after = _domain.edit_domain(text, there)
        assert everything(_xml.load(after), "-") == everything(root, "-")


def is_there(root: ET.Element, field: str) -> bool:
    row = next(row for row in ROWS if getattr(row, "field", None) == field)
    return _xml.get(root, row.path) is not None


@pytest.mark.parametrize(
    ("memory", "mib"),
    [
        ("<memory>1048576</memory>", 1024),
        ("<memory unit='KiB'>1</memory>", 1),
        ("<memory unit='k'>2048</memory>", 2),
        ("<memory unit='b'>1048577</memory>", 2),
        ("<memory unit='bytes'>1048576</memory>", 1),
        ("<memory unit='KB'>1049</memory>", 2),
        ("<memory unit='MB'>1000</memory>", 954),
        ("<memory unit='MiB'>3</memory>", 3),
        ("<memory unit='GiB'>2</memory>", 2048),
        ("<memory unit='TB'>1</memory>", 953675),
        ("<memory unit='e'>1</memory>", 2**40),
        ("<memory unit='parsec'>1</memory>", 1024),
        ("<memory>garbage</memory>", 1024),
        ("<memory/>", 1024),
        ("", 1024),
    ],
)
def test_units_of_memory(memory, mib):
    found = _domain.parse_domain(f"<domain><name>x</name>{memory}<vcpu>many</vcpu></domain>")
    assert (found.memory_mib, found.max_memory_mib, found.cpus) == (mib, None, 1)


def test_a_current_value_alone_is_read():
    text = "<domain><currentMemory unit='MiB'>7</currentMemory><vcpu current='2'>1</vcpu></domain>"
    found = _domain.parse_domain(text)
    assert (found.memory_mib, found.cpus, found.max_cpus) == (7, 1, None)


def test_edits_of_pairs():
    text = "<domain><memory unit='GiB'>2</memory><vcpu placement='static' current='2'>4</vcpu></domain>"

    def sizes(**edits):
        found = _domain.parse_domain(_domain.edit_domain(text, edits))
        return found.cpus, found.max_cpus, found.memory_mib, found.max_memory_mib

    assert sizes() == (2, 4, 2048, None)
    assert sizes(cpus=3) == (3, 4, 2048, None)
    assert sizes(cpus=8) == (8, None, 2048, None)
    assert sizes(max_cpus=8) == (2, 8, 2048, None)
    assert sizes(max_cpus=None) == (2, None, 2048, None)
    assert sizes(memory_mib=1024) == (2, 4, 1024, None)
    assert sizes(memory_mib=1024, max_memory_mib=4096) == (2, 4, 1024, 4096)
    assert "placement" in _domain.edit_domain(text, {"cpus": 1})


def test_a_changed_device_keeps_what_we_do_not_know():
    text = """<domain><devices>
    <interface type='network'><mac address='52:54:00:00:00:01'/><source network='a'/>
    <mtu size='9000'/></interface>
    <interface type='network'><mac address='52:54:00:00:00:02'/><source network='b'/></interface>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2' queues='4'/>
    <source file='/a'/><backingStore type='file'><format type='raw'/><source file='/b'/>
    </backingStore><target dev='vda' bus='virtio'/><iotune/></disk></devices></domain>"""
    found = _domain.parse_domain(text)
    found.nics[0].network = "c"
    found.disks[0].cache = "none"
    after = _xml.load(
        _domain.edit_domain(text, {"nics": found.nics[:1], "disks": [*found.disks, _cd()]})
    )
    assert after.find("devices/interface/mtu") is not None
    assert after.find("devices/interface/source").get("network") == "c"
    assert len(after.findall("devices/interface")) == 1
    first, second = after.findall("devices/disk")
    assert first.find("driver").attrib["queues"] == "4" and first.find("iotune") is not None
    assert first.find("backingStore/source").get("file") == "/b"
    assert second.find("source") is None and second.find("backingStore") is None


def _cd() -> _domain.Disk:
    return _domain.Disk("", "sda", "raw", "sata", "cdrom", True)
