# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents and XML say the same, in both directions, whatever the texts contain."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import facts as _facts
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_devices import plug
from hypothesis import given
from hypothesis import strategies as st

GOLDEN = Path(__file__).parent / "golden"
UUID = "9d3b1a1e-6f0e-4a44-8d1c-0f5f8b1f6a11"
TEXT = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=30)


def machine(passt: bool = False) -> _domain.Domain:
    forwards = [_domain.Forward(22, 20022), _domain.Forward(80, 20080)]
    document = _domain.Domain(
        name="web",
        uuid=UUID,
        machine="pc",
        cpu_mode="maximum",
        memory_mib=512,
        cpus=2,
        meta=_domain.Meta(owner="mika", environment="shop", forwards=forwards),
        disks=[
            _domain.Disk("/pool/web.qcow2", "vda", base=_domain.Base("/pool/base-0.qcow2")),
            _domain.Disk("/pool/web.seed.iso", "vdb", format="raw", readonly=True),
        ],
    )
    plug(document, "mika", ["backend", "user"], forwards, passt)
    return document


def pretty(text: str) -> str:
    element = _xml.load(text)
    ET.indent(element)
    return _xml.dump(element) + "\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("domain-hostfwd", _domain.build_domain(machine())),
        ("domain-passt", _domain.build_domain(machine(passt=True))),
        (
            "network-isolated",
            _network.build_network(
                _network.merge(
                    _network.Network("backend", _network.network_uuid("mika", "backend")),
                    {"cidr": "10.10.0.0/24"},
                    making=True,
                )
            ),
        ),
        ("pool", _storage.build_pool(_storage.Pool("fuyajo", "/srv/fuyajo"))),
        (
            "volume-overlay",
            _storage.build_volume(
                _storage.Volume("web.qcow2", 2**30, backing=_storage.Backing("/pool/base-0.qcow2"))
            ),
        ),
    ],
)
def test_golden(name, text):
    assert pretty(text) == (GOLDEN / f"{name}.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("passt", [False, True])
def test_parse_gives_back_what_was_built(passt):
    document = machine(passt)
    found = _domain.parse_domain(_domain.build_domain(document))
    # An explicit end of a backing chain reads as an empty base.
    for disk in found.disks:
        if disk.base is not None and not disk.base.path:
            disk.base = None
    assert found == document
    assert _facts.nic_names(found) == ["backend", "user"]


@given(owner=TEXT, template=TEXT)
def test_texts_with_metacharacters_stay_texts(owner, template):
    document = machine()
    document.meta = _domain.Meta(owner=owner, template=template)
    text = _domain.build_domain(document)
    found = _domain.parse_domain(text)
    assert found.meta == document.meta
    assert _xml.paths(_xml.load(text)) == _xml.paths(_xml.load(_domain.build_domain(document)))
    assert _domain.parse_meta(_domain.build_meta(document.meta)) == document.meta


@given(name=TEXT)
def test_a_name_cannot_become_an_element(name):
    document = machine()
    document.name = name + "</name><devices><emulator>/tmp/x</emulator></devices>"
    root = _xml.load(_domain.build_domain(document))
    assert root.findtext("name") == document.name
    assert root.find("devices/emulator") is None


def test_qemu_arguments_other_than_the_user_network_are_refused():
    document = machine()
    document.qemu_args = [_domain.QemuArg(w) for w in ("-netdev", "tap,script=/tmp/x", "-S", "-S")]
    with pytest.raises(FuyajoError, match="QEMU arguments"):
        _domain.build_domain(document)


@pytest.mark.parametrize(
    "foreign",
    [
        "<domain><devices><hostdev/></devices></domain>",
        "<domain><devices><filesystem/></devices></domain>",
        "<domain><devices><emulator>/tmp/x</emulator></devices></domain>",
        "<network/>",
    ],
)
def test_elements_that_we_never_write_are_refused(foreign):
    with pytest.raises(FuyajoError, match="refused"):
        _domain.check_domain(foreign)


def test_edit_changes_only_what_was_said():
    before = _domain.build_domain(machine()).replace(
        "</devices>", "<watchdog model='i6300esb'/></devices>"
    )
    after = _domain.edit_domain(before, {"memory_mib": 1024})
    found = _domain.parse_domain(after)
    assert (found.memory_mib, found.cpus) == (1024, 2)
    assert _xml.load(after).find("devices/watchdog") is not None
    assert found.qemu_args == machine().qemu_args


def test_edit_can_take_the_user_network_away():
    after = _domain.edit_domain(_domain.build_domain(machine()), {"nics": [], "qemu_args": []})
    assert "qemu:" not in after
    assert _facts.nic_names(_domain.parse_domain(after)) == []


def test_files_of_a_domain_include_lower_layers():
    text = _domain.build_domain(machine())
    assert _domain.disk_files(text) == {
        "/pool/web.qcow2",
        "/pool/base-0.qcow2",
        "/pool/web.seed.iso",
    }
