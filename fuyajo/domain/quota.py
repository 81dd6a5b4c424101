"""Allowance − what is there − what is wanted: never below zero. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import Problem
from fuyajo.domain.machine import Machine

KEYS = ("vms", "cpus", "memory_mib", "disk_gib")


def used(machines: Iterable[Machine]) -> dict[str, int]:
    """What these VMs take: number, virtual CPUs, memory (MiB) and disk (GiB)."""
    total = dict.fromkeys(KEYS, 0)
    for machine in machines:
        total["vms"] += 1
        for key in KEYS[1:]:
            total[key] += getattr(machine, key)
    return total


def left(quota: Quota, machines: Iterable[Machine]) -> Quota:
    """What may still be added; below nothing is nothing."""
    taken = used(machines)
    rest = {
        key: max(0, limit - taken[key])
        for key in KEYS
        if (limit := getattr(quota, key)) is not None
    }
    return Quota(**rest)


def quota_problems(
    quota: Quota, machines: Iterable[Machine], cost: Mapping[str, int]
) -> list[Problem]:
    """Everything of which a plan that adds `cost` (see `plan.cost_of`) wants more than is left."""
    taken = used(machines)
    problems = []
    for key in KEYS:
        limit, wanted = getattr(quota, key), cost.get(key, 0)
        if limit is None or wanted <= 0 or taken[key] + wanted <= limit:
            continue
        params = {"wanted": wanted, "left": max(0, limit - taken[key]), "limit": limit}
        problems.append(Problem("", f"over_quota_{key}", dict(params)))
    return problems
