"""What a machine was when we left it against what it is. Pure.

Three documents: the baseline (what a run of ours left), the definition (what the machine is at its next
start) and, while it runs, what it is now. Each is flat, see `fuyajo.domain.machine.Fields`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from fuyajo.domain.machine import UNFINISHED, Fields, Machine, Moved

#: changed everywhere · in the definition alone · in what runs alone · switched on or off
Kind = Literal["by_hand", "pending", "live_only", "power"]
#: `same`, `drift`, `new` (no baseline yet), `gone` (somebody removed it)
Status = Literal["same", "drift", "new", "gone"]
Way = Literal["resize", "start", "stop", "restart", "none"]

OTHER = "other."  # what the collection has no name for; unknown of a machine that runs
STATE, DISK = "state", "disk_gib"
RESIZED = ("cpus", "memory_mib")
# Nobody wants these by themselves: what they say is said by others as well.
SHADOWS = frozenset({"metadata.spec_digest"})
ELEMENT = re.compile(r"[^\[\]]*\[.*?\]")


@dataclass(frozen=True)
class Baseline:
    """A machine as a run left it; `state` is `running` or `stopped`, `taken` UTC (ISO 8601)."""

    uuid: str
    owner: str
    name: str
    run: str | None
    taken: str
    state: str
    fields: Fields
    #: What ran otherwise when we left it (None: it was not there), because our change waits for a restart.
    waits: Mapping[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Drifted:
    """One value that is not as we left it. `live` is None where the machine is off or it is not known.

    `way` is what puts it back; `none` means that Fuyajo cannot, and `why` (a text code) says why not.
    """

    path: str
    was: str | int | bool | None
    persistent: str | int | bool | None
    live: str | int | bool | None
    kind: Kind
    way: Way = "none"
    why: str = ""


@dataclass(frozen=True)
class MachineDrift:
    """All of one machine; `uuid` is that of the baseline where the machine is gone."""

    name: str
    uuid: str
    status: Status
    since: str | None = None
    run: str | None = None
    fields: tuple[Drifted, ...] = ()


def document_of(machine: Machine) -> Fields:
    """Everything that a plan or a baseline remembers of a machine but its power."""
    return {**_known(machine), **machine.document()}


def _known(machine: Machine) -> Fields:
    """What every look tells, whether or not it brings a definition."""
    known: dict[str, str | int | None] = {
        "uuid": machine.uuid,
        "cpus": machine.cpus,
        "memory_mib": machine.memory_mib,
        # 0: a machine that was busy did not tell.
        DISK: machine.disk_gib or None,
        "metadata.owner": machine.owner,
        "metadata.template": machine.template,
        "metadata.configured": machine.configured,
    }
    return {k: v for k, v in known.items() if v is not None}


def seen_of(machine: Machine) -> Fields:
    """What a plan is held to: the document and the state."""
    return {**document_of(machine), STATE: machine.state}


def power(machine: Machine) -> str:
    return "running" if machine.running else "stopped"


def moved(before: Mapping[str, object], after: Mapping[str, object]) -> list[Moved]:
    """Every difference, by path; an element that came or went as a whole is one difference."""
    paths = [p for p in sorted(before.keys() | after.keys()) if before.get(p) != after.get(p)]
    had, has = _elements(before), _elements(after)
    found: list[Moved] = []
    told: set[str] = set()
    for path in paths:
        element = _element(path)
        if element is None or (element in had and element in has):
            found.append(Moved(path, _plain(before.get(path)), _plain(after.get(path))))
        elif element not in told:
            told.add(element)
            found.append(Moved(element, _said(element, before), _said(element, after)))
    return [one for one in found if not _told_by_name(one.path, told)]


def _told_by_name(path: str, told: Iterable[str]) -> bool:
    """A new device is said once, by the name that the collection has for it."""
    if not path.startswith(OTHER) or "[" not in path:
        return False
    key = path[path.index("[") :]
    return any(not one.startswith(OTHER) and one.endswith(key) for one in told)


def _element(path: str) -> str | None:
    match = ELEMENT.match(path)
    return match.group() if match else None


def _elements(fields: Mapping[str, object]) -> set[str]:
    return {element for path in fields if (element := _element(path))}


def _said(element: str, fields: Mapping[str, object]) -> str | None:
    """The values of one element, in one line."""
    inside = {
        p.removeprefix(element).lstrip("./@"): v for p, v in fields.items() if _in(p, element)
    }
    return ", ".join(f"{key}={value}" for key, value in sorted(inside.items())) or None


def _in(path: str, element: str) -> bool:
    return _element(path) == element


def _plain(value: object) -> str | int | bool | None:
    return value if value is None or isinstance(value, str | int) else str(value)


def follow(old: Fields, before: Fields, after: Fields) -> Fields:
    """The baseline after a run: what the run changed moves, what had drifted before stays drifted."""
    new = dict(old)
    for path in before.keys() | after.keys():
        if before.get(path) == after.get(path):
            continue
        if path in after:
            new[path] = after[path]
        else:
            new.pop(path, None)
    return new


def compare(baseline: Baseline, machine: Machine) -> MachineDrift:
    """One machine that is there against its baseline."""
    live = _live(machine)
    if live is not None:
        live = _forgiven(live, baseline)
    found = fields_of(baseline.fields, document_of(machine), live)
    if machine.state != UNFINISHED and power(machine) != baseline.state:
        found.insert(0, Drifted(STATE, baseline.state, machine.state, None, "power"))
    return MachineDrift(
        name=machine.name,
        uuid=machine.uuid,
        status="drift" if found else "same",
        since=baseline.taken,
        run=baseline.run,
        fields=with_ways(found),
    )


def _live(machine: Machine) -> Fields | None:
    return {**_known(machine), **machine.live()} if machine.live is not None else None


def _forgiven(live: Fields, baseline: Baseline) -> Fields:
    """As if what we left waiting for a restart had taken effect."""
    result = dict(live)
    for path, left in baseline.waits.items():
        if live.get(path) == left:
            result.pop(path, None)
            result.update({p: v for p, v in baseline.fields.items() if p == path})
    return result


def waiting(
    old: Baseline | None, fields: Fields, machine: Machine
) -> dict[str, str | int | bool | None]:
    """What a run changed in the definition and not in what runs; changes by hand are not among it."""
    live = _live(machine)
    if live is None:
        return {}
    was = old.fields if old is not None else {}
    ours = {p for p in was.keys() | fields.keys() if was.get(p) != fields.get(p)}
    if old is None:
        ours |= live.keys()
    kept = {p: v for p, v in (old.waits if old else {}).items() if live.get(p) == v}
    new = {p: live.get(p) for p in ours if live.get(p) != fields.get(p)}
    return {p: v for p, v in {**kept, **new}.items() if not p.startswith(OTHER)}


def fields_of(baseline: Fields, persistent: Fields, live: Fields | None) -> list[Drifted]:
    """Every value that differs, told apart by where it does."""
    was, defined = _comparable(baseline, persistent), _comparable(persistent, baseline)
    in_definition = {one.path: one for one in moved(was, defined)}
    in_live = {one.path: one for one in _moved_live(was, live)} if live is not None else {}
    found = []
    for path in sorted(in_definition.keys() | in_live.keys()):
        one, now = in_definition.get(path), in_live.get(path)
        found.append(_drifted(path, one, now, live))
    return found


def _comparable(fields: Fields, other: Fields) -> Fields:
    """Without what is nobody's wish, and a disk's size only where both know it."""
    skip = SHADOWS if DISK in fields and DISK in other else SHADOWS | {DISK}
    return {path: value for path, value in fields.items() if path not in skip}


def _moved_live(was: Fields, live: Fields) -> list[Moved]:
    named = {path: value for path, value in was.items() if not path.startswith(OTHER)}
    now = {path: value for path, value in live.items() if not path.startswith(OTHER)}
    return moved(named, _comparable(now, was))


def _drifted(path: str, one: Moved | None, now: Moved | None, live: Fields | None) -> Drifted:
    if one is None:
        assert now is not None
        return Drifted(path, now.before, now.before, now.after, "live_only")
    if live is None or path.startswith(OTHER):
        return Drifted(path, one.before, one.after, None, "by_hand")
    if now is None:
        return Drifted(path, one.before, one.after, one.before, "pending")
    kind: Kind = "by_hand" if now.after == one.after else "pending"
    return Drifted(path, one.before, one.after, now.after, kind)


def with_ways(found: Iterable[Drifted]) -> tuple[Drifted, ...]:
    """The same with what puts each of them back, or why nothing of ours does."""
    first = [_way(one) for one in found]
    # A restart would also bring in what only waits for one.
    waiting = any(one.kind == "pending" and one.way == "none" for one in first)
    return tuple(
        _with(one, "none", "restart_pending") if waiting and one.way == "restart" else one
        for one in first
    )


def _way(one: Drifted) -> Drifted:
    if one.kind == "power":
        return _with(one, "start" if one.was == "running" else "stop")
    if one.kind == "live_only":
        return _with(one, "restart")
    if one.path in RESIZED and isinstance(one.was, int):
        return _with(one, "resize")
    if one.path == DISK:
        grows = isinstance(one.was, int) and isinstance(one.persistent, int)
        if grows and int(one.was or 0) > int(one.persistent or 0):
            return _with(one, "resize")
        return _with(one, "none", "shrink")
    return _with(one, "none", "no_operation")


def _with(one: Drifted, way: Way, why: str = "") -> Drifted:
    return Drifted(one.path, one.was, one.persistent, one.live, one.kind, way, why)
