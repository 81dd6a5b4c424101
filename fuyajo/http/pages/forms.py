"""A request as a form, made of its JSON schema, and what a browser sends of it as data again.

Names of inputs are the paths that problems speak of: `vms[0].memory`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from fuyajo.domain.catalogue import TEMPLATES, Variable
from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.parse import parse_config
from fuyajo.domain.request import Config
from fuyajo.domain.texts import Lang

Kind = Literal["text", "long", "number", "choice", "flag", "list"]
Node = Mapping[str, Any]
Pairs = Iterable[tuple[str, str]]
#: Said once and for all, or in a way that a plan's request has left behind.
LEFT_OUT = frozenset({"version", "template"})
PLACES = frozenset({"host", "labels"})
LONG = 200  # characters; what may be longer gets more room
_ENTRY = re.compile(r"([a-z]+)\[([0-9]{1,3})\]\.([a-z_]+)(?:\.(.{1,64}))?", re.S)
_WORDS = re.compile(r"[\s,、]+")
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Input:
    """`key` names its label; an option of a template has its own `name` instead, and what it is for."""

    path: str
    key: str
    kind: Kind
    value: str
    choices: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    example: str = ""
    name: str = ""
    summary: Mapping[Lang, str] | None = None
    required: bool = False

    @property
    def id(self) -> str:
        return anchor(self.path)


@dataclass(frozen=True)
class Entry:
    """One machine, network or operation."""

    path: str
    inputs: tuple[Input, ...]

    @property
    def id(self) -> str:
        return anchor(self.path)


@dataclass(frozen=True)
class Form:
    """What is said of all of it, and the entries of each list in the schema's order."""

    inputs: tuple[Input, ...]
    lists: Mapping[str, tuple[Entry, ...]]

    def ids(self) -> frozenset[str]:
        """Where a problem can be shown."""
        entries = [entry for some in self.lists.values() for entry in some]
        return frozenset([*(one.id for one in _inputs(self)), *(entry.id for entry in entries)])


def anchor(path: str) -> str:
    """The id of the element that a path is about."""
    return "f-" + re.sub(r"[^A-Za-z0-9_]+", "-", path).strip("-")


def form_of(data: Mapping[str, Any], *, several: bool = True) -> Form:
    """The form with these values. `several`: there is more than one hypervisor to choose from."""
    schema = _schema()
    but = LEFT_OUT if several else LEFT_OUT | PLACES
    inputs = tuple(_inputs_of(schema, "", data, but))
    lists = {
        name: tuple(
            Entry(f"{name}[{i}]", tuple(_inputs_of(item, f"{name}[{i}].", value, but - LEFT_OUT)))
            for i, value in enumerate(_entries(data.get(name)))
        )
        for name, item in _lists().items()
    }
    return Form(inputs, lists)


def data_of(posted: Pairs) -> dict[str, Any]:
    """What a form says, as a request would: empty inputs and defaults are left out. Valid or not."""
    data: dict[str, Any] = {}
    entries: dict[str, dict[int, dict[str, str]]] = {name: {} for name in _lists()}
    top = _schema()["properties"]
    for path, said in posted:
        found = _ENTRY.fullmatch(path)
        if found and found[1] in entries:
            entry = entries[found[1]].setdefault(int(found[2]), {})
            entry[f"{found[3]}.{found[4]}" if found[4] else found[3]] = said
        elif path in top and path not in LEFT_OUT and path not in entries and said.strip():
            data[path] = _read(_plain(top[path]), said)
    for name, item in _lists().items():
        if entries[name]:
            data[name] = [_entry(item, entries[name][i]) for i in sorted(entries[name])]
    return data


def holds(data: Mapping[str, Any]) -> bool:
    """Whether the form can say all of a valid request."""
    back = data_of((one.path, one.value) for one in _inputs(form_of(data)))
    try:
        return parse_config(back) == parse_config(data)
    except FuyajoError:
        return False


def with_one_more(data: dict[str, Any], name: str) -> dict[str, Any]:
    """An empty entry more at the end of that list; as it is for a list that there is not."""
    return {**data, name: [*_entries(data.get(name)), {}]} if name in _lists() else data


def without(data: dict[str, Any], path: str) -> dict[str, Any]:
    """Without the entry `vms[1]`."""
    name, _, number = path.removesuffix("]").partition("[")
    if name not in _lists() or not number.isdecimal():
        return data
    kept = [one for i, one in enumerate(_entries(data.get(name))) if i != int(number)]
    return {**data, name: kept} if kept else {k: v for k, v in data.items() if k != name}


# --- the schema ----------------------------------------------------------------------------------------


@cache
def _schema() -> Node:
    return Config.model_json_schema()


@cache
def _lists() -> Mapping[str, Node]:
    """The lists of entries by name, each with the schema of one."""
    found = {name: node.get("items", {}) for name, node in _schema()["properties"].items()}
    return {name: _plain(items) for name, items in found.items() if "$ref" in items}


def _plain(node: Node) -> Node:
    """Without references, and without `null`: an empty input says that."""
    said = [one for one in node.get("anyOf", ()) if one.get("type") != "null"]
    if len(said) == 1:
        return {**_plain(said[0]), **{k: v for k, v in node.items() if k != "anyOf"}}
    if "$ref" in node:
        referred: Node = _schema()["$defs"][node["$ref"].rpartition("/")[2]]
        return referred
    return node


def _kind(node: Node) -> Kind | None:
    """None for what has no input of its own."""
    if "enum" in node:
        return "choice"
    if node.get("type") == "array":
        return "list" if node["items"].get("type") == "string" else None
    kinds: dict[str, Kind] = {"integer": "number", "boolean": "flag", "string": "text"}
    return "text" if "anyOf" in node else kinds.get(str(node.get("type")))


def _inputs_of(
    schema: Node, prefix: str, data: Mapping[str, Any], but: frozenset[str] = frozenset()
) -> Iterator[Input]:
    for key, raw in schema["properties"].items():
        node = _plain(raw)
        kind = _kind(node)
        if key == "vars":
            yield from _options(prefix, data)
        elif kind is not None and key not in but:
            choices = tuple(TEMPLATES) if key == "template" else tuple(node.get("enum", ()))
            yield Input(
                path=f"{prefix}{key}",
                key=key,
                kind="choice" if choices else kind,
                value=_written(data.get(key, node.get("default"))),
                choices=choices,
                low=node.get("minimum"),
                high=node.get("maximum"),
                example=str(next(iter(node.get("examples", ())), "")),
                required=key in schema.get("required", ()),
            )


def _options(prefix: str, data: Mapping[str, Any]) -> Iterator[Input]:
    """What the entry's template takes, and what was said that it does not take."""
    known = _variables(data.get("template"))
    said = data.get("vars")
    values: Mapping[str, Any] = said if isinstance(said, dict) else {}
    for name in dict.fromkeys([*known, *map(str, values)]):
        variable = known.get(name)
        yield Input(
            path=f"{prefix}vars.{name}",
            key="vars",
            kind=_option_kind(variable),
            value=_written(values.get(name)),
            low=variable.low if variable and variable.type == "int" else None,
            high=variable.high if variable and variable.type == "int" else None,
            name=name,
            summary=variable.summary if variable else None,
        )


def _variables(template: object) -> dict[str, Variable]:
    if not isinstance(template, str):
        template = "basic-server" if template is None else ""
    return TEMPLATES[template].variables if template in TEMPLATES else {}


def _option_kind(variable: Variable | None) -> Kind:
    if variable is None or variable.type == "str":
        return "long" if variable and variable.high > LONG else "text"
    return "number" if variable.type == "int" else "flag"


# --- values ----------------------------------------------------------------------------------------------


def _inputs(form: Form) -> list[Input]:
    entries = [entry for some in form.lists.values() for entry in some]
    return [*form.inputs, *(one for entry in entries for one in entry.inputs)]


def _entries(said: object) -> list[dict[str, Any]]:
    if not isinstance(said, list | tuple):
        return []
    return [one if isinstance(one, dict) else {} for one in said]


def _written(value: object) -> str:
    """As it stands in an input."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _entry(item: Node, said: Mapping[str, str]) -> dict[str, Any]:
    properties = item["properties"]
    template = said.get("template", "").strip() or None
    found: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for key, value in said.items():
        name, _, option = key.partition(".")
        if not value.strip() or name not in properties:
            continue
        if option:
            variable = _variables(template).get(option)
            options[option] = _option(variable, value)
            continue
        node = _plain(properties[name])
        read = _read(node, value)
        if read != node.get("default") or name == "template":
            found[name] = read
    return {**found, "vars": options} if options else found


def _option(variable: Variable | None, said: str) -> Any:
    """Text stays as it was typed."""
    if variable is None or variable.type == "str":
        return said.replace("\r\n", "\n")
    return _FLAGS.get(said, said) if variable.type == "bool" else _number(said)


def _read(node: Node, said: str) -> Any:
    kind, said = _kind(node), said.strip()
    if kind == "list":
        return [word for word in _WORDS.split(said) if word]
    if kind == "flag":
        return _FLAGS.get(said, said)
    return _number(said) if kind == "number" or "anyOf" in node else said


def _number(said: str) -> int | str:
    """What is none is left to be complained about."""
    return int(said) if re.fullmatch(r"-?[0-9]{1,9}", said) else said
