"""A machine's definition as flat values: all of it that somebody could change by hand.

What the collection reads has the names of its documents (`cpus`, `nics[52:54:00:…].network`); whatever else
the definition says goes by its place in libvirt's XML (`other.clock@offset`). Elements of lists go by what
identifies them, so that one more does not move the others. Values are anybody's text, and bounded.
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from functools import cache
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    Domain,
    parse_domain,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain_rows import ROWS

from fuyajo.domain.errors import shown
from fuyajo.domain.machine import Fields

OTHER = "other."
LONGEST = 200
# How an element of a list is told from the others: the first of these that it has.
KEYS = ("dev", "mac", "guest", "name", "tag")
XML_KEYS = ("target@dev", "mac@address", "target@dir", "@index")
# Chosen by libvirt for every device: they say nothing that anybody wants, and move when one is added.
CHOSEN = frozenset({"address", "alias"})
# A user's own names of devices begin so; the others are given at every start anew.
OWN_ALIAS = "ua-"


def fields(xml: str, document: Domain | None = None) -> Fields:
    """Everything that a definition says; `document` is what the collection read in it already."""
    found = dict(_named(document or parse_domain(xml), ""))
    found.update(_rest(_xml.load(xml)))
    return found


def live_fields(xml: str) -> Fields:
    """What a machine that runs is now, as far as the collection names it.

    The rest of a live document is full of what libvirt chose for this start.
    """
    found = dict(_named(parse_domain(xml), ""))
    return {path: v for path, v in found.items() if not _given(path, v)}


def _given(path: str, value: object) -> bool:
    return path.endswith(".alias") and not str(value).startswith(OWN_ALIAS)


def _named(value: Any, path: str) -> Iterator[tuple[str, str | int | bool]]:
    """Leaves of a document of the collection. What is None, false or empty is not said."""
    if is_dataclass(value):
        for each in fields_of(value):
            name = "metadata" if path == "" and each.name == "meta" else each.name
            yield from _named(getattr(value, each.name), f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for key, item in _keyed(value):
            yield from _named(item, f"{path}[{key}]")
    elif value not in (None, False, ""):
        yield shown(path, LONGEST), _bounded(value) if isinstance(value, str) else value


def _keyed(items: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    used: set[str] = set()
    for index, item in enumerate(items):
        said = (getattr(item, key, None) for key in KEYS)
        key = str(next((one for one in said if one), index))
        if type(item).__name__ == "Controller":
            key = f"{item.kind}{item.index or 0}"
        key = key if key not in used else f"{key}#{index}"
        used.add(key)
        yield key, item


def _bounded(text: str) -> str:
    """The text, printable; of a long one its beginning and a digest of all."""
    plain = shown(text, 6 * len(text) + 1)
    if len(plain) <= LONGEST:
        return plain
    return f"{plain[:150]}… sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _rest(root: ET.Element) -> Iterator[tuple[str, str | bool]]:
    bound = _bound()
    for place, path, value in _leaves(root, "", ""):
        if place not in bound:
            said = _bounded(value) if isinstance(value, str) else value
            yield shown(OTHER + path, LONGEST), said


def _leaves(element: ET.Element, place: str, path: str) -> Iterator[tuple[str, str, str | bool]]:
    """(place in the schema, the same with keys, text or presence) of all that an element says."""
    for name, value in element.attrib.items():
        yield f"{place}@{_xml.contract(name)}", f"{path}@{_xml.contract(name)}", value
    text = (element.text or "").strip()
    children = [child for child in element if child.tag not in CHOSEN or place.count("/") != 1]
    if text or not (children or element.attrib or len(element)):
        yield place, path, text or True
    used: Counter[str] = Counter()
    for child in children:
        tag = _xml.contract(child.tag)
        name = f"{path}/{tag}{_identity(child) if place == 'devices' else ''}".lstrip("/")
        used[name] += 1
        again = f"[#{used[name]}]" if used[name] > 1 else ""
        yield from _leaves(child, f"{place}/{tag}".lstrip("/"), name + again)


def _identity(element: ET.Element) -> str:
    if element.tag == "controller":
        return f"[{element.get('type', '')}{element.get('index', '')}]"
    for path in XML_KEYS:
        place, _, attribute = path.partition("@")
        found = element.find(place) if place else element
        if found is not None and found.get(attribute):
            return f"[{found.get(attribute)}]"
    return ""


@cache
def _bound() -> frozenset[str]:
    """Places that the collection reads."""
    return frozenset(_places(ROWS, ""))


def _places(rows: Sequence[Any], prefix: str) -> Iterator[str]:
    for row in rows:
        if isinstance(row, _xml.Const):
            continue  # written and never read: a change of it would go unseen
        path = prefix + ("/" if prefix and not row.path.startswith("@") else "") + row.path
        if isinstance(row, _xml.One | _xml.Many):
            yield path
            yield from _places(row.rows, path)
        elif isinstance(row, _xml.Pair):
            for one in (row.path, row.ceiling_path):
                yield from (prefix + one, f"{prefix}{one}@unit")
        else:
            yield path
