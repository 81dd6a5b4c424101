"""Room: what machines take and runs are about to take, every object counted once. Pure.

A claim names its object and says what that will be when the run is over, not what is added: of a machine that
is on the host already and in a claim as well, each size counts once, with the larger value. So it makes no
difference how far a run has come, and a sum never falls below what there will be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from fuyajo.domain.backups import MEANWHILE
from fuyajo.domain.context import Quota
from fuyajo.domain.errors import Problem
from fuyajo.domain.machine import UNFINISHED, HostView, Machine
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.quota import KEYS

#: A machine in any other state has its memory, or may have it at any moment.
_WITHOUT_MEMORY = frozenset({"stopped", UNFINISHED})
_SIZES = ("cpus", "memory_mib", "disk_gib")


class Claim(NamedTuple):
    """What one object will be: number, CPUs, memory (MiB), disk (GiB).

    `running_mib` is the host's memory that it will take, `pool_gib` its virtual size in the pool: 0 where a
    run leaves them as they are. `snapshots` and `trash_gib` are of what is kept beside (`kept.py`).
    """

    name: str
    vms: int = 0
    cpus: int = 0
    memory_mib: int = 0
    disk_gib: int = 0
    running_mib: int = 0
    pool_gib: int = 0
    snapshots: int = 0
    trash_gib: int = 0


class Held(NamedTuple):
    """An open claim: of which run by whom, on whose account, on which host (libvirt URI)."""

    run: str
    by: str
    owner: str
    host: str
    claim: Claim


@dataclass(frozen=True)
class Pool:
    """Disks of machines in our pool by name (virtual GiB), and the GiB that they can fill."""

    disks: Mapping[str, int]
    gib: float


@dataclass(frozen=True)
class Budget:
    """How many times what the host has may be given away, to everybody together."""

    memory: float = 1.0
    disk: float = 4.0


_ADDS = frozenset(
    {"create", "recover", "update", "start", "restart", "revert", "adopt", "restore", "test-backup"}
)


def adds(plan: Plan) -> bool:
    """Whether it could take more than is taken now."""
    return grows(plan.changes)


def grows(changes: Iterable[Change]) -> bool:
    return any(change.object == "vm" and change.action in _ADDS for change in changes)


def claims_of(plan: Plan, host: HostView) -> list[Claim]:
    """What every object that this plan makes, grows or starts will be."""
    return claims_in(plan.changes, host)


def claims_in(changes: Iterable[Change], host: HostView) -> list[Claim]:
    found = []
    for change in changes:
        if change.object == "vm" and (claim := _claim(change, host)) is not None:
            found.append(claim)
    return found


def _claim(change: Change, host: HostView) -> Claim | None:
    if change.action not in _ADDS:
        return None
    if change.action == "test-backup":
        return _trial(change)
    machine = _machine(change, host)
    after = {f.path: f.after for f in change.fields}
    sizes = {key: _size(after.get(key), machine, key) for key in _SIZES}
    here = machine.state if machine is not None and machine.trashed is None else "stopped"
    power = {"start": "running", "restart": "running"}.get(change.action, after.get("state", here))
    runs = power not in _WITHOUT_MEMORY
    disk = (
        0 if change.action == "recover" else sizes["disk_gib"]
    )  # its disk was in the pool all along
    memory = sizes["memory_mib"] if runs else 0
    return Claim(change.name, 1, **sizes, running_mib=memory, pool_gib=disk)


def _trial(change: Change) -> Claim:
    """A machine that is there for the time of a test: the host has to hold it, nobody's account has it."""
    taken = {f.path: _size(f.after, None, "") for f in change.fields if f.path in MEANWHILE}
    memory, disk = (taken.get(key, 0) for key in MEANWHILE)
    # A space cannot occur in a machine's name, so it is never taken for one.
    return Claim(f"test {change.name}", running_mib=memory, pool_gib=disk)


def _machine(change: Change, host: HostView) -> Machine | None:
    found = host.machines.get(change.name)
    if found is not None and change.uuid in (None, found.uuid):
        return found
    return next((m for m in host.machines.values() if change.uuid and m.uuid == change.uuid), None)


def _size(after: object, machine: Machine | None, key: str) -> int:
    if isinstance(after, int) and not isinstance(after, bool):
        return after
    return int(getattr(machine, key)) if machine is not None else 0


def claim_of(machine: Machine) -> Claim:
    """A machine as it is, in the words of a claim. Its disk is counted where the pool is."""
    running = 0 if machine.state in _WITHOUT_MEMORY else machine.memory_mib
    sizes = (machine.cpus, machine.memory_mib, machine.disk_gib)
    return Claim(machine.name, 1, *sizes, running_mib=running)


def total(things: Iterable[Claim]) -> dict[str, int]:
    """The sum by key, every name once with its largest values."""
    largest: dict[str, dict[str, int]] = {}
    for thing in things:
        seen = largest.setdefault(thing.name, dict.fromkeys(Claim._fields[1:], 0))
        for key in seen:
            seen[key] = max(seen[key], getattr(thing, key))
    for one in largest.values():
        if one["running_mib"]:  # started by one run and made larger by another
            one["running_mib"] = max(one["running_mib"], one["memory_mib"])
    return {key: sum(one[key] for one in largest.values()) for key in Claim._fields[1:]}


def account_problems(
    plan: Plan, host: HostView, held: Iterable[Held], limit: Quota
) -> list[Problem]:
    """Everything of which this plan would bring its account over the limit, other runs' claims counted."""
    account = plan.account
    # What goes to the trash does so before anything is made; what is destroyed does so at the end.
    freed = {c.name for c in plan.changes if c.action == "delete" and c.until}
    others = [h for h in held if h.owner == account and h.host in host.uris]
    there = [claim_of(m) for m in host.account(account).values() if m.name not in freed]
    taken = [*there, *(h.claim for h in others)]
    before, after = total(taken), total([*taken, *claims_of(plan, host)])
    problems = []
    for key in KEYS:
        limited = getattr(limit, key)
        if limited is not None and before[key] < after[key] > limited:
            left = max(0, limited - before[key])
            params = {"wanted": after[key] - before[key], "left": left, "limit": limited}
            problems.append(Problem("", f"over_quota_{key}", dict(params)))
    return problems + (claimed(others) if problems else [])


def taken_elsewhere(
    changes: Iterable[Change], host: HostView, held: Iterable[Held] = ()
) -> list[Problem]:
    """Names of new machines that another hypervisor has by now, or that a run is about to make there."""
    if not (host.others or host.silent):
        return []
    uris = host.uris - {host.facts.uri}
    there = host.elsewhere().keys() | {h.claim.name for h in held if h.host in uris}
    new = [c for c in changes if c.object == "vm" and _is_new(c)]
    return [Problem("", "name_taken", {"value": c.name}) for c in new if c.name in there]


def _is_new(change: Change) -> bool:
    return change.action in ("create", "recover") or (
        change.action == "restore" and not change.uuid
    )


def claimed(others: Iterable[Held]) -> list[Problem]:
    """The runs that go on and have claimed a part of what is not enough, if there are any."""
    runs = ", ".join(sorted({h.run for h in others})[:5])
    return [Problem("", "claims_open", {"runs": runs})] if runs else []


def host_problems(
    plan: Plan, host: HostView, pool: Pool | None, held: Iterable[Held], budget: Budget
) -> list[Problem]:
    """Everything of which this plan would take more than the host has, all users together."""
    return host_lacks(plan.changes, host, pool, held, budget)


def host_lacks(
    changes: Iterable[Change],
    host: HostView,
    pool: Pool | None,
    held: Iterable[Held],
    budget: Budget,
) -> list[Problem]:
    """The same of changes that are no plan yet."""
    others = [h.claim for h in held if h.host == host.facts.uri]
    there = [claim_of(machine) for machine in host.machines.values()]
    disks = [Claim(name, pool_gib=gib) for name, gib in (pool.disks if pool else {}).items()]
    taken = [*there, *disks, *others]
    before, after = total(taken), total([*taken, *claims_in(changes, host)])
    rooms = [("running_mib", "host_memory", int(host.facts.memory_mib * budget.memory))]
    if pool is not None:
        rooms.append(("pool_gib", "host_disk", int(pool.gib * budget.disk)))
    return [
        Problem("", code, {"wanted": after[key] - before[key], "left": left, "limit": room})
        for key, code, room in rooms
        if before[key] < after[key] > room
        for left in [max(0, room - before[key])]
    ]
