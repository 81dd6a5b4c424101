"""Quota while runs go on: what a plan leaves is claimed before it runs and given back when it is over.

Why no interleaving oversubscribes. A run makes nothing before its claim is in the table, and its claim
leaves the table only after it has ended (`settle`, or its record says so), with what it made on the host
by then. Who claims looks in this order, all of it inside one `BEGIN IMMEDIATE`: the claims, whose runs
are over, then the host. Nobody can add or remove a claim meanwhile, so every other run is in one of two
places: its claim was read, or it had ended before that and its machines are in the look that comes
after. A run that is in both counts once, by the name of its object and with the larger size (see
`domain/room.py`). A look before the transaction could miss a run that ended between the two.
"""

from __future__ import annotations

from dataclasses import replace

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import NotFound, Problem, Refused
from fuyajo.domain.plan import Plan
from fuyajo.domain.room import (
    Budget,
    Held,
    account_problems,
    adds,
    claims_of,
    host_problems,
)
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.planning import pool_of
from fuyajo.service.policing import quota_of
from fuyajo.service.runs import refreshed


def claim(actor: Actor, plan: Plan, run: str) -> None:
    """Raises `Refused` when host, open claims and this plan together are more than the limit."""
    if not adds(plan):
        return
    while True:
        settle_over(actor, run)
        problems, seen = _take(actor, plan, run)
        if not problems:
            return
        # A run that died or ended meanwhile may have left room.
        settle_over(actor, run)
        if seen <= {one.run for one in actor.claims.open()}:
            raise Refused(problems)


def give_back(actor: Actor, run: str) -> None:
    """The run is over; what it made is on the host now and counted there."""
    actor.claims.give_back(run)


def limit(actor: Actor, account: str) -> Quota:
    """What that user may have in total: the settings and the policy, of each the smaller."""
    return quota_of(actor, account)


def settle_over(actor: Actor, but: str) -> None:
    """Settle the runs behind open claims whose processes are gone (`kill -9`): their claims go."""
    for run, by in {(one.run, one.by) for one in actor.claims.open() if one.run != but}:
        try:
            refreshed(replace(actor, user=by), actor.runs.load(by, run))
        except NotFound:
            actor.claims.give_back(run)  # a run without a record never began


def _take(actor: Actor, plan: Plan, run: str) -> tuple[tuple[Problem, ...], set[str]]:
    """What speaks against it, and the other runs that were counted."""
    # Here, not above: `give_back` is needed where nothing is claimed.
    from fuyajo.store.claims import Judgement

    account = plan.account
    most, times = limit(actor, account), actor.settings.overcommit
    budget = Budget(memory=times["overcommit_memory"], disk=times["overcommit_disk"])
    counted: set[str] = set()

    def judge(open_claims: list[Held]) -> Judgement[Problem]:
        over = frozenset(one.run for one in open_claims if _over(actor, one))
        held = [one for one in open_claims if one.run not in over]
        counted.update(one.run for one in held)
        host = planning.look(actor)
        claims = claims_of(plan, host)
        mine = tuple(Held(run, actor.user, account, host.facts.uri, one) for one in claims)
        problems = account_problems(plan, host, held, most)
        problems += host_problems(plan, host, pool_of(actor), held, budget)
        return Judgement(over, mine, tuple(problems))

    return actor.claims.take(run, judge), counted


def _over(actor: Actor, held: Held) -> bool:
    """Whether its record says that it ended. It says so only when nothing more can come of it."""
    try:
        return actor.runs.load(held.by, held.run).status != "running"
    except NotFound:
        return True
