"""Filled-in forms, one "key: value" a line ("Resize request / VM: web / CPUs: 6"), as one sentence."""

from __future__ import annotations

import re

_LINE = re.compile(r"([A-Za-z][A-Za-z ]{0,24}?)[ \t]*[:=][ \t]*(\S.*)")
_ACTIONS = (
    "action|operation|request|task|what|what to do|job|type of request|kind of request|change"
)
_WHOSE = "vm|server|machine|host|target|vm name|server name|machine name|box|instance|which vm|affected vm"
_KINDS = "type|kind|template|vm type|server type|type of server|role"
_NAMES = "name|hostname|new name"
_SIZES = {
    "cpu": "cpus|cpu|cores|vcpu|vcpus|cpu cores|number of cpus|cpu count|processors|new cpus",
    "memory": "memory|ram|mem|new memory|memory size|new ram",
    "disk": "disk|storage|disk size|disk space|new disk|hard disk|ssd",
}
_TITLES = "title|page title|heading"
_COUNTS = "count|number|quantity|how many|amount|number of vms"
_KEYS: dict[str, str] = {
    key: field
    for field, keys in (
        *(("action", _ACTIONS), ("whose", _WHOSE), ("kind", _KINDS), ("name", _NAMES)),
        *(("title", _TITLES), ("count", _COUNTS), *_SIZES.items()),
    )
    for key in keys.split("|")
}
_MAKES = re.compile(r"\b(?:new|create|creation|order|provision|add|deploy|set up)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"(?:(?:please|new|vm|server|a) )*(\w[\w ]*?)(?: request| order| form| ticket)?(?: please)?[:.]?",
    re.IGNORECASE,
)
_VERBS = {
    "removal": "delete",
    "deletion": "delete",
    "shutdown": "stop",
    "startup": "start",
    "reboot": "restart",
}
_VERBS |= {
    "upgrade": "resize",
    "change": "resize",
    "downgrade": "resize",
    "decommissioning": "delete",
}


def filled_in(lines: list[str]) -> str | None:
    """The form as a sentence; None when the lines are none, or say anything else."""
    head = lines[0] if lines and not _field(lines[0]) else ""
    rows = [_field(line) for line in (lines[1:] if head else lines)]
    if len(rows) < 2 or any(row is None for row in rows):
        return None
    said = dict(row for row in rows if row)
    if len(said) < len(rows) or ("kind" in said and "whose" in said):
        return None
    what = said.pop("action", "") or head.rstrip(":")
    if "kind" in said or (what and _MAKES.search(what)):
        return _creation(said, what)
    return _operation(said, what)


def _field(line: str) -> tuple[str, str] | None:
    found = _LINE.fullmatch(line.strip("-* \t"))
    field = _KEYS.get(found[1].strip().lower()) if found else None
    return (field, found[2].strip(" ,;")) if found and field else None


def _creation(said: dict[str, str], what: str) -> str | None:
    kind = said.pop("kind", "") or _kind_in(what)
    name = said.pop("name", "") or said.pop("whose", "")
    count = said.pop("count", "")
    if not kind or not re.fullmatch(r"[\w. -]*", kind + count):
        return None
    parts = [f"{count or 'a'} {kind}{f' called {name}' if name else ''}", *_attributes(said)]
    return f"create {', '.join(parts)}"


def _kind_in(what: str) -> str:
    return (
        "web server" if re.search(r"web ?-?server|website|nginx", what, re.IGNORECASE) else "server"
    )


def _operation(said: dict[str, str], what: str) -> str | None:
    whose = said.pop("whose", "") or said.pop("name", "")
    found = _REQUEST.fullmatch(what)
    verb = found[1].lower() if found else ""
    verb = _VERBS.get(verb, verb)
    attributes = _attributes(said)
    if not whose or said.keys() - set(_SIZES) or "," in whose:
        return None
    if attributes and verb not in ("resize", "set", "modify", "update"):
        return None
    if attributes:
        return f"resize {whose} to {', '.join(attributes)}"
    return f"{verb} {whose}" if verb else None


def _attributes(said: dict[str, str]) -> list[str]:
    sized = [
        f"{said[key]} {key}" if key != "cpu" else f"{_number(said[key])} cpus"
        for key in _SIZES
        if key in said
    ]
    return sized + ([f"titled {said['title']}"] if "title" in said else [])


def _number(text: str) -> str:
    """ "4 cores" and "4" are both 4."""
    found = re.fullmatch(r"(\w+)(?: (?:v?cpus?|cores?))?", text)
    return found[1] if found else text
