"""What is kept beside the machines: snapshots, and machines in the trash. Pure.

Both are claimed as objects of their own, as machines are (`room.py`), each counted once. A snapshot is called
`web/first`, which is no name of a machine: libvirt allows no `/` in either part. A machine in the trash goes
by its name there, on its way as well.
"""

from __future__ import annotations

from collections.abc import Iterable

from fuyajo.domain.errors import Param, Problem
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Change, Plan, takes_over
from fuyajo.domain.room import Claim, Held, total
from fuyajo.domain.snapshots import snapshot_of
from fuyajo.domain.trash import trash_name


def keeps(plan: Plan) -> bool:
    """Whether there will be a snapshot more on the account, or a machine more in the trash."""
    return more_snapshots(plan.changes) or any(map(_binned, plan.changes))


def more_snapshots(changes: Iterable[Change]) -> bool:
    return any(change.action == "snapshot" or _brings(change) for change in changes)


def kept_claims(plan: Plan, host: HostView) -> list[Claim]:
    """What this plan takes and brings of snapshots, and puts into the trash."""
    return [*snapshots_claimed(plan.changes, host), *_trash_claims(plan, host)]


# --- snapshots ---------------------------------------------------------------------------------------


def to_be_read(changes: Iterable[Change], host: HostView, account: str) -> frozenset[str]:
    """The machines whose snapshots have to be known: the account's, and those that become it."""
    brought = {change.uuid for change in changes if _brings(change)}
    new = {name for name, machine in host.machines.items() if machine.uuid in brought}
    return frozenset(host.owned(account)) | new


def snapshot_problems(
    changes: tuple[Change, ...],
    host: HostView,
    account: str,
    held: Iterable[Held],
    limit: int | None,
) -> list[Problem]:
    """More snapshots than this account may have. The host is one whose snapshots `to_be_read` were."""
    if limit is None:
        return []
    freed = {change.name for change in changes if _binned(change)}
    owned = (m for m in host.owned(account).values() if m.name not in freed)
    there = [one for machine in owned for one in _snapshots(machine.name, machine)]
    others = [h.claim for h in held if h.owner == account and h.host == host.facts.uri]
    before = total([*there, *others])["snapshots"]
    after = total([*there, *others, *snapshots_claimed(changes, host)])["snapshots"]
    if not before < after > limit:
        return []
    params = {"wanted": after - before, "left": max(0, limit - before), "limit": limit}
    return [Problem("", "over_quota_snapshots", dict(params))]


def _brings(change: Change) -> bool:
    """Whether a machine comes onto the account with all the snapshots that it has."""
    return change.object == "vm" and (change.action == "recover" or takes_over(change))


def snapshots_claimed(changes: Iterable[Change], host: HostView) -> list[Claim]:
    """The snapshots that will be on the account, one claim for each."""
    found: dict[str, Claim] = {}
    for change in changes:
        claims: Iterable[Claim] = ()
        if change.action == "snapshot":
            claims = [_snapshot(change.name, snapshot_of(change) or "")]
        elif _brings(change) and (machine := _by_uuid(host, change.uuid)) is not None:
            claims = _snapshots(change.name, machine)
        found |= {claim.name: claim for claim in claims}
    return list(found.values())


def _snapshots(name: str, machine: Machine) -> Iterable[Claim]:
    return [_snapshot(name, one.name) for one in machine.snapshots]


def _snapshot(machine: str, name: str) -> Claim:
    return Claim(f"{machine}/{name}", snapshots=1)


# --- the trash ---------------------------------------------------------------------------------------


def trash_problems(
    plan: Plan, host: HostView, held: Iterable[Held], budget_gib: int
) -> list[Problem]:
    """More in the trash than its budget (GiB), with what other runs are putting there.

    The plan was made so that it fits; another run may have come between.
    """
    mine = _trash_claims(plan, host)
    leaving = {c.uuid for c in plan.changes if c.action in ("purge", "recover")}
    staying = [m for m in host.trash(plan.owner).values() if m.uuid not in leaving]
    others = [h.claim for h in held if h.owner == plan.owner and h.host == host.facts.uri]
    taken = [*map(_in_trash, staying), *others]
    before, after = total(taken)["trash_gib"], total([*taken, *mine])["trash_gib"]
    if not before < after > budget_gib:
        return []
    left = max(0, budget_gib - before)
    params: dict[str, Param] = {"wanted": after - before, "left": left, "limit": budget_gib}
    return [Problem("", "trash_full", {**params, "plan": plan.id})]


def _binned(change: Change) -> bool:
    return change.action == "delete" and change.until is not None


def _trash_claims(plan: Plan, host: HostView) -> list[Claim]:
    doomed = (_by_uuid(host, change.uuid) for change in plan.changes if _binned(change))
    return [_in_trash(machine) for machine in doomed if machine is not None]


def _in_trash(machine: Machine) -> Claim:
    return Claim(trash_name(machine.uuid), trash_gib=machine.disk_gib)


def _by_uuid(host: HostView, uuid: str | None) -> Machine | None:
    return next((m for m in host.machines.values() if uuid and m.uuid == uuid), None)
