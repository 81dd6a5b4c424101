"""Machines as somebody looks at them: what one may do with each, and all that is known of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from fuyajo.domain.access import Right, at_least, right
from fuyajo.domain.context import Quota
from fuyajo.domain.drift import MachineDrift
from fuyajo.domain.machine import Machine
from fuyajo.domain.ours import missing
from fuyajo.domain.plan import Plan
from fuyajo.domain.quota import left
from fuyajo.service import drifting, following, granted, planning, sharing
from fuyajo.service.context import Actor
from fuyajo.service.following import Seen
from fuyajo.service.machines import list_vms, one_of
from fuyajo.service.plans import some_plans
from fuyajo.service.policing import quota_of

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
RECENT, LOOKED_THROUGH = 10, 100


class Standing(NamedTuple):
    """A machine of a list; `given`: its owner, who looks at it, shares it."""

    machine: Machine
    right: Right
    given: bool

    @property
    def operable(self) -> bool:
        return at_least(self.right, "operate")


class Portrait(NamedTuple):
    """One machine. What drifted and with whom it is shared is its owner's to know.

    `plans` and `runs` are those of who looks, newest first.
    """

    machine: Machine
    right: Right
    drift: MachineDrift | None
    shares: tuple[sharing.Shown, ...]
    plans: tuple[Plan, ...]
    runs: tuple[Seen, ...]

    @property
    def operable(self) -> bool:
        return at_least(self.right, "operate")

    @property
    def own(self) -> bool:
        return self.right == "own"


def standings(actor: Actor) -> list[Standing]:
    """As `list_vms`."""
    shares = granted.granted(actor)
    given = {row.uuid for row in granted.given(actor) if row.owner == actor.user}
    return [
        Standing(one, right(one, actor.user, shares), one.uuid in given) for one in list_vms(actor)
    ]


def name_of(actor: Actor, said: str) -> str:
    """The name of the machine that somebody means by its name or its UUID. Raises `NotFound`."""
    if not UUID.fullmatch(said):
        return said
    seen = planning.look(actor).visible(actor.user).values()
    found = next((one for one in seen if said == one.uuid), None)
    if found is None:
        raise missing("vm", said)
    return found.name


def portrait(actor: Actor, said: str) -> Portrait:
    """One machine, by name or UUID, read anew. Raises as `get_vm` does."""
    name = name_of(actor, said)
    host = planning.look(actor, frozenset({name}), frozenset({name}))
    machine = one_of(host, actor.user, name)
    found = host.may(actor.user, name)
    own = found == "own"
    plans = plans_about(actor, machine)
    return Portrait(
        machine=machine,
        right=found,
        drift=drifting.drift_of(actor, host, name) if own else None,
        shares=_shares(actor, machine) if own else (),
        plans=tuple(plans[:RECENT]),
        runs=tuple(islice(_runs_about(actor, machine, {one.id for one in plans}), RECENT)),
    )


def marks(actor: Actor) -> dict[str, MachineDrift]:
    """Own machines that are not as Fuyajo left them, by UUID. It reads every definition anew."""
    found = drifting.drift(actor).machines
    return {one.uuid: one for one in found if one.status == "drift"}


def waits_for_restart(drift: MachineDrift) -> bool:
    return any(one.kind == "pending" for one in drift.fields)


def quota_left(actor: Actor) -> Quota:
    """What this user may still add; None where nothing limits it."""
    return left(quota_of(actor), planning.look(actor).account(actor.user).values())


def plans_about(actor: Actor, machine: Machine) -> list[Plan]:
    """Of the newest plans those that change it, or made it."""
    return [one for one in some_plans(actor, LOOKED_THROUGH) if _is_about(one, machine)]


def _is_about(plan: Plan, machine: Machine) -> bool:
    return any(
        change.object == "vm"
        and change.name == machine.name
        and change.uuid in (None, machine.uuid)
        for change in plan.changes
    )


def _runs_about(actor: Actor, machine: Machine, plans: Collection[str]) -> Iterator[Seen]:
    for one in following.all_seen(actor):
        plan = one.record.plan if one.record else one.job.plan if one.job else None
        names = one.record.vms if one.record else ()
        if machine.name in names or plan in plans:
            yield one


def _shares(actor: Actor, machine: Machine) -> tuple[sharing.Shown, ...]:
    found = sharing.list_shares(actor)
    return tuple(one for one in found if one.given and one.uuid == machine.uuid)
