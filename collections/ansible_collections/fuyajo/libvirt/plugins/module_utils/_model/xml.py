# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny binder between dataclasses and XML. Pure.

One row says where a field lives, and works in both directions::

    ROWS = (Row("cpus", "vcpu", int), Row("arch", "os/type@arch"))
    element = build("domain", document, ROWS)
    document = parse(Domain, element, ROWS)

A path is ``a/b`` (text of an element), ``a/b@c`` (an attribute) or ``@c`` (an attribute of the
element itself). The prefixes of ``NAMESPACES`` may be used in it. XML never exists as a string that
somebody glued together, so a name full of metacharacters stays a name.
"""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import Any, Callable, Sequence, TypeVar, Union

NAMESPACES = {
    "fuyajo": "urn:fuyajo:domain:1",
    "qemu": "http://libvirt.org/schemas/domain/qemu/1.0",
    "restored": "urn:fuyajo:restored:1",
}

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One field in one place. ``None`` is not written; a missing place leaves the default.

    ``read`` may return None for a text that it cannot use: the default stays. ``write`` may return
    None as well: nothing is written.
    """

    field: str
    path: str
    read: Callable[[str], Any] = str
    write: Callable[[Any], str | None] = str


@dataclass(frozen=True)
class Seen(Row):
    """A row that is read and never written: what libvirt tells and we do not say."""


@dataclass(frozen=True)
class Pair:
    """A value and its ceiling. A ceiling of None means: the value itself is the ceiling.

    Then the value stands at the ceiling's place, and the other one is not written. ``read`` gets the
    text and the ``unit`` attribute beside it.
    """

    field: str
    ceiling: str
    path: str
    ceiling_path: str
    read: Callable[[str, str | None], int | None]
    write: Callable[[int], str] = str


@dataclass(frozen=True)
class Const:
    """Written always, never read. ``value`` None makes an empty element."""

    path: str
    value: str | None = None


@dataclass(frozen=True)
class Flag:
    """A bool that is the presence of an empty element."""

    field: str
    path: str


@dataclass(frozen=True)
class One:
    """A nested document, or None."""

    field: str
    path: str
    cls: type[Any]
    rows: Sequence[AnyRow]


@dataclass(frozen=True)
class Many:
    """A list of nested documents, one element each."""

    field: str
    path: str
    cls: type[Any]
    rows: Sequence[AnyRow]


AnyRow = Union[Row, Pair, Const, Flag, One, Many]


def build(tag: str, document: Any, rows: Sequence[AnyRow]) -> ET.Element:
    """Return a new element that says what ``document`` says."""
    element = ET.Element(expand(tag))
    _fill(element, document, rows)
    return element


def parse(cls: type[T], element: ET.Element, rows: Sequence[AnyRow]) -> T:
    """Return a ``cls`` with what ``element`` says; what no row names is ignored.

    Raises ValueError when a row's ``read`` does.
    """
    values: dict[str, Any] = {}
    for row in rows:
        if isinstance(row, Row):
            text = get(element, row.path)
            value = None if text is None else row.read(text)
            if value is not None:
                values[row.field] = value
        elif isinstance(row, Pair):
            values.update(read_pair(element, row))
        elif isinstance(row, Flag):
            values[row.field] = find(element, row.path) is not None
        elif isinstance(row, One):
            inner = find(element, row.path)
            values[row.field] = None if inner is None else parse(row.cls, inner, row.rows)
        elif isinstance(row, Many):
            found = element.findall(_steps(row.path))
            values[row.field] = [parse(row.cls, each, row.rows) for each in found]
    return cls(**values)


def read_pair(element: ET.Element, row: Pair) -> dict[str, int | None]:
    """Return {field: value} of a pair: empty when nothing is there, ceiling None when it is equal."""
    found = []
    for path in (row.path, row.ceiling_path):
        text = get(element, path)
        unit = get(element, path.partition("@")[0] + "@unit")
        found.append(None if text is None else row.read(text, unit))
    value, ceiling = found
    if value is None or (ceiling is not None and value > ceiling):
        value = ceiling
    if value is None:
        return {}
    return {row.field: value, row.ceiling: ceiling if ceiling != value else None}


def find(element: ET.Element, path: str) -> ET.Element | None:
    """Return the first element at ``path`` (no attribute part), or None."""
    return element.find(_steps(path))


def get(element: ET.Element, path: str) -> str | None:
    """Return the text or attribute at ``path``, or None."""
    place, attribute = _split(path)
    found = element.find(_steps(place)) if place else element
    if found is None:
        return None
    if attribute:
        return found.get(attribute)
    return found.text or ""


def put(element: ET.Element, path: str, value: str | None) -> ET.Element:
    """Write ``value`` at ``path``, creating what is missing; return the element written to."""
    place, attribute = _split(path)
    target = _ensure(element, place) if place else element
    if attribute:
        target.set(attribute, value or "")
    elif value is not None:
        target.text = value
    return target


def load(text: str) -> ET.Element:
    """Parse XML that libvirt (or this file) wrote."""
    return ET.fromstring(text)  # noqa: S314 - the text is libvirt's, and expat refuses XXE


def dump(element: ET.Element) -> str:
    """Return the XML text of ``element``, with the prefixes libvirt expects."""
    for prefix, uri in NAMESPACES.items():
        # libvirt looks for the namespace, people who read the XML look for the prefix.
        ET.register_namespace(prefix, uri)
    return ET.tostring(element, encoding="unicode")


def expand(tag: str) -> str:
    """Turn ``prefix:tag`` into ElementTree's ``{uri}tag``."""
    prefix, colon, local = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else tag


def contract(tag: str) -> str:
    """Turn ElementTree's ``{uri}tag`` back into ``prefix:tag``; unknown namespaces stay."""
    for prefix, uri in NAMESPACES.items():
        if tag.startswith(f"{{{uri}}}"):
            return f"{prefix}:{tag[len(uri) + 2 :]}"
    return tag


def paths(element: ET.Element, above: str = "") -> set[str]:
    """Return the path of every element, the root included."""
    here = f"{above}/{contract(element.tag)}" if above else contract(element.tag)
    found = {here}
    for child in element:
        found |= paths(child, here)
    return found


def _fill(element: ET.Element, document: Any, rows: Sequence[AnyRow]) -> None:
    for row in rows:
        if isinstance(row, Const):
            put(element, row.path, row.value)
            continue
        if isinstance(row, Seen):
            continue
        value = getattr(document, row.field)
        if isinstance(row, Many):
            for each in value:
                _fill(_append(element, row.path), each, row.rows)
        elif value is None or value is False:
            continue
        elif isinstance(row, One):
            _fill(_ensure(element, row.path), value, row.rows)
        elif isinstance(row, Flag):
            put(element, row.path, None)
        elif isinstance(row, Pair):
            write_pair(element, row, value, getattr(document, row.ceiling))
        else:
            _write_row(element, row, value)


def _write_row(element: ET.Element, row: Row, value: Any) -> None:
    text = row.write(value)
    if text is not None:
        put(element, row.path, text)


def write_pair(element: ET.Element, row: Pair, value: int, ceiling: int | None) -> None:
    """Write a value and its ceiling."""
    put(element, row.ceiling_path, row.write(value if ceiling is None else ceiling))
    if ceiling is not None and ceiling != value:
        put(element, row.path, row.write(value))


def _append(element: ET.Element, path: str) -> ET.Element:
    above, _slash, last = path.rpartition("/")
    return ET.SubElement(_ensure(element, above) if above else element, expand(last))


def _ensure(element: ET.Element, path: str) -> ET.Element:
    for step in path.split("/"):
        child = element.find(expand(step))
        element = ET.SubElement(element, expand(step)) if child is None else child
    return element


@functools.lru_cache(maxsize=None)
def _split(path: str) -> tuple[str, str]:
    place, _at, attribute = path.partition("@")
    return place, attribute


@functools.lru_cache(maxsize=None)
def _steps(path: str) -> str:
    return "/".join(expand(step) for step in path.split("/"))
