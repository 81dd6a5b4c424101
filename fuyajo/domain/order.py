"""Which VM is started after which. Pure: `after` → places, unknown names and circles as problems.

A place is (wave, round). Waves follow each other whole: booted, configured, verified. Rounds are within a
wave, where the one before only has to answer (`ready: running`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fuyajo.domain.errors import Param, Problem, shown

if TYPE_CHECKING:
    from fuyajo.domain.spec import VmSpec


class Place(NamedTuple):
    wave: int = 0
    round: int = 0


def places(vms: Sequence[VmSpec]) -> dict[str, Place]:
    """Where each VM that is to run comes; all of them at the front when nothing has to wait.

    Names that are not there or do not run hold nobody up. Raises ValueError for a circle (see `circles`).
    """
    running = {vm.name: vm for vm in vms if vm.state == "running"}
    edges = {vm.name: [n for n in vm.after if n in running] for vm in running.values()}
    found: dict[str, Place] = {}
    for name in _sorted(edges):
        before = (_next(found[other], running[other].ready) for other in edges[name])
        found[name] = max(before, default=Place())
    return {name: found[name] for name in running}


def _next(place: Place, ready: str) -> Place:
    if ready == "configured":
        return Place(place.wave + 1)
    return Place(place.wave, place.round + 1)


def _sorted(edges: Mapping[str, Sequence[str]]) -> list[str]:
    """What is waited for comes first; otherwise as it was written."""
    done: dict[str, None] = {}
    left = list(edges)
    while left:
        ready = [name for name in left if all(other in done for other in edges[name])]
        if not ready:
            raise ValueError(f"a circle among {', '.join(left)}")
        done.update(dict.fromkeys(ready))
        left = [name for name in left if name not in done]
    return list(done)


def circles(edges: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Every group of names that wait for each other, as one path round it: a → b → a. In order, stable."""
    found: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for name in edges:
        path = None if name in seen else _way_back(name, edges)
        if path is not None:
            found.append(path)
            seen.update(path)
    return found


def _way_back(start: str, edges: Mapping[str, Sequence[str]]) -> tuple[str, ...] | None:
    """The shortest way from a name to itself."""
    came: dict[str, str] = {}
    front = [start]
    while front:
        following: list[str] = []
        for name in front:
            for other in edges.get(name, ()):
                if other == start:
                    return _path(start, name, came)
                if other not in came:
                    came[other] = name
                    following.append(other)
        front = following
    return None


def _path(start: str, last: str, came: Mapping[str, str]) -> tuple[str, ...]:
    back = [last]
    while back[-1] != start:
        back.append(came[back[-1]])
    return (*reversed(back), start)


# --- on the raw request ------------------------------------------------------------------------------


class Entry(NamedTuple):
    """One entry of `vms` as it was written, whatever its types; `names` are those of its VMs."""

    at: int
    data: Mapping[str, Any]
    names: Sequence[str]

    @property
    def label(self) -> str:
        name = self.data.get("name")
        return name if isinstance(name, str) else f"#{self.at}"

    @property
    def after(self) -> list[str]:
        said = self.data.get("after")
        return [n for n in said if isinstance(n, str)] if isinstance(said, list | tuple) else []


def order_problems(entries: Sequence[Entry], path: str) -> list[Problem]:
    """Names that nobody has, that never come up, and circles."""
    owner = {name: entry for entry in entries for name in (*entry.names, entry.label)}
    problems = [p for entry in entries for p in _names(entry, owner, f"{path}[{entry.at}].after")]
    edges = {
        entry.label: [
            owner[n].label for n in entry.after if n in owner and owner[n].label != entry.label
        ]
        for entry in entries
    }
    index = {entry.label: entry.at for entry in entries}
    return problems + [
        Problem(
            f"{path}[{index[way[0]]}].after", "after_circle", {"way": shown(" → ".join(way), 200)}
        )
        for way in circles(edges)
    ]


def _names(entry: Entry, owner: Mapping[str, Entry], path: str) -> list[Problem]:
    found: list[Problem] = []
    for place, name in enumerate(entry.after):
        where, other = f"{path}[{place}]", owner.get(name)
        params: dict[str, Param] = {"value": shown(name)}
        if other is None:
            known = ", ".join(sorted({e.label for e in owner.values()} - {entry.label})) or "-"
            params["known"] = shown(known, 200)
            found.append(Problem(where, "after_unknown", params))
        elif other is entry:
            found.append(Problem(where, "after_itself", params))
        elif other.data.get("state", "running") != "running":
            params["state"] = shown(other.data["state"])
            found.append(Problem(where, "after_never", params))
    return found
