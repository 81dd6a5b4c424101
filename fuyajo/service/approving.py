"""Approvals: a person's word for one digest, given at the question or ahead of it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from fuyajo.domain.consent import Consent, Kind
from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Role
from fuyajo.service import auditing
from fuyajo.service.context import Actor
from fuyajo.store.approvals import Approval, Verdict

#: A plan that was made after reading what a guest wrote needs somebody who looked at it.
PERSONS: frozenset[Kind] = frozenset({"terminal", "web", "elicitation"})


def accepted(plan: Plan, role: Role) -> frozenset[Kind]:
    """The kinds of consent that count for this plan."""
    kinds = frozenset(role.approvals.accept)
    return kinds & PERSONS if plan.taint else kinds


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
            and not (role.approvals.by_other and one.by == plan.owner)
        ),
        None,
    )


def refuse_rejected(actor: Actor, plan: Plan) -> None:
    """Raises `Refused` when somebody rejected this plan: it is never carried out."""
    for one in actor.approvals.of(plan):
        if one.verdict == "rejected":
            params = {"plan": plan.id, "by": one.by, "note": one.note or "-"}
            raise Refused(Problem("", "plan_rejected", dict(params)))


def given(actor: Actor, plan: Plan, role: Role, consent: Consent | None) -> Approval | None:
    """The approval that this consent is, where it counts; None otherwise."""
    if consent is None or consent.kind not in accepted(plan, role):
        return None
    if role.approvals.by_other and consent.by == plan.owner:
        return None
    return record(actor, plan, role, consent, "approved")


def record(
    actor: Actor, plan: Plan, role: Role, consent: Consent, verdict: Verdict, note: str = ""
) -> Approval:
    """Keep a verdict, and say so in the audit."""
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
    actor.approvals.add(approval)
    auditing.note(actor, f"plan.{verdict}", plan, by=consent.by, kind=consent.kind, note=note)
    return approval
