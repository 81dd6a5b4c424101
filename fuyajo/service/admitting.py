"""The gate before a run: policy, a person's approval where one is needed, and room in the quota."""

from __future__ import annotations

from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Problem, Refused, shown
from fuyajo.domain.losses import losses
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Role
from fuyajo.service import approving, auditing, claiming
from fuyajo.service.context import Actor
from fuyajo.service.policing import decision_on, role_of
from fuyajo.store.approvals import Approval


def admit(actor: Actor, plan: Plan, consent: Consent | None) -> Approval | None:
    """The approval that lets this plan run, None where it needs none.

    Raises `Refused` with everything that policy has against it, or with what is to be approved.
    """
    role = role_of(actor, plan.owner)
    decision, problems = decision_on(actor, plan)
    approving.refuse_rejected(actor, plan)
    if problems:
        raise Refused(problems)
    if decision.need == "nothing":
        return None
    found = approving.standing(actor, plan, role) or approving.given(actor, plan, role, consent)
    if found is None:
        raise Refused(_unapproved(plan, role, consent))
    return found


def enter(actor: Actor, plan: Plan, run: str, approval: Approval | None) -> None:
    """Use the approval up and claim what the plan adds. Raises `Refused`; then nothing was claimed."""
    auditing.note_policy(actor)
    approving.refuse_rejected(actor, plan)  # somebody may have done so since the plan was admitted
    if approval is not None and not actor.approvals.use(approval, run):
        raise Refused(Problem("", "approval_used", {"plan": plan.id}))
    claiming.claim(actor, plan, run)


def asks(actor: Actor, plan: Plan) -> bool:
    """Whether a person has to be asked now: policy wants an approval, and nobody gave one yet."""
    decision, problems = decision_on(actor, plan)
    if problems or decision.need != "approval":
        return False
    return approving.standing(actor, plan, role_of(actor, plan.owner)) is None


def _unapproved(plan: Plan, role: Role, consent: Consent | None) -> list[Problem]:
    """What a person has to agree to: machines that go, machines that go back, or the plan as such."""
    found: list[Problem] = []
    if consent is not None and consent.kind not in approving.accepted(plan, role):
        params = {"kind": consent.kind, "plan": plan.id}
        found.append(Problem("", "consent_kind", dict(params)))
    if role.approvals.by_other:
        found.append(Problem("", "needs_other", {"plan": plan.id, "owner": plan.owner}))
    if found or "flag" not in approving.accepted(plan, role):
        return found or [Problem("", "needs_approval", {"plan": plan.id})]
    return _destroyed(plan) or [Problem("", "needs_approval", {"plan": plan.id})]


def _destroyed(plan: Plan) -> list[Problem]:
    """What a yes would agree to."""
    found: list[Problem] = []
    for until in sorted({c.until for c in plan.changes if c.until}):
        names = ", ".join(c.name for c in plan.changes if c.until == until)
        kept = {"value": names, "until": until, "plan": plan.id}
        found.append(Problem("", "confirm_trash", dict(kept)))
    doomed = [c for c in plan.changes if c.action in ("delete", "purge") and not c.until]
    gone = ", ".join(shown(c.name) for c in doomed)
    if gone:
        found.append(Problem("", "confirm_destroy", {"value": gone, "plan": plan.id}))
    for code, machine, copy in losses(plan):
        found.append(Problem("", code, {"value": machine, "snapshot": copy, "plan": plan.id}))
    reset = ", ".join(c.name for c in plan.changes if c.action == "restart" and c.irreversible)
    if reset:
        found.append(Problem("", "confirm_reset", {"value": reset, "plan": plan.id}))
    return found
