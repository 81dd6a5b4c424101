"""Approvals: a person's word for one digest, given at the question or ahead of it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from fuyajo.domain.consent import Consent, Kind
from fuyajo.domain.errors import Conflict, InvalidInput, Problem, Refused
from fuyajo.domain.ours import missing
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Role, allowed
from fuyajo.domain.text_rules import unsafe_reason
from fuyajo.service import auditing
from fuyajo.service.context import Actor
from fuyajo.service.policing import role_of
from fuyajo.store.approvals import Approval, Verdict
from fuyajo.store.home import safe_user

#: A plan that was made after reading what a guest wrote needs somebody who looked at it.
PERSONS: frozenset[Kind] = frozenset({"terminal", "web", "elicitation"})
NOTE_CHARS = 500


def accepted(plan: Plan, role: Role) -> frozenset[Kind]:
    """The kinds of consent that count for this plan; `role` is its owner's."""
    kinds = frozenset(role.approvals.accept)
    return kinds & PERSONS if plan.taint else kinds


def judged(actor: Actor, plan_id: str, owner: str | None = None) -> Plan:
    """The plan that this actor may approve or reject: their own, or one of an owner whom policy gave them.

    Everything else is not found, whether it exists or not.
    """
    name = owner or actor.user
    try:
        known = name == actor.user or allowed(role_of(actor, actor.user).approves, safe_user(name))
    except ValueError:
        known = False
    if not known:
        raise missing("plan", plan_id)
    return actor.plans.load(name, plan_id)


def approve(actor: Actor, plan: Plan, consent: Consent, note: str = "") -> Approval:
    """Keep the approval of a plan that still can run.

    Raises `Refused` where this consent does not count or the plan was rejected, `Conflict` for a plan that
    expired or was carried out.
    """
    _noted(note)
    check_open(actor, plan)
    role = role_of(actor, plan.owner)
    if consent.kind not in accepted(plan, role):
        params = {"kind": consent.kind, "plan": plan.id}
        raise Refused(Problem("", "consent_kind", dict(params)))
    if not may(actor, plan, role, consent.by):
        raise Refused(Problem("", "needs_other", {"plan": plan.id, "owner": plan.owner}))
    return record(actor, plan, role, consent, "approved", note)


def reject(actor: Actor, plan: Plan, consent: Consent, note: str = "") -> Approval:
    """This plan is never carried out, whoever approved it. Raises `Conflict` where that comes too late."""
    _noted(note)
    check_open(actor, plan, rejected=True)
    return record(actor, plan, role_of(actor, plan.owner), consent, "rejected", note)


def check_open(actor: Actor, plan: Plan, *, rejected: bool = False) -> None:
    """Whether anything can still be said about this plan. Raises `Conflict`, or `Refused` for a rejected one
    unless that does not matter."""
    taken = actor.plans.taken_by(plan)
    if taken is not None:
        raise Conflict(Problem("", "plan_done", {"value": plan.id, "run": taken}))
    if datetime.now(UTC) > plan.expires:
        raise Conflict(Problem("", "plan_expired", {"value": plan.id}))
    if not rejected:
        refuse_rejected(actor, plan)


def _noted(note: str) -> None:
    """The note is read by others, at terminals of theirs."""
    if len(note) > NOTE_CHARS:
        raise InvalidInput(Problem("note", "too_long", {"limit": NOTE_CHARS}))
    if unsafe_reason(note) == "control":
        raise InvalidInput(Problem("note", "control"))


def standing(actor: Actor, plan: Plan, role: Role) -> Approval | None:
    """An approval of this digest that is still good."""
    now, kinds = datetime.now(UTC), accepted(plan, role)
    return next(
        (
            one
            for one in actor.approvals.of(plan)
            if one.verdict == "approved"
            and one.used is None
            and now < one.expires
            and one.kind in kinds
            and may(actor, plan, role, one.by)
        ),
        None,
    )


def may(actor: Actor, plan: Plan, role: Role, by: str) -> bool:
    """Whether this principal's word counts, by the policy of now: the owner's, or another's whom it names."""
    if by == plan.owner:
        return not role.approvals.by_other
    return allowed(role_of(actor, by).approves, plan.owner)


def refuse_rejected(actor: Actor, plan: Plan) -> None:
    """Raises `Refused` when somebody rejected this plan: it is never carried out."""
    one = rejected(actor, plan)
    if one is not None:
        params = {"plan": plan.id, "by": one.by, "note": one.note or "-"}
        raise Refused(Problem("", "plan_rejected", dict(params)))


def rejected(actor: Actor, plan: Plan) -> Approval | None:
    """By whom and when, the first one."""
    return next((one for one in actor.approvals.of(plan) if one.verdict == "rejected"), None)


def given(actor: Actor, plan: Plan, role: Role, consent: Consent | None) -> Approval | None:
    """The approval that this consent is, where it counts; None otherwise."""
    if consent is None or consent.kind not in accepted(plan, role):
        return None
    if not may(actor, plan, role, consent.by):
        return None
    return record(actor, plan, role, consent, "approved")


def record(
    actor: Actor, plan: Plan, role: Role, consent: Consent, verdict: Verdict, note: str = ""
) -> Approval:
    """Keep a verdict, and say so in the audit first: what cannot be proved does not count."""
    now = datetime.now(UTC)
    approval = Approval(
        id=f"a-{secrets.token_hex(6)}",
        plan=plan.id,
        digest=plan.digest,
        owner=plan.owner,
        by=consent.by,
        kind=consent.kind,
        door=consent.door,
        verdict=verdict,
        note=note,
        created=now,
        expires=now + timedelta(minutes=role.approvals.valid_minutes),
    )
    said = {"by": consent.by, "kind": consent.kind, "note": note, "door": consent.door}
    auditing.note(actor, f"plan.{verdict}", plan, **said)
    actor.approvals.add(approval)
    return approval
