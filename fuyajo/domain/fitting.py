"""Whether host has room for a plan: memory, disk, addresses. Pure; every lack at once, each with its path."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence

from fuyajo.domain.errors import Param, Problem
from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Change
from fuyajo.domain.room import Budget, Pool, host_lacks
from fuyajo.domain.spec import NetworkSpec, Spec

# Of every range: the network itself, the host's own address in it, and the broadcast.
RESERVED = 3


def room_problems(
    spec: Spec,
    changes: Sequence[Change],
    host: HostView,
    pool: Pool | None,
    budget: Budget,
    paths: Mapping[str, str],
) -> list[Problem]:
    """`paths` are where the request speaks of each VM, by name; `pool` None: nobody knows its room."""
    return [
        *_memory(changes, host, paths),
        *_disk(changes, pool, budget, paths),
        *host_lacks(changes, host, pool, (), budget),
        *_networks(spec, host),
    ]


def _after(change: Change, path: str) -> int:
    """What a size becomes; 0 where the change says nothing of it."""
    found = (f.after for f in change.fields if f.path == path)
    return next((v for v in found if isinstance(v, int) and not isinstance(v, bool)), 0)


def _memory(
    changes: Sequence[Change], host: HostView, paths: Mapping[str, str]
) -> Iterator[Problem]:
    """One machine may be too large for the host; whether all have room together, `host_lacks` says."""
    total = host.facts.memory_mib
    # What comes back or is taken over is there already.
    new = [c for c in changes if c.action in ("create", "update")]
    wanted = {c.name: size for c in new if (size := _after(c, "memory_mib"))}
    for name, size in wanted.items():
        if size > total:
            at = f"{paths.get(name, '')}.memory".lstrip(".")
            yield Problem(at, "memory_host", {"value": size, "total": total})


def _disk(
    changes: Sequence[Change], pool: Pool | None, budget: Budget, paths: Mapping[str, str]
) -> Iterator[Problem]:
    """One disk may be larger than everything that may be promised."""
    limit = int(pool.gib * budget.disk) if pool is not None else None
    for change in changes if limit is not None else ():
        size = _added_disk(change)
        if limit is not None and size > limit:
            at = f"{paths.get(change.name, '')}.disk".lstrip(".")
            yield Problem(at, "disk_host", {"value": size, "limit": limit})


def _added_disk(change: Change) -> int:
    before = (f.before for f in change.fields if f.path == "disk_gib")
    was = next((v for v in before if isinstance(v, int)), 0)
    grows = change.action in ("create", "update")
    return max(0, _after(change, "disk_gib") - was) if grows else 0


def _networks(spec: Spec, host: HostView) -> Iterator[Problem]:
    known = {net.name: net.cidr for net in host.facts.subnets if net.network}
    for index, network in enumerate(spec.networks):
        new = network.name not in host.facts.networks
        own = _range(network.cidr if new else known.get(network.name, network.cidr))
        if own is None:
            continue
        if new:
            yield from _clashes(own, host, f"networks[{index}].cidr")
        yield from _crowd(spec, network, own, host, f"networks[{index}].cidr")


def _range(cidr: str) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(cidr, strict=False)
    except ValueError:
        return None


def _clashes(own: ipaddress.IPv4Network, host: HostView, path: str) -> Iterator[Problem]:
    for other in host.facts.subnets:
        theirs = _range(other.cidr)
        if theirs is not None and theirs.overlaps(own):
            params: dict[str, Param] = {"value": str(own), "other": str(theirs), "by": other.name}
            yield Problem(path, "cidr_host", params)


def _crowd(
    spec: Spec, network: NetworkSpec, own: ipaddress.IPv4Network, host: HostView, path: str
) -> Iterator[Problem]:
    """Every machine of a network needs an address of its range."""
    wanted = {vm.name for vm in spec.vms if vm.network == network.name and vm.state != "absent"}
    gone = {vm.name for vm in spec.vms if vm.state == "absent"}
    there = {m.name for m in host.machines.values() if network.name in m.networks} - gone
    room, count = max(0, own.num_addresses - RESERVED), len(wanted | there)
    if wanted - there and count > room:
        params: dict[str, Param] = {"value": str(own), "room": room, "count": count}
        yield Problem(path, "network_full", params)
