"""A plan → one run of the playbook, with the state of the world checked again first."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Conflict, FuyajoError, NotFound, Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.remains import Remain, finished_tasks
from fuyajo.engine import paths
from fuyajo.engine.reader import connection
from fuyajo.engine.render import run_document
from fuyajo.engine.runner import Event, RunInterrupted, RunOutcome, RunRequest, run
from fuyajo.service import auditing, claiming, failing, hosting, owning
from fuyajo.service.admitting import admit, enter
from fuyajo.service.context import Actor
from fuyajo.service.failpoints import reached
from fuyajo.service.planning import draft_plan, look
from fuyajo.service.remaining import remaining
from fuyajo.service.runs import events, failure_text, refreshed
from fuyajo.service.settling import settle
from fuyajo.service.staleness import differences, is_stale
from fuyajo.service.surroundings import surroundings
from fuyajo.store.approvals import Approval
from fuyajo.store.known_hosts import forget_host
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
    # How far the changes came, for a run that failed, and the run that undid what it had made.
    remains: tuple[Remain, ...] = ()
    undone: RunRecord | None = None
    problems: tuple[Problem, ...] = ()


def resolve(actor: Actor, plan_id: str) -> Plan:
    """The plan to carry out now: the saved one, or a fresh one of the same spec to continue with.

    Raises `Conflict` when the plan expired, runs already, or the host moved since it was shown.
    """
    plan = actor.plans.load(actor.user, plan_id)
    actor = _there(actor, plan)
    taken = actor.plans.taken_by(plan)
    if taken is not None:
        return _again(actor, plan, taken)
    if datetime.now(UTC) > plan.expires:
        raise Conflict(Problem("", "plan_expired", {"value": plan.id}))
    host = look(actor, plan.spec.snapshots_of)
    if is_stale(plan, host):
        raise Conflict(differences(plan, host))
    return plan


def _there(actor: Actor, plan: Plan) -> Actor:
    """On the hypervisor of this plan. Raises `Conflict` for one made when there was one alone."""
    if actor.settings.several and plan.host is None and not plan.nothing_to_do:
        raise Conflict(Problem("", "plan_hostless", {"value": plan.id}))
    return hosting.at(actor, plan)


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
    host = look(actor)
    whole = status == "successful"
    finished = frozenset() if whole else finished_tasks(events(actor, run_id))
    rest = remaining(plan, host, whole=whole, finished=finished)
    fresh = draft_plan(actor, rest, host, f"again: {plan.id}", taint=plan.taint)
    if fresh.nothing_to_do:
        return fresh
    if status != "successful":
        actor.plans.save(fresh)
        return fresh
    if plan.spec.vms or plan.spec.networks:
        moved = [f"{c.action} {c.name}" for c in fresh.changes if c.action != "noop"]
        raise Conflict(Problem("", "plan_used", {"value": plan.id, "detail": ", ".join(moved)}))
    raise Conflict(Problem("", "plan_done", {"value": plan.id, "run": run_id}))


def apply(
    actor: Actor,
    plan: Plan,
    on_event: OnEvent,
    *,
    check: bool = False,
    consent: Consent | None = None,
    on_start: Callable[[RunRecord], None] | None = None,
    run_id: str | None = None,
) -> Applied:
    """Carry the plan out. `consent` is how somebody agreed to it just now, where anybody did.

    `run_id` is the one that was promised when it was asked for; a new one otherwise.
    """
    if plan.nothing_to_do and not check:
        return Applied(plan, None)
    actor = _there(actor, plan)
    owning.require(actor, plan)
    approval = None if check else admit(actor, plan, consent)
    final, facts = _carried_out(actor, plan, on_event, approval, check, on_start, run_id)
    if final.status == "successful":
        if not check:
            _forget_keys(actor, plan)
        return Applied(plan, final, facts)
    return _failed(Applied(plan, final, facts), actor, on_event)


def _carried_out(
    actor: Actor,
    plan: Plan,
    on_event: OnEvent,
    approval: Approval | None = None,
    check: bool = False,
    on_start: Callable[[RunRecord], None] | None = None,
    run_id: str | None = None,
) -> tuple[RunRecord, dict[str, Any]]:
    """One run of a plan that was let in, from its record to its settlement."""
    around = surroundings(actor)
    involved = tuple(c.name for c in plan.changes if c.object == "vm")
    with run_record(actor, plan.id, involved, plan.reason, check, run_id) as record:
        if not check:
            _begin(actor, plan, record, approval)
        if on_start:
            on_start(record)
        document = run_document(plan, record.id, around)
        final = record
        try:
            final, facts = execute(actor, record, document, on_event)
        finally:
            if not check:
                final = settle(actor, actor.runs.load(actor.user, record.id), plan)
        return final, facts


def _failed(applied: Applied, actor: Actor, on_event: OnEvent) -> Applied:
    """What is there now, and a run of its own that removes what policy does not want to keep."""
    plan, record = applied.plan, applied.record
    if record is None or record.check:
        return applied
    undone: RunRecord | None = None
    gone: set[str] = set()
    try:
        back = failing.undo_plan(actor, plan, record)
        if back is not None:
            # Policy is what lets this in: nothing goes that is older than the run that failed.
            owning.require(actor, back)
            undone = _carried_out(actor, back, on_event)[0]
            gone = {c.name for c in back.changes if undone.status == "successful"}
        left = failing.remains_of(actor, plan, record)
    except FuyajoError as error:  # what failed first is what is told first
        return replace(applied, undone=undone, problems=error.problems)
    told = tuple(failing.undone(r) if r.name in gone else r for r in left)
    return replace(applied, remains=told, undone=undone)


def _begin(actor: Actor, plan: Plan, record: RunRecord, approval: Approval | None) -> None:
    """Take the plan, use up the approval, claim the room, and say so before anything happens."""
    if not actor.plans.take(plan, record.id):
        actor.runs.discard(record)
        winner = actor.plans.taken_by(plan)
        raise Conflict(Problem("", "plan_running", {"value": plan.id, "run": winner}))
    try:
        reached("taken")
        enter(actor, plan, record.id, approval)
        reached("claimed")
        agreed = {"approval": approval.id, "by": approval.by} if approval else {}
        auditing.note(actor, "run.started", plan, run=record.id, **agreed)
        reached("announced")
    except FuyajoError:
        claiming.give_back(actor, record.id)
        actor.plans.free(plan)
        actor.runs.discard(record)
        raise


def _forget_keys(actor: Actor, plan: Plan) -> None:
    """The host key of a guest that is gone for good means nothing any more."""
    for change in plan.changes:
        if change.action in ("delete", "purge") and change.uuid and not change.until:
            forget_host(actor.home.ssh(actor.user) / "known_hosts", change.uuid)


def new_run_id(now: datetime) -> str:
    """Sorts by time; four hex digits tell those of one second apart."""
    return f"r-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"


@contextmanager
def run_record(
    actor: Actor,
    plan_id: str | None,
    vms: tuple[str, ...],
    reason: str,
    check: bool = False,
    run_id: str | None = None,
) -> Iterator[RunRecord]:
    """The saved record of a run that begins; while this goes on, it is ours to finish. Old records go."""
    now = datetime.now(UTC)
    record = RunRecord(
        id=run_id or new_run_id(now),
        owner=actor.user,
        plan=plan_id,
        check=check,
        status="running",
        started=now.replace(microsecond=0),
        vms=vms,
        reason=reason,
        settled=check or plan_id is None,
    )
    actor.runs.prune(actor.user)
    # Held before it can be seen: a record that nobody holds is of a process that died.
    with actor.runs.hold(actor.user, record.id):
        actor.runs.save(record)
        reached("recorded")
        yield record


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
    stages = _Stages()

    def forward(event: Event) -> None:
        stages.note(event.stage)
        on_event(event)

    status, outcome = "interrupted", None
    try:
        with ExitStack() as stack:
            if actor.settings.reached_by.endswith("/session"):
                # The user's own daemon must live outside the run's process tree.
                stack.enter_context(connection(actor.settings.reached_by))
            stack.enter_context(actor.runs.telling(actor.user, record.id))
            request = RunRequest(
                directory=actor.runs.directory(actor.user, record.id),
                document=document,
                playbook=paths.playbook("provision"),
                check=record.check,
                timeout=TIMEOUT_S,
            )
            outcome = run(request, forward)
            status = outcome.status
    except KeyboardInterrupt as stopped:
        if isinstance(stopped, RunInterrupted):
            outcome = stopped.outcome
        if outcome is None or isinstance(
            stopped, RunInterrupted
        ):  # nothing of it began, or it was stopped
            status = "canceled"
        raise
    finally:
        stages.note(None)
        final = _finished(record, status, stages.seconds, outcome)
        reached("ended")
        actor.runs.save(final)
    return final, outcome.facts


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
