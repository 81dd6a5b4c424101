"""Plans that wait for somebody: one's own that could run, and those of others whom policy lets one judge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Literal, NamedTuple

from fuyajo.domain.errors import FuyajoError, NotFound
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import allowed
from fuyajo.service import approving
from fuyajo.service.admitting import asks
from fuyajo.service.context import Actor
from fuyajo.service.policing import decision_on, role_of

#: So many of the newest plans of each user are looked at.
LOOKED_AT = 50


class Waiting(NamedTuple):
    """`approval`: somebody has to agree; `apply`: its owner may simply have it carried out."""

    plan: Plan
    wants: Literal["approval", "apply"]


def waiting(actor: Actor, most: int) -> list[Waiting]:
    """The newest first: one's own, and those that wait for one's judgement."""
    found = [
        Waiting(plan, "approval" if asks(actor, plan) else "apply")
        for plan in _open(actor, actor.user)
    ]
    found += [Waiting(plan, "approval") for plan in to_judge(actor)]
    return sorted(found, key=lambda one: one.plan.created, reverse=True)[:most]


def to_judge(actor: Actor) -> list[Plan]:
    """Plans of others that cannot run without somebody like this actor, newest first."""
    whose = role_of(actor, actor.user).approves
    users = [one.name for one in actor.people.users()] if whose else []
    found = [
        plan
        for owner in users
        if owner != actor.user and allowed(whose, owner)
        if role_of(actor, owner).approvals.by_other
        for plan in _open(actor, owner)
        if _wants_approval(actor, plan)
    ]
    return sorted(found, key=lambda plan: plan.created, reverse=True)


def _open(actor: Actor, owner: str) -> Iterator[Plan]:
    """All plans are good for the same time: behind the first that expired there is nothing to be found."""
    now = datetime.now(UTC)
    for plan_id in islice(actor.plans.ids(owner), LOOKED_AT):
        try:
            plan = actor.plans.load(owner, plan_id)
        except NotFound:  # damaged, or gone since
            continue
        if plan.expires < now:
            return
        if not plan.nothing_to_do and _is_open(actor, plan):
            yield plan


def _wants_approval(actor: Actor, plan: Plan) -> bool:
    if decision_on(actor, plan)[0].need != "approval":
        return False
    return approving.standing(actor, plan, role_of(actor, plan.owner)) is None


def _is_open(actor: Actor, plan: Plan) -> bool:
    try:
        approving.check_open(actor, plan)
    except FuyajoError:
        return False
    return True
