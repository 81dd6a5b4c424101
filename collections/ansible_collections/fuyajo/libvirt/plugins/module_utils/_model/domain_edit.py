# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing some fields of a domain XML anew, and leaving everything else as it was. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any, Callable, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain_rows import (
    ROWS,
    Domain,
    end_chain,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import (
    Flag,
    Many,
    One,
    Pair,
    Row,
    Seen,
)

# What makes two elements of a list the same thing. A list that is not here goes by position.
_IDENTITY: Mapping[str, Callable[[Any], Any]] = {
    "disks": lambda disk: disk.dev,
    "nics": lambda nic: nic.mac and nic.mac.lower(),
    "controllers": lambda each: (each.kind, each.index or 0),
    "channels": lambda channel: channel.name,
    "shares": lambda share: share.tag,
}
# A disk keeps what lies below it: that is decided by what is in the file.
_FIXED = ("base",)


def edit_domain(text: str, edits: Mapping[str, Any]) -> str:
    """Return ``text`` with some fields written anew and everything else left as it was.

    ``edits`` maps names of fields of `Domain` to what they are to be; None takes a field away. Of a
    list, elements that say the same as before are not touched, and of those that do not, only what
    differs is: what we have no field for survives. A value above its ceiling raises the ceiling.
    """
    root = _xml.load(text)
    before = _xml.parse(Domain, root, ROWS)
    rows: dict[str, Any] = {}
    for row in ROWS:
        if isinstance(row, Pair):
            _edit_pair(root, row, edits)
        elif not isinstance(row, (_xml.Const, Seen)):
            rows[row.field] = row
    for field, value in edits.items():
        if field in rows and getattr(before, field) != value:
            _edit(root, rows[field], value)
    if "qemu_args" in edits:
        _drop_empty(root, "qemu:commandline")
    return _xml.dump(root)


def _edit_pair(root: ET.Element, row: Pair, edits: Mapping[str, Any]) -> None:
    if row.field not in edits and row.ceiling not in edits:
        return
    found = _xml.read_pair(root, row)
    ceiling = edits.get(row.ceiling, found.get(row.ceiling))
    value = edits.get(row.field) or found.get(row.field) or ceiling
    if value is None:
        return
    for path in (row.path, row.ceiling_path):
        # The units that are written are ours.
        place = _xml.find(root, path.partition("@")[0])
        if place is not None:
            place.attrib.pop("unit", None)
    _remove(root, row.path)
    _xml.write_pair(root, row, value, None if ceiling is None else max(value, ceiling))


def _edit(element: ET.Element, row: Any, value: Any) -> None:
    """Write one field, whatever its row is."""
    if isinstance(row, Many):
        _edit_list(element, row, value or [])
    elif isinstance(row, One):
        _edit_one(element, row, value)
    elif isinstance(row, Flag):
        if value:
            _xml.put(element, row.path, None)
        else:
            _remove(element, row.path)
    else:
        text = None if value is None else row.write(value)
        if text is None:
            _remove(element, row.path)
        else:
            _xml.put(element, row.path, text)


def _edit_one(element: ET.Element, row: One, value: Any) -> None:
    place = _xml.find(element, row.path)
    if place is None:
        if value is not None:
            above, _slash, tag = row.path.rpartition("/")
            holder = _xml.put(element, above, None) if above else element
            holder.append(_xml.build(tag, value, row.rows))
    elif value is None:
        _remove(element, row.path)
    else:
        _edit_fields(place, row, value)


def _edit_fields(place: ET.Element, row: Many | One, value: Any) -> None:
    """Make an element say what ``value`` says; only fields that differ are written."""
    before = _xml.parse(row.cls, place, row.rows)
    for each in row.rows:
        if isinstance(each, (Row, Flag, One, Many)) and each.field not in _FIXED:
            after = getattr(value, each.field)
            if getattr(before, each.field) != after:
                _edit(place, each, after)


def _edit_list(element: ET.Element, row: Many, values: list[Any]) -> None:
    above, _slash, tag = row.path.rpartition("/")
    if not values and above and _xml.find(element, above) is None:
        return
    holder = _xml.put(element, above, None) if above else element
    places = [
        (place, _xml.parse(row.cls, place, row.rows)) for place in holder.findall(_xml.expand(tag))
    ]
    placed = []
    for value, place in _paired(row, values, places):
        if place is not None:
            _edit_fields(place, row, value)
        else:
            place = _xml.build(tag, value, row.rows)
            if row.field == "disks":
                end_chain(place)
            holder.append(place)
        placed.append(place)
    for place, _document in places:
        holder.remove(place)
    if row.field not in _IDENTITY:
        _put_in_order(holder, placed)


def _put_in_order(holder: ET.Element, placed: list[ET.Element]) -> None:
    """Give elements, which may lie between others, the order of ``placed``: to some it is what they say."""
    spots = [index for index, each in enumerate(holder) if any(each is one for one in placed)]
    for index, each in zip(spots, placed):
        holder[index] = each


def _paired(
    row: Many, values: list[Any], places: list[tuple[ET.Element, Any]]
) -> list[tuple[Any, ET.Element | None]]:
    """Pair values with what is there, and take that out of ``places``.

    First what says the same, then what is the same thing by its identity; a list without identities
    goes on in its order.
    """
    identity = _IDENTITY.get(row.field)
    found: list[ET.Element | None] = [None] * len(values)
    for same in (_says_the_same, _is_the_same):
        for index, value in enumerate(values):
            for each in places if found[index] is None else ():
                if same(row, identity, value, each[1]):
                    found[index] = each[0]
                    places.remove(each)
                    break
    return list(zip(values, found))


def _says_the_same(row: Many, _identity: Any, value: Any, there: Any) -> bool:
    fields = [r.field for r in row.rows if not isinstance(r, _xml.Const) and r.field not in _FIXED]
    return all(getattr(value, field) == getattr(there, field) for field in fields)


def _is_the_same(_row: Many, identity: Any, value: Any, there: Any) -> bool:
    if identity is None:
        return True
    wanted = identity(value)
    return bool(wanted) and wanted == identity(there)


def _remove(root: ET.Element, path: str) -> None:
    """Take away the attribute or element at ``path``; one that is not there is fine.

    An element that an attribute leaves bare goes as well: the schema seldom knows it without.
    """
    place, _at_sign, attribute = path.partition("@")
    element = _xml.find(root, place) if place else root
    if element is None:
        return
    if attribute:
        element.attrib.pop(attribute, None)
        if element is root or element.attrib or len(element) or (element.text or "").strip():
            return
    above = place.rpartition("/")[0]
    holder = _xml.find(root, above) if above else root
    if holder is not None:
        holder.remove(element)


def _drop_empty(root: ET.Element, path: str) -> None:
    element = _xml.find(root, path)
    if element is not None and len(element) == 0:
        root.remove(element)
