"""A plan → one run of the playbook, with the state of the world checked again first."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fuyajo.domain.errors import Conflict, NotFound, Problem, Refused
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.planning import changes_of, fingerprint
from fuyajo.engine import paths
from fuyajo.engine.reader import connection
from fuyajo.engine.render import run_document
from fuyajo.engine.runner import Event, RunInterrupted, RunOutcome, RunRequest, run
from fuyajo.service.context import Actor
from fuyajo.service.planning import look, make_plan
from fuyajo.service.runs import refreshed
from fuyajo.service.surroundings import surroundings
from fuyajo.store.runs import RunRecord

TIMEOUT_S = 1800.0
OnEvent = Callable[[Event], None]


@dataclass(frozen=True)
class Applied:
    """`record` is None when there was nothing to do, or the plan had been carried out before."""

    plan: Plan
    record: RunRecord | None
    facts: dict[str, Any] = field(default_factory=dict)
    already: str | None = None


def resolve(actor: Actor, plan_id: str) -> Plan:
    """The plan to carry out now: the saved one, or a fresh one of the same spec to continue with.

    Raises `Conflict` when the plan expired, runs already, or the host moved since it was shown.
    """
    plan = actor.plans.load(actor.user, plan_id)
    taken = actor.plans.taken_by(plan)
    if taken is not None:
        return _again(actor, plan, taken)
    if datetime.now(UTC) > plan.expires:
        raise Conflict(Problem("", "plan_expired", {"value": plan.id}))
    host = look(actor)
    if fingerprint(plan.spec, host) != plan.fingerprint:
        fresh, _ = changes_of(plan.spec, host, actor.user)
        raise Conflict(Problem("", "plan_stale", {"detail": _moved(plan.changes, fresh)}))
    return plan


def _moved(shown: tuple[Change, ...], now: tuple[Change, ...]) -> str:
    before = {change.name: change.action for change in shown}
    moved = [
        f"{change.name}: {before.get(change.name, 'noop')} → {change.action}"
        for change in now
        if before.get(change.name) != change.action
    ]
    return ", ".join(moved) or ", ".join(change.name for change in shown)


def _again(actor: Actor, plan: Plan, run_id: str) -> Plan:
    """A plan that was applied before: nothing left to do, or its unfinished rest."""
    try:
        record = refreshed(actor, actor.runs.load(actor.user, run_id))
    except NotFound:
        status = "interrupted"
    else:
        status = record.status
    if status == "running":
        raise Conflict(Problem("", "plan_running", {"value": plan.id, "run": run_id}))
    fresh = make_plan(actor, plan.spec, look(actor), f"again: {plan.id}")
    if status != "successful" or fresh.nothing_to_do:
        return fresh
    if plan.spec.vms or plan.spec.networks:
        changes = _moved(tuple(c for c in fresh.changes if c.action == "noop"), fresh.changes)
        raise Conflict(Problem("", "plan_used", {"value": plan.id, "detail": changes}))
    raise Conflict(Problem("", "plan_done", {"value": plan.id, "run": run_id}))


def apply(
    actor: Actor,
    plan: Plan,
    on_event: OnEvent,
    *,
    check: bool = False,
    confirmed: bool = False,
    on_start: Callable[[RunRecord], None] | None = None,
) -> Applied:
    """Carry the plan out. `confirmed` says that a person agreed to what cannot be undone."""
    if plan.nothing_to_do and not check:
        return Applied(plan, None)
    if plan.risk == "destroy" and not confirmed and not check:
        names = ", ".join(c.name for c in plan.changes if c.action == "delete")
        raise Refused(Problem("", "confirm_destroy", {"value": names, "plan": plan.id}))
    involved = tuple(c.name for c in plan.changes if c.object == "vm")
    record = new_record(actor, plan.id, involved, plan.reason, check)
    if not check and not actor.plans.take(plan, record.id):
        raise Conflict(Problem("", "plan_running", {"value": plan.id, "run": record.id}))
    if on_start:
        on_start(record)
    final, facts = execute(
        actor, record, run_document(plan, record.id, surroundings(actor)), on_event
    )
    return Applied(plan, final, facts)


def new_record(
    actor: Actor, plan_id: str | None, vms: tuple[str, ...], reason: str, check: bool = False
) -> RunRecord:
    now = datetime.now(UTC)
    return RunRecord(
        id=f"r-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
        owner=actor.user,
        plan=plan_id,
        check=check,
        status="running",
        started=now.replace(microsecond=0),
        vms=vms,
        reason=reason,
    )


class _Stages:
    """Seconds spent in each stage, from the events as they pass."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = "prepare"
        self._since = time.monotonic()

    def note(self, stage: str | None) -> None:
        now = time.monotonic()
        spent = self.seconds.get(self._stage, 0.0) + now - self._since
        self.seconds[self._stage] = round(spent, 2)
        self._since = now
        self._stage = stage or self._stage


def execute(
    actor: Actor, record: RunRecord, document: dict[str, Any], on_event: OnEvent
) -> tuple[RunRecord, dict[str, Any]]:
    """Run the playbook on this document, from the saved record to its end. Facts of VMs by name."""
    actor.runs.save(record)
    stages = _Stages()

    def forward(event: Event) -> None:
        stages.note(event.stage)
        on_event(event)

    status, outcome = "interrupted", None
    try:
        with ExitStack() as stack:
            if actor.settings.uri.endswith("/session"):
                # The user's own daemon must live outside the run's process tree.
                stack.enter_context(connection(actor.settings.uri))
            request = RunRequest(
                directory=actor.runs.directory(actor.user, record.id),
                document=document,
                playbook=paths.playbook("provision"),
                check=record.check,
                timeout=TIMEOUT_S,
            )
            outcome = run(request, forward)
            status = outcome.status
    except RunInterrupted as stopped:
        outcome = stopped.outcome
        status = "canceled"
        raise
    finally:
        stages.note(None)
        final = _finished(record, status, stages.seconds, outcome)
        actor.runs.save(final)
    return final, outcome.facts


def failure_text(outcome: RunOutcome | None) -> str | None:
    """The first failing task and what it said, in one bounded line."""
    if outcome is None or outcome.failure is None:
        return None
    failure = outcome.failure
    said = " ".join(failure.message.split())[:500]
    return f"{failure.task or '-'} ({failure.host or '-'}): {said}"


def failed_problem(record: RunRecord) -> Problem:
    if record.plan is None:
        detail = record.failure or record.status
        return Problem("", "run_failed_alone", {"value": record.id, "detail": detail})
    params = {
        "value": record.id,
        "plan": record.plan,
        "detail": record.failure or record.status,
    }
    return Problem("", "run_failed", dict(params))


def _finished(
    record: RunRecord, status: str, stages: dict[str, float], outcome: RunOutcome | None
) -> RunRecord:
    now = datetime.now(UTC)
    return RunRecord.model_validate(
        record.model_dump()
        | {
            "status": status,
            "finished": now.replace(microsecond=0),
            "seconds": round(sum(stages.values()), 2),
            "stages": stages,
            "changed": outcome.changed if outcome else None,
            "failure": failure_text(outcome),
        }
    )
