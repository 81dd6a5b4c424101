"""Verdicts about plans: `fuyajo.service.approving`."""

from __future__ import annotations

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.consent import Consent
from fuyajo.domain.plan import Plan
from fuyajo.service import approving
from fuyajo.store.approvals import Approval


@like(approving.judged)
def judged(server: Server, plan_id: str, owner: str | None = None) -> Plan:
    path = f"/plans/{segment(plan_id, 'plan_not_found')}"
    return server.parsed(Plan, server.get(path, owner=owner))


@like(approving.check_open)
def check_open(server: Server, plan: Plan, *, rejected: bool = False) -> None:
    server.get(f"/plans/{plan.id}/open", owner=plan.owner, rejected=str(rejected).lower())


@like(approving.approve)
def approve(server: Server, plan: Plan, consent: Consent, note: str = "") -> Approval:
    return _verdict(server, plan, "approve", consent, note)


@like(approving.reject)
def reject(server: Server, plan: Plan, consent: Consent, note: str = "") -> Approval:
    return _verdict(server, plan, "reject", consent, note)


def _verdict(server: Server, plan: Plan, verdict: str, consent: Consent, note: str) -> Approval:
    body = {"note": note, "owner": plan.owner, "assistant": consent.kind == "assistant"}
    return server.parsed(Approval, server.post(f"/plans/{plan.id}/{verdict}", body))
