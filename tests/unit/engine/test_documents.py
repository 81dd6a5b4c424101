"""A definition as flat values: whatever somebody changes in it is seen, and told by name."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from fuyajo.domain.drift import moved
from fuyajo.engine.documents import fields, live_fields

ROOT = (
    Path(__file__).parents[3] / "collections/ansible_collections/fuyajo/libvirt/tests/unit/golden"
)
XML = (ROOT / "domain-hostfwd.xml").read_text()


def changed(edit: str, to: str) -> list[tuple[str, object, object]]:
    assert edit in XML
    found = moved(fields(XML), fields(XML.replace(edit, to, 1)))
    return [(one.path, one.before, one.after) for one in found]


def test_the_same_is_the_same() -> None:
    assert moved(fields(XML), fields(XML)) == []


def test_every_value_of_a_definition_counts() -> None:
    """But for what libvirt chooses: addresses and aliases of devices."""
    root = ET.fromstring(XML)
    before = fields(XML)
    unseen = []
    for index, element in enumerate(root.iter()):
        for name in element.attrib:
            other = copy.deepcopy(root)
            list(other.iter())[index].set(name, "7")
            if fields(ET.tostring(other, encoding="unicode")) == before:
                unseen.append(f"{element.tag}@{name}")
        if (element.text or "").strip():
            other = copy.deepcopy(root)
            list(other.iter())[index].text = "7"
            if fields(ET.tostring(other, encoding="unicode")) == before:
                unseen.append(element.tag)
    assert unseen == []


def test_names_are_those_of_the_collection_or_of_libvirt() -> None:
    assert [p for p, _, _ in changed("<on_crash>destroy", "<on_crash>restart")] == [
        "other.on_crash"
    ]
    ((path, before, after),) = changed("</devices>", "<watchdog model='itco'/></devices>")
    assert (path, before, after) == ("other.devices/watchdog@model", None, "itco")
    nic = "<interface type='network'><mac address='52:54:00:00:00:09'/><source network='n'/></interface>"
    ((path, before, after),) = changed("</devices>", f"{nic}</devices>")
    assert (path, before) == ("nics[52:54:00:00:00:09]", None)
    assert "network=n" in str(after)


def test_hostile_text_is_bounded_and_printable() -> None:
    evil = "x" * 5000 + "\u202e"
    text = XML.replace("</name>", f"</name><description>{evil}\u009b[2J</description>", 1)
    said = str(fields(text)["description"])
    assert said.isprintable() and len(said) < 220
    other = text.replace("[2J", "[3J")
    assert fields(other)["description"] != said, "a change past the bound counts"


@pytest.mark.parametrize("alias", ["<alias name='virtio-disk0'/>", "<address type='pci'/>"])
def test_what_libvirt_chooses_is_nobodys_change(alias: str) -> None:
    live = XML.replace("<target dev=", f"{alias}<target dev=", 1)
    named = {k: v for k, v in fields(XML).items() if not k.startswith("other.")}
    assert live_fields(live) == named
