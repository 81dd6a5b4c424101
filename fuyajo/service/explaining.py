"""`fuyajo policy explain`: every rule that a plan touches, what it came to, and where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from fuyajo.domain.errors import Unavailable
from fuyajo.domain.kept import more_snapshots, snapshots_claimed, to_be_read
from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision, Need, Role, smaller
from fuyajo.domain.quota import KEYS, used
from fuyajo.domain.ruling import Finding, decide, findings
from fuyajo.domain.usage import HOUR, hours, starting
from fuyajo.service import observing, planning
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


class OwnRole(NamedTuple):
    """The policy's file, and the role that an actor has by it."""

    file: PolicyFile
    name: str
    role: Role
    usage: observing.Spent


def own_role(actor: Actor) -> OwnRole:
    """Raises `InvalidInput` for a broken policy."""
    file = read_file(actor.home.policy())
    name = role_name(file.policy, actor.user)
    role = file.policy.roles.get(name) or Role()
    return OwnRole(file, name, role, observing.usage_of(actor, role))


def explain(actor: Actor, plan: Plan) -> Explanation:
    """As policy, hour and host are now. Raises `InvalidInput` for a broken policy."""
    file, now, place = read_file(actor.home.policy()), datetime.now(UTC), place_of(actor, plan)
    name = role_name(file.policy, plan.owner)
    role = file.policy.roles.get(name) or Role()
    decision, _ = decide(role, plan, now, place)
    rules = [_explained(file, name, one) for one in findings(role, plan, now, place)]
    rules += _limits(actor, file, name, role, plan, now)
    rules += [_explained(file, name, one) for one in _approvals(role, decision)]
    return Explanation(name, tuple(rules), decision)


def _explained(file: PolicyFile, role: str, finding: Finding) -> Explained:
    rule = f"roles.{role}.{finding.rule}" if finding.rule else ""
    return Explained(rule, file.place(rule), finding)


def _limits(
    actor: Actor, file: PolicyFile, name: str, role: Role, plan: Plan, now: datetime
) -> Iterator[Explained]:
    """What is there, what the plan adds, and the limit of it."""
    try:
        host: HostView | None = planning.look(actor) if _limited(actor, role, plan) else None
    except Unavailable:
        host = None
    settings = actor.settings.quota
    quota = smaller(settings, role.limits.quota)
    taken = used(host.account(plan.owner).values()) if host is not None else {}
    for key in KEYS:
        limit, more = getattr(quota, key), plan.cost.get(key, 0)
        if limit is None or more <= 0:
            continue
        finding = _limit(_WRITTEN.get(key, key), taken.get(key), more, limit)
        if getattr(role.limits, key) == limit:
            yield _explained(file, name, finding)
        else:
            yield Explained(f"quota_{_WRITTEN.get(key, key)}", "config.toml", finding)
    for finding in (*_snapshots(actor, role, plan, host), *_hours(actor, role, plan, host, now)):
        yield _explained(file, name, finding)


def _limited(actor: Actor, role: Role, plan: Plan) -> bool:
    """Whether anything here needs a look at the host."""
    quota, limits = smaller(actor.settings.quota, role.limits.quota), role.limits
    costs = any(getattr(quota, key) is not None and plan.cost.get(key, 0) > 0 for key in KEYS)
    snapshots = limits.snapshots is not None and more_snapshots(plan.changes)
    return costs or snapshots or limits.hours is not None


def _limit(written: str, there: int | None, more: int, limit: int) -> Finding:
    over = there is not None and there + more > limit
    value = f"{'?' if there is None else there} + {more} / {limit}"
    return Finding(f"limits.{written}", "", value, "refused" if over else "nothing")


def _snapshots(actor: Actor, role: Role, plan: Plan, host: HostView | None) -> Iterator[Finding]:
    limit = role.limits.snapshots
    if limit is None or not more_snapshots(plan.changes):
        return
    if host is None:
        yield Finding("limits.snapshots", "", f"? / {limit}", "nothing")
        return
    host = planning.look(actor, to_be_read(plan.changes, host, plan.account))
    there = sum(len(machine.snapshots) for machine in host.owned(plan.account).values())
    yield _limit("snapshots", there, len(snapshots_claimed(plan.changes, host)), limit)


def _hours(
    actor: Actor, role: Role, plan: Plan, host: HostView | None, now: datetime
) -> Iterator[Finding]:
    """Used and limit; how long something will run nobody knows."""
    limit = role.limits.hours
    if limit is None or not starting(plan.changes, host):
        return
    seconds = observing.used(actor, plan.account, now)
    outcome: Need = "refused" if seconds >= limit * HOUR else "nothing"
    yield Finding("limits.hours", "", f"{hours(seconds)} / {limit}", outcome)


def _approvals(role: Role, decision: Decision) -> Iterator[Finding]:
    """Who may approve what needs it."""
    if decision.need != "approval":
        return
    kinds = role.approvals
    yield Finding("approvals.accept", "", ", ".join(kinds.accept), "nothing")
    yield Finding("approvals.valid_minutes", "", str(kinds.valid_minutes), "nothing")
    yield Finding("approvals.by_other", "", str(kinds.by_other).lower(), "nothing")
