"""`fuyajo policy explain`: every rule that a plan touches, what it came to, and where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from fuyajo.domain.errors import Unavailable
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision, Need, Role, smaller
from fuyajo.domain.quota import KEYS, used
from fuyajo.domain.ruling import Finding, decide, findings
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.policing import PolicyFile, place_of, read_file, role_name

#: As the file and the settings write them.
_WRITTEN = {"memory_mib": "memory", "disk_gib": "disk"}


class Explained(NamedTuple):
    """A finding, the rule's dotted path in the file (or setting), and its place there.

    `place` is `policy.toml:12`, empty for a default.
    """

    rule: str
    place: str
    finding: Finding


class Explanation(NamedTuple):
    role: str
    rules: tuple[Explained, ...]
    decision: Decision


def explain(actor: Actor, plan: Plan) -> Explanation:
    """As policy, hour and host are now. Raises `InvalidInput` for a broken policy."""
    file, now, place = read_file(actor.home.policy()), datetime.now(UTC), place_of(actor)
    name = role_name(file.policy, plan.owner)
    role = file.policy.roles.get(name) or Role()
    decision, _ = decide(role, plan, now, place)
    rules = [_explained(file, name, one) for one in findings(role, plan, now, place)]
    rules += _limits(actor, file, name, role, plan)
    rules += [_explained(file, name, one) for one in _approvals(role, decision)]
    return Explanation(name, tuple(rules), decision)


def _explained(file: PolicyFile, role: str, finding: Finding) -> Explained:
    rule = f"roles.{role}.{finding.rule}" if finding.rule else ""
    return Explained(rule, file.place(rule), finding)


def _limits(
    actor: Actor, file: PolicyFile, name: str, role: Role, plan: Plan
) -> Iterator[Explained]:
    """What is there, what the plan adds, and the limit of it."""
    settings = actor.settings.quota
    quota = smaller(settings, role.limits.quota)
    limits = {key: getattr(quota, key) for key in KEYS if plan.cost.get(key, 0) > 0}
    if not any(limit is not None for limit in limits.values()):
        return
    try:
        taken = used(planning.look(actor).owned(plan.owner).values())
    except Unavailable:
        taken = {}
    for key, limit in limits.items():
        if limit is None:
            continue
        there, more = taken.get(key), plan.cost[key]
        over = there is not None and there + more > limit
        value = f"{'?' if there is None else there} + {more} / {limit}"
        outcome: Need = "refused" if over else "nothing"
        written = _WRITTEN.get(key, key)
        finding = Finding(f"limits.{written}", "", value, outcome)
        if getattr(role.limits, key) == limit:
            yield _explained(file, name, finding)
        else:
            yield Explained(f"quota_{written}", "config.toml", finding)


def _approvals(role: Role, decision: Decision) -> Iterator[Finding]:
    """Who may approve what needs it."""
    if decision.need != "approval":
        return
    kinds = role.approvals
    yield Finding("approvals.accept", "", ", ".join(kinds.accept), "nothing")
    yield Finding("approvals.valid_minutes", "", str(kinds.valid_minutes), "nothing")
    yield Finding("approvals.by_other", "", str(kinds.by_other).lower(), "nothing")
