"""A plan held against a role: every rule that was looked at, and what they come to together. Pure.

`decide` is nothing but the sum of the findings, so that what is explained is what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from fuyajo.domain import hours
from fuyajo.domain.catalogue import TEMPLATES
from fuyajo.domain.errors import Param, Problem, shown
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.policy import Decision, Need, Role, allowed

DOOMED = ("delete", "revert", "purge", "delete-snapshot", "delete-backup")
NEEDS: tuple[Need, ...] = ("nothing", "approval", "refused")
#: Rules about what a plan is made of: they refuse it as soon as it is made. The others wait for its run.
USES = ("templates", "images", "networks", "pools", "hosts", "protected")


class Place(NamedTuple):
    """Where a plan would run: a libvirt URI and the pool for its disks."""

    host: str
    pool: str


class Finding(NamedTuple):
    """One rule that was looked at.

    `rule` is its dotted path in the role (`needs.destroy`), empty for one that is no matter of the file;
    `where` a path in the request; `because` a text code (`because.CODE`) for a need.
    """

    rule: str
    where: str
    value: str
    outcome: Need
    because: str = ""
    problem: Problem | None = None


def findings(role: Role, plan: Plan, now: datetime, place: Place) -> tuple[Finding, ...]:
    """Every rule that this plan touches, in the order of the file's sections."""
    if plan.nothing_to_do:
        return ()
    return (*_uses(role, plan, place), *_protected(role, plan), *_needs(role, plan, now))


def decide(
    role: Role, plan: Plan, now: datetime, place: Place
) -> tuple[Decision, tuple[Problem, ...]]:
    """What this plan needs, and everything for which it is refused (then nothing else counts)."""
    found = findings(role, plan, now, place)
    problems = tuple(one.problem for one in found if one.problem is not None)
    outcomes = {one.outcome for one in found}
    need: Need = next((n for n in reversed(NEEDS) if n in outcomes), "nothing")
    because = tuple(one.because for one in found if one.outcome == need and one.because)
    return Decision(need=need, because=because), problems


def misuse(found: Iterable[Finding]) -> list[Problem]:
    """What refuses a plan whatever the hour and whoever approves."""
    return [one.problem for one in found if one.problem is not None and one.rule in USES]


def doomed(plan: Plan) -> list[str]:
    """The names of what this plan destroys, for the question about it."""
    return list(dict.fromkeys(c.name for c in plan.changes if _destroys(c)))


def to_type(plan: Plan) -> str | None:
    """The name that somebody types who agrees to a plan that destroys; None where a yes is enough."""
    return next(iter(doomed(plan)), None)


def _destroys(change: Change) -> bool:
    return change.irreversible or change.effect == "destroy" or change.action in DOOMED


def _uses(role: Role, plan: Plan, place: Place) -> Iterator[Finding]:
    changes = {c.name: c for c in plan.changes if c.object == "vm" and c.action != "noop"}
    creates = False
    for index, vm in enumerate(plan.spec.vms):
        change = changes.get(vm.name)
        if change is None or vm.state == "absent":
            continue
        where = f"vms[{index}]"
        yield _use("templates", role.templates, f"{where}.template", vm.template)
        yield _use("networks", role.networks, f"{where}.network", vm.network)
        if change.action == "create":
            creates = True
            image = TEMPLATES[vm.template].image
            yield _use("images", role.images, f"{where}.template", image)
    new = {c.name for c in plan.changes if c.object == "network" and c.action != "noop"}
    for index, network in enumerate(plan.spec.networks):
        if network.name in new:
            yield _use("networks", role.networks, f"networks[{index}].name", network.name)
    if creates:
        yield _use("pools", role.pools, "", place.pool)
    yield _use("hosts", role.hosts, "", place.host)


def _use(rule: str, patterns: tuple[str, ...], where: str, value: str) -> Finding:
    if allowed(patterns, value):
        return Finding(rule, where, value, "nothing")
    params: dict[str, Param] = {"value": shown(value), "known": shown(", ".join(patterns), 200)}
    return Finding(rule, where, value, "refused", "", Problem(where, f"policy_{rule}", params))


def _protected(role: Role, plan: Plan) -> Iterator[Finding]:
    paths = {vm.name: f"vms[{i}].state" for i, vm in enumerate(plan.spec.vms)}
    paths |= {o.vm: f"operations[{i}].vm" for i, o in enumerate(plan.spec.operations)}
    # What may not be lost is the machine: a snapshot of it, or what it had not saved, a person may give up.
    kept = {c.name for c in plan.changes if c.action in ("restart", "delete-snapshot")}
    for name in (each for each in doomed(plan) if each not in kept):
        where = paths.get(name, "")
        if allowed(role.protected, name):
            problem = Problem(where, "policy_protected", {"value": name})
            yield Finding("protected", where, name, "refused", "", problem)
        else:
            yield Finding("protected", where, name, "nothing")


def _needs(role: Role, plan: Plan, now: datetime) -> Iterator[Finding]:
    yield _risk(role, plan)
    if plan.taint:
        yield Finding("", "", "", "approval", "taint")
    week = role.hours
    if week is None or plan.risk not in week.risks:
        return
    said = hours.said(week)
    if hours.within(week, now):
        yield Finding("hours", "", said, "nothing")
    elif week.outside == "approval":
        yield Finding("hours", "", said, "approval", "hours")
    else:
        problem = Problem("", "policy_hours", {"hours": said})
        yield Finding("hours", "", said, "refused", "hours", problem)


def _risk(role: Role, plan: Plan) -> Finding:
    if plan.risk == "read":
        return Finding("", "", plan.risk, "nothing", "risk_read")
    need: Need = getattr(role.needs, plan.risk)
    problem = Problem("", "policy_refused", {"risk": plan.risk}) if need == "refused" else None
    kept = plan.risk == "destroy" and not any(c.irreversible for c in plan.changes)
    because = "risk_delete" if kept else f"risk_{plan.risk}"
    return Finding(f"needs.{plan.risk}", "", plan.risk, need, because, problem)
