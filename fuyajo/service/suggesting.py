"""What might be done with a user's machines, from what was measured; and the plan of one suggestion."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from fuyajo.domain.errors import InvalidInput, NotFound, Problem, Unavailable, shown
from fuyajo.domain.history import NOTHING
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.ours import missing
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.suggesting import LONG, STEP, Load, Seen, suggest
from fuyajo.domain.suggestion import Suggestion, order
from fuyajo.domain.trends import DAY
from fuyajo.service import auditing, planning
from fuyajo.service.backups import list_backups
from fuyajo.service.context import Actor
from fuyajo.service.planning import from_config
from fuyajo.store.dismissals import DismissalStore
from fuyajo.store.history import TIERS, HistoryStore

#: For how long a suggestion is not shown, unless somebody says otherwise; and at most.
DISMISS_DAYS, MOST_DAYS = 30, 365
TIER = next(number for number, tier in enumerate(TIERS) if tier.step == STEP)


def suggestions(
    actor: Actor, names: Collection[str] = (), dismissed: bool = False
) -> list[Suggestion]:
    """About own machines, all of them or those; what is most urgent first. Nothing is kept or done.

    Those that this user does not want to see for now only with `dismissed`. Raises `NotFound` for a machine
    that is not this user's own, shared ones too.
    """
    own = planning.look(actor).owned(actor.user)
    if unknown := [name for name in names if name not in own]:
        raise missing("vm", unknown[0])
    wanted = frozenset(names or own)
    if not wanted:
        return []
    host = planning.look(actor, wanted)
    machines = [host.machines[name] for name in sorted(wanted & host.owned(actor.user).keys())]
    now = int(time.time())
    measured = HistoryStore(actor.database).recent(now - LONG * DAY, TIER)
    backups = _backups(actor)
    found: list[Suggestion] = []
    for machine in machines:
        seen = Seen(machine, measured.get(machine.uuid, NOTHING), now, _load(host, machine))
        kept = backups.get(machine.uuid, ()) if backups is not None else None
        found += suggest(replace(seen, backups=kept))
    hidden = frozenset() if dismissed else DismissalStore(actor.database).of(actor.user, now)
    return sorted((one for one in found if (one.uuid, one.rule) not in hidden), key=order)


def dismiss(actor: Actor, name: str, rule: str, days: int = DISMISS_DAYS) -> Suggestion:
    """Do not show it for so many days. Raises `NotFound`, `InvalidInput`."""
    if not 1 <= days <= MOST_DAYS:
        params = {"value": days, "limit": MOST_DAYS}
        raise InvalidInput(Problem("days", "suggest_days", dict(params)))
    found = _one(actor, name, rule)
    now = int(time.time())
    DismissalStore(actor.database).add(actor.user, found.uuid, rule, now + days * DAY, now)
    auditing.note(actor, "suggestion.dismissed", suggestion=found.id, days=days)
    return found


def _backups(actor: Actor) -> dict[str, tuple[int, ...]] | None:
    """When the good backups of each machine were made, by UUID; None where that cannot be read."""
    try:
        found = list_backups(actor)
    except Unavailable:
        return None
    moments: dict[str, tuple[int, ...]] = {}
    for one in found:
        if one.good:
            at = int(datetime.fromisoformat(one.created).timestamp())
            moments[one.uuid] = (*moments.get(one.uuid, ()), at)
    return moments


def plan_suggested(actor: Actor, name: str, rule: str) -> Plan:
    """The plan of what that rule suggests now. Raises `NotFound`, also where it suggests nothing any more."""
    one = _one(actor, name, rule)
    plan = from_config(actor, parse_config(dict(one.request)), f"suggest {one.id}").plan
    if plan is None:
        raise AssertionError("a config always makes a plan")
    return plan


def _one(actor: Actor, name: str, rule: str) -> Suggestion:
    for one in suggestions(actor, (name,), dismissed=True):
        if one.rule == rule:
            return one
    raise NotFound(Problem("", "suggestion_not_found", {"value": shown(f"{name}.{rule}")}))


def _load(host: HostView, machine: Machine) -> Load:
    """Of the hypervisor that it runs on: what all who run there were given, whoever they are."""
    one = host.hosts.get(machine.host or "", host)
    given = sum(there.memory_mib for there in one.machines.values() if there.running)
    return Load(one.facts.memory_mib, given)
