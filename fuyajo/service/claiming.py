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
from datetime import UTC, datetime

from fuyajo.domain.context import Quota
from fuyajo.domain.errors import NotFound, Problem, Refused
from fuyajo.domain.kept import (
    keeps,
    kept_claims,
    more_snapshots,
    snapshot_problems,
    to_be_read,
    trash_problems,
)
from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Role
from fuyajo.domain.room import (
    Budget,
    Held,
    account_problems,
    adds,
    claimed,
    claims_of,
    host_problems,
    taken_elsewhere,
)
from fuyajo.domain.usage import hours_problems
from fuyajo.service import hosting, observing, planning
from fuyajo.service.context import Actor
from fuyajo.service.planning import pool_of
from fuyajo.service.policing import quota_of, role_of
from fuyajo.service.runs import refreshed


def claim(actor: Actor, plan: Plan, run: str) -> None:
    """Raises `Refused` when host, open claims and this plan together are more than the limit."""
    if not (adds(plan) or keeps(plan)):
        return
    while True:
        settle_over(actor, run)
        # Asked before: while the claims are held nobody waits for a hypervisor that hangs.
        among = hosting.answering(actor) if actor.settings.host else frozenset()
        problems, seen = _take(actor, plan, run, among)
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


def _take(
    actor: Actor, plan: Plan, run: str, among: frozenset[str] = frozenset()
) -> tuple[tuple[Problem, ...], set[str]]:
    """What speaks against it, and the other runs that were counted."""
    # Here, not above: `give_back` is needed where nothing is claimed.
    from fuyajo.store.claims import Judgement

    account, role = plan.account, role_of(actor, plan.account)
    most, times = limit(actor, account), actor.settings.overcommit
    budget = Budget(memory=times["overcommit_memory"], disk=times["overcommit_disk"])
    counted: set[str] = set()
    looks: list[tuple[datetime, HostView]] = []

    def judge(open_claims: list[Held]) -> Judgement[Problem]:
        over = frozenset(one.run for one in open_claims if _over(actor, one))
        held = [one for one in open_claims if one.run not in over]
        counted.update(one.run for one in held)
        at = datetime.now(UTC)
        host = _look(actor, plan, role, among)
        looks.append((at, host))
        claims = [*claims_of(plan, host), *kept_claims(plan, host)]
        mine = tuple(Held(run, actor.user, account, host.facts.uri, one) for one in claims)
        problems = taken_elsewhere(plan.changes, host, held)
        problems += account_problems(plan, host, held, most)
        problems += _kept_problems(plan, host, held, role, alone=not problems)
        pool = pool_of(actor) if adds(plan) else None
        problems += host_problems(plan, host, pool, held, budget)
        problems += _hours_problems(actor, plan, host, role, at)
        return Judgement(over, mine, tuple(problems))

    problems = actor.claims.take(run, judge)
    for at, host in looks:
        observing.observe(actor, host, at)
    return problems, counted


def _look(actor: Actor, plan: Plan, role: Role, among: frozenset[str]) -> HostView:
    """The host, with the snapshots where they are limited: reading them costs several calls for each."""
    several = actor.settings.host is not None
    host = hosting.narrow(actor, among=among) if several else planning.look(actor)
    if role.limits.snapshots is None or not more_snapshots(plan.changes):
        return host
    return host.again(planning.look(actor, to_be_read(plan.changes, host, plan.account)))


def _kept_problems(
    plan: Plan, host: HostView, held: list[Held], role: Role, *, alone: bool
) -> list[Problem]:
    """`alone`: nobody said yet which other runs have claimed something."""
    account, most = plan.account, role.limits.snapshots
    problems = snapshot_problems(plan.changes, host, account, held, most)
    if problems and alone:
        others = (h for h in held if h.owner == account and h.host == host.facts.uri)
        problems += claimed(h for h in others if h.claim.snapshots)
    return problems + trash_problems(plan, host, held, role.trash.budget_gib)


def _hours_problems(
    actor: Actor, plan: Plan, host: HostView, role: Role, at: datetime
) -> list[Problem]:
    """Asked while the claims are held; nothing depends on that, as hours only ever grow."""
    most = role.limits.hours
    seconds = observing.used(actor, plan.account, at) if most is not None else 0
    return hours_problems(plan, host, seconds, most, at)


def _over(actor: Actor, held: Held) -> bool:
    """Whether its record says that it ended. It says so only when nothing more can come of it."""
    try:
        return actor.runs.load(held.by, held.run).status != "running"
    except NotFound:
        return True
