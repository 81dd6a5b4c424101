# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever libvirt's grammar allows is read, and an edit leaves alone what it was not asked about."""

from __future__ import annotations

import collections
import dataclasses
import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml

grammar = pytest.importorskip("ansible_collections.fuyajo.libvirt.tests.unit.support.grammar")

GRAMMAR = Path("/usr/share/libvirt/schemas/network.rng")
DOCUMENTS = 100
SAID = {
    "dns.txt": [{"name": "added", "value": "by us"}],
    "dns.hosts": [{"ip": "10.9.9.9", "names": ["added"]}],
    "dns.srv": [],
    "domain": "added.example",
    "routes": [{"cidr": "10.9.0.0/16", "gateway": "10.8.0.1"}],
    "mtu": 1234,
}


@pytest.fixture(scope="module")
def texts():
    if not GRAMMAR.exists():
        pytest.skip("libvirt's schemas are not installed")
    made = grammar.Grammar(GRAMMAR)
    documents = (made.document(random.Random(n), 0.2 + n % 5 / 10) for n in range(DOCUMENTS))
    return [ET.tostring(document, encoding="unicode") for document in documents]


def everything(root, but=()):
    """Count every element by its place, attributes and text, save those at or below ``but``."""
    found = collections.Counter()
    stack = [(root, "")]
    while stack:
        element, path = stack.pop()
        here = f"{path}/{element.tag}"
        if here in but:
            continue
        found[here, tuple(sorted(element.attrib.items())), (element.text or "").strip()] += 1
        stack += [(child, here) for child in element]
    return found


def test_everything_is_read_and_nothing_is_changed_unasked(texts):
    used = set()
    for text in texts:
        found = _network.parse_network(text)
        _network.network_facts(found)
        assert everything(_xml.load(_network.edit_network(text, found))) == everything(
            _xml.load(text)
        )
        assert _network.updates(text, found) == []
        used |= _xml.paths(_xml.load(text))
    # Broad enough to mean something: what we never write is there as well.
    assert {"network/portgroup/vlan", "network/forward/driver", "network/virtualport"} <= used


@pytest.mark.parametrize("path", SAID)
def test_one_option_changes_one_place(texts, path):
    field = path.replace(".", "_")
    places = {
        "dns.txt": ("/network/dns",),
        "dns.hosts": ("/network/dns",),
        "dns.srv": ("/network/dns",),
        "domain": ("/network/domain",),
        "routes": ("/network/route",),
        "mtu": ("/network/mtu",),
    }[path]
    for text in texts:
        found = _network.parse_network(text)
        wanted = dataclasses.replace(found, **{field: SAID[path]})
        after = _network.edit_network(text, wanted)
        assert getattr(_network.parse_network(after), field) == SAID[path]
        before = everything(_xml.load(text), places)
        assert everything(_xml.load(after), places) == before
