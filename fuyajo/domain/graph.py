"""A plan as a graph: what happens, in which order, and because of what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from fuyajo.domain.order import places
from fuyajo.domain.plan import Change, Plan


class Edge(NamedTuple):
    """From node to node by number; the second needs the first."""

    source: int
    target: int
    kind: Literal["after", "network"]


class Graph(NamedTuple):
    """`ranks` holds the numbers of nodes (changes of the plan) that happen together, in order."""

    nodes: tuple[Change, ...]
    ranks: tuple[tuple[int, ...], ...]
    edges: tuple[Edge, ...]


def graph_of(plan: Plan) -> Graph:
    """Every change is in exactly one rank, and every edge leads to a later one."""
    order = {name: (2, *place) for name, place in places(plan.spec.vms).items()}
    stand = [_stand(change, order) for change in plan.changes]
    edges = _edges(plan)
    ranks = [
        tuple(n for n, where in enumerate(stand) if where == one) for one in sorted(set(stand))
    ]
    return Graph(plan.changes, _untangled(ranks, edges), edges)


def _stand(change: Change, order: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Snapshots before everything, then networks, then machines by their turn."""
    if change.action == "snapshot":
        return (0,)
    if change.object == "network":
        return (1,)
    return order.get(change.name, (2, 0, 0))


def _edges(plan: Plan) -> tuple[Edge, ...]:
    vms = {c.name: n for n, c in enumerate(plan.changes) if c.object == "vm"}
    networks = {c.name: n for n, c in enumerate(plan.changes) if c.object == "network"}
    running = {vm.name for vm in plan.spec.vms if vm.state == "running"}
    found: list[Edge] = []
    for vm in plan.spec.vms:
        if vm.network in networks and vm.state != "absent":
            found.append(Edge(networks[vm.network], vms[vm.name], "network"))
        if vm.name in running:
            before = (vms[name] for name in vm.after if name in running)
            found += [Edge(other, vms[vm.name], "after") for other in before]
    return tuple(found)


def _untangled(
    ranks: list[tuple[int, ...]], edges: tuple[Edge, ...]
) -> tuple[tuple[int, ...], ...]:
    """Within a rank beside what they come from, so that fewer lines cross; otherwise as written."""
    level: dict[int, float] = {}
    done: list[tuple[int, ...]] = []
    for rank in ranks:
        wish = {
            n: _middle([level[e.source] for e in edges if e.target == n], i)
            for i, n in enumerate(rank)
        }
        ordered = tuple(sorted(rank, key=lambda n: wish[n]))
        level |= {n: float(i) for i, n in enumerate(ordered)}
        done.append(ordered)
    return tuple(done)


def _middle(levels: list[float], own: int) -> float:
    return sum(levels) / len(levels) if levels else float(own)
