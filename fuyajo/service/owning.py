"""Whose a machine is: its own metadata says so, and our database must agree before anything is destroyed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from fuyajo.domain.access import at_least, needed, not_yours, right
from fuyajo.domain.errors import Problem, Refused, shown
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.ours import missing
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.snapshots import retired_of
from fuyajo.service import auditing, planning
from fuyajo.service.context import Actor

if TYPE_CHECKING:
    from fuyajo.store.objects import Owned

DESTROYING = frozenset({"delete", "revert", "delete-snapshot", "purge"})


def require(actor: Actor, plan: Plan) -> None:
    """Whoever made the plan may still do all of it. Looks at the host only where that could have moved.

    Raises `Refused`; `NotFound` for a machine that is not theirs to see any more.
    """
    doomed = [c for c in plan.changes if c.object == "vm" and c.action in DESTROYING]
    if not doomed and plan.account == plan.owner:
        return
    host = planning.look(actor)
    by_uuid = {machine.uuid: machine for machine in host.machines.values()}
    _require_rights(plan, host, by_uuid)
    problems = [problem for change in doomed for problem in _disagreement(actor, change, by_uuid)]
    problems += _foreign_leftovers(actor, plan, doomed, host)
    if problems:
        raise Refused(problems)


def _require_rights(plan: Plan, host: HostView, by_uuid: dict[str, Machine]) -> None:
    problems = []
    for change in plan.changes:
        machine = by_uuid.get(change.uuid or "")
        if machine is None or change.object != "vm" or machine.owner is None:
            continue  # nobody's may be adopted
        found = right(machine, plan.owner, host.shares)
        if found == "none":
            raise missing("vm", change.name)
        wanted = "own" if retired_of(change) else needed(change.action)
        if change.action != "noop" and not at_least(found, wanted):
            problems.append(not_yours(machine, "", found, change.action))
    if problems:
        raise Refused(problems)


def _disagreement(actor: Actor, change: Change, by_uuid: dict[str, Machine]) -> list[Problem]:
    """A missing row is never made here: on the way to destroying nobody looks whether it is right."""
    machine = by_uuid.get(change.uuid or "")
    if machine is None:
        return []
    row = actor.objects.find([machine.uuid]).get(machine.uuid)
    params = {"value": change.name, "owner": shown(machine.owner)}
    if row is None:
        return [Problem("", "ownership_unknown", dict(params))]
    if row.owner != machine.owner:
        return [Problem("", "ownership_disagrees", {**params, "known": row.owner})]
    return []


def _foreign_leftovers(
    actor: Actor, plan: Plan, doomed: Iterable[Change], host: HostView
) -> list[Problem]:
    """A disk without a machine has no metadata: whose machine had that name last is all that is known."""
    problems = []
    for name in (change.name for change in doomed if change.uuid is None):
        rows = actor.objects.named(host.facts.uri, name)
        if rows and rows[-1].owner != plan.owner:
            problems.append(Problem("", "leftover_foreign", {"value": name}))
    return problems


# --- making the rows ---------------------------------------------------------------------------------


def of(host: HostView, owner: str) -> list[Owned]:
    """The machines of that owner as rows, those in the trash too. The metadata's word."""
    from fuyajo.store.objects import Owned

    found = [
        (view.facts.uri, machine)
        for view in host.each()
        for machine in (*view.owned(owner).values(), *view.trash(owner).values())
    ]
    return [
        Owned(
            uuid=machine.uuid,
            host=uri,
            name=machine.trashed.name if machine.trashed else machine.name,
            owner=owner,
            state="trash" if machine.trashed else "there",
        )
        for uri, machine in found
    ]


def adopt_missing(actor: Actor, ours: Iterable[Owned]) -> list[Owned]:
    """Make the rows that are missing; those that are there stay, whatever they say."""
    wanted = {one.uuid: one for one in ours}
    known = actor.objects.find(wanted)
    missing = [one for uuid, one in wanted.items() if uuid not in known]
    if missing:
        actor.objects.note(missing)
        names = ", ".join(one.name for one in missing)
        auditing.note(actor, "ownership.adopted", names=names, owner=missing[0].owner)
    return missing


class Gap(NamedTuple):
    """A machine whose metadata names this user, and whose our database says it is (None: it says nothing)."""

    machine: Machine
    known: str | None


def gaps(actor: Actor, host: HostView) -> list[Gap]:
    """Where metadata and database do not agree about what this user owns."""
    ours = {**host.owned(actor.user), **host.trash(actor.user)}
    rows = actor.objects.find(machine.uuid for machine in ours.values())
    found = [Gap(m, rows[m.uuid].owner if m.uuid in rows else None) for m in ours.values()]
    return [gap for gap in found if gap.known != actor.user]


def repair(actor: Actor) -> list[str]:
    """Adopt what our database does not know. The names; what it says of somebody else stays."""
    return [one.name for one in adopt_missing(actor, of(planning.look(actor), actor.user))]


def believe(actor: Actor, name: str) -> None:
    """A person says that the metadata is right about this machine. Raises `NotFound`."""
    ours = {one.name: one for one in of(planning.look(actor), actor.user)}
    if name not in ours:
        raise missing("vm", name)
    one = ours[name]
    before = actor.objects.find([one.uuid]).get(one.uuid)
    said = {"name": name, "uuid": one.uuid, "before": before.owner if before else None}
    auditing.note(actor, "ownership.reassigned", None, **said, owner=actor.user)
    actor.objects.note([one], reassign=True)
