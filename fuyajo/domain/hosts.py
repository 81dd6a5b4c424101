"""Hypervisors, as an Ansible inventory names them: read as data, never through Ansible. Pure.

Only the group `hypervisors` and variables that begin with `fuyajo_` mean something here. What else stands in
the file is Ansible's, and is not looked at.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.request import PLACE_PATTERN
from fuyajo.domain.text_rules import unsafe_reason

GROUP = "hypervisors"
PREFIX = "fuyajo_"
MOST = 200
MOST_LABELS = 20
WEIGHT = (0.01, 100.0)
_PLACE = re.compile(PLACE_PATTERN)
_OBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


@dataclass(frozen=True)
class Hypervisor:
    """One libvirt. `uri` is its identity and how others reach it, `local_uri` how a worker beside it does.

    `weight` multiplies its share of free memory; `drain`: it takes no new machines.
    """

    name: str
    uri: str
    local_uri: str | None = None
    pool: str = "fuyajo"
    pool_path: str = "/var/lib/libvirt/images/fuyajo"
    labels: frozenset[str] = frozenset()
    weight: float = 1.0
    drain: bool = False


KEYS = tuple(
    PREFIX + key for key in ("uri", "local_uri", "pool", "pool_path", "labels", "weight", "drain")
)


class _Said(NamedTuple):
    """Variables of one place of the file: its path, how near to the host that is, the values."""

    path: str
    depth: int
    values: Mapping[str, Any]


class _Walk:
    """Every mention of every host below the groups of a file."""

    def __init__(self) -> None:
        self.own: dict[str, list[_Said]] = {}  # variables of hosts themselves
        self.groups: dict[str, list[_Said]] = {}  # of the groups that they are in
        self.members: dict[str, str] = {}  # hypervisors, with the path where they stand
        self.problems: list[Problem] = []

    def group(
        self, name: str, body: object, path: str, over: tuple[_Said, ...], inside: bool
    ) -> None:
        """`over` are the variables of the groups around it; `inside`: it is in `hypervisors`."""
        inside = inside or name == GROUP
        parts = self._mapping(body, path)
        variables = self._mapping(parts.get("vars"), f"{path}.vars")
        around = (*over, _Said(f"{path}.vars", len(over), variables))
        for host, said in self._mapping(parts.get("hosts"), f"{path}.hosts").items():
            place = f"{path}.hosts.{shown(host)}"
            own = _Said(place, len(around), self._mapping(said, place))
            self.own.setdefault(host, []).append(own)
            self.groups.setdefault(host, []).extend(around)
            if inside:
                self.members.setdefault(host, place)
        for child, said in self._mapping(parts.get("children"), f"{path}.children").items():
            self.group(child, said, f"{path}.children.{shown(child)}", around, inside)

    def _mapping(self, value: object, path: str) -> Mapping[str, Any]:
        if value is None:
            return {}
        if isinstance(value, dict):
            return value
        params = {"value": shown(value), "expected": "a mapping"}
        self.problems.append(Problem(path, "wrong_type", dict(params)))
        return {}


def read_inventory(data: object) -> tuple[tuple[Hypervisor, ...], list[Problem]]:
    """The hypervisors by name, and every problem with its path. With a problem nothing of it counts."""
    walk = _Walk()
    for name, body in walk._mapping(data, "").items():
        walk.group(name, body, shown(name), (), False)
    problems = walk.problems
    if not walk.members:
        problems.append(Problem(GROUP, "inventory_empty"))
    elif len(walk.members) > MOST:
        problems.append(Problem(GROUP, "inventory_many", {"limit": MOST}))
    found = []
    for name, path in sorted(walk.members.items()):
        if not _PLACE.fullmatch(name):
            problems.append(Problem(path, "host_name", {"value": shown(name)}))
        said = _merged([*walk.groups[name], *walk.own[name]])
        one, wrong = _hypervisor(name, path, said)
        problems += wrong
        found.append(one)
    return tuple(found), [*_unique(problems), *_twice(found)]


def _merged(places: list[_Said]) -> dict[str, tuple[str, Any]]:
    """By variable its path and its value: what is nearer to the host wins, as in Ansible."""
    found: dict[str, tuple[str, Any]] = {}
    for place in sorted(places, key=lambda place: place.depth):
        for key, value in place.values.items():
            if key.startswith(PREFIX):
                found[key] = (f"{place.path}.{shown(key)}", value)
    return found


def _hypervisor(
    name: str, path: str, said: dict[str, tuple[str, Any]]
) -> tuple[Hypervisor, list[Problem]]:
    problems = [
        Problem(where, "unknown_key", {"key": shown(key), "known": ", ".join(KEYS)})
        for key, (where, _) in said.items()
        if key not in KEYS
    ]
    values: dict[str, Any] = {}
    for key, (where, value) in said.items():
        if key in KEYS:
            wrong = list(_wrong(key, where, value))
            problems += wrong
            if not wrong:
                values[key.removeprefix(PREFIX)] = value
    if f"{PREFIX}uri" not in said:
        problems.append(Problem(path, "missing", {"key": f"{PREFIX}uri"}))
    values["labels"] = frozenset(values.get("labels", ()))
    return Hypervisor(**{"uri": "", **values, "name": name}), problems


def _wrong(key: str, path: str, value: object) -> Iterator[Problem]:
    """Everything that speaks against this value of that variable."""
    kind = key.removeprefix(PREFIX)
    if kind == "labels":
        yield from _wrong_labels(path, value)
    elif kind == "weight":
        yield from _wrong_weight(path, value)
    elif kind == "drain":
        if not isinstance(value, bool):
            yield _type(path, value, "true or false")
    elif not isinstance(value, str):
        yield _type(path, value, "text")
    elif reason := unsafe_reason(value):
        yield Problem(path, reason, {"value": shown(value)})
    elif not _FITS[kind](value):
        yield Problem(path, f"host_{kind.removeprefix('local_')}", {"value": shown(value)})


def _wrong_weight(path: str, value: object) -> Iterator[Problem]:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    if not WEIGHT[0] <= number <= WEIGHT[1]:
        params: dict[str, Param] = {"value": shown(value), "low": WEIGHT[0], "high": WEIGHT[1]}
        yield Problem(path, "host_weight", params)


def _wrong_labels(path: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, list) or len(value) > MOST_LABELS:
        yield _type(path, value, f"a list of at most {MOST_LABELS} labels")
        return
    for index, label in enumerate(value):
        if not isinstance(label, str) or not _PLACE.fullmatch(label):
            yield Problem(f"{path}[{index}]", "host_name", {"value": shown(label)})


def _is_uri(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    plain = value.isprintable() and " " not in value and len(value) <= 400
    return plain and bool(parts.scheme) and parts.path.startswith("/") and parts.password is None


def _is_pool(value: str) -> bool:
    return _OBJECT.fullmatch(value) is not None


def _is_path(value: str) -> bool:
    return value.startswith("/") and ".." not in PurePosixPath(value).parts and len(value) <= 1000


_FITS: dict[str, Callable[[str], bool]] = {
    "uri": _is_uri,
    "local_uri": _is_uri,
    "pool": _is_pool,
    "pool_path": _is_path,
}


def _type(path: str, value: object, expected: str) -> Problem:
    return Problem(path, "wrong_type", {"value": shown(value), "expected": expected})


def _twice(found: list[Hypervisor]) -> list[Problem]:
    """Two names for one libvirt: its machines would count twice."""
    first: dict[str, str] = {}
    problems = []
    for one in found:
        other = first.setdefault(one.uri, one.name)
        if one.uri and other != one.name:
            params = {"value": shown(one.uri, 200), "other": other}
            problems.append(Problem(f"{GROUP}.{shown(one.name)}", "host_uri_twice", dict(params)))
    return problems


def _unique(problems: list[Problem]) -> list[Problem]:
    """A group's variable is wrong once, however many hosts have it."""
    return list({(p.path, p.code): p for p in problems}.values())
