"""Runs: list, show, read their events, cancel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuyajo.domain.errors import Conflict, NotFound, Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.text_rules import told_once
from fuyajo.service.context import Actor
from fuyajo.store.runs import RunRecord

if TYPE_CHECKING:
    from fuyajo.engine.runner import RunOutcome


def list_runs(actor: Actor) -> list[RunRecord]:
    return [refreshed(actor, record) for record in actor.runs.list(actor.user)]


def get_run(actor: Actor, run_id: str) -> RunRecord:
    return refreshed(actor, actor.runs.load(actor.user, run_id))


def refreshed(actor: Actor, record: RunRecord) -> RunRecord:
    """The record, made true and settled when the process that would have done it is gone."""
    if record.settled and record.status != "running":
        return record
    with actor.runs.hold(actor.user, record.id) as ours:
        if not ours:  # whoever carries it out holds it
            return record
        now = actor.runs.load(actor.user, record.id)
        if now.status == "running":
            now = _ended(actor, now)
        if now.status != "running" and not now.settled:
            from fuyajo.service.settling import settle

            now = settle(actor, now, _plan(actor, now))
    return now


def _ended(actor: Actor, record: RunRecord) -> RunRecord:
    """What is known of a run whose owner died."""
    from fuyajo.engine.runner import read_outcome, reap

    directory = actor.runs.directory(actor.user, record.id)
    if not reap(directory):
        return record  # its playbook may still make something: it is not over
    with actor.runs.telling(actor.user, record.id):
        pass  # what it said and nobody had passed on
    try:
        outcome = read_outcome(directory)
    except FileNotFoundError:
        # The process died before the run's directory came into being.
        update: dict[str, Any] = {"status": "interrupted"}
    else:
        if outcome is None:
            return record
        update = {
            "status": outcome.status,
            "changed": outcome.changed,
            "seconds": outcome.seconds or None,
            "failure": failure_text(outcome),
        }
    if update["status"] == "interrupted" and _cancel_wanted(actor, record.id):
        # Its worker ended it before it could leave a mark of that.
        update["status"] = "canceled"
    final = RunRecord.model_validate(record.model_dump() | update)
    actor.runs.save(final)
    return final


def _cancel_wanted(actor: Actor, run_id: str) -> bool:
    """Whether somebody asked for its end, of a run that came from the queue."""
    if not actor.database.exists:
        return False
    job = actor.jobs.get(run_id)
    return job is not None and job.wanted == "cancel"


def _plan(actor: Actor, record: RunRecord) -> Plan | None:
    """The plan of a run, unless it is too old to be kept."""
    if record.plan is None:
        return None
    try:
        return actor.plans.load(actor.user, record.plan)
    except NotFound:
        return None


def failure_text(outcome: RunOutcome | None) -> str | None:
    """The first failing task and what it said, in one bounded line that says nothing twice."""
    if outcome is None or outcome.failure is None:
        return None
    failure = outcome.failure
    said = " ".join(told_once(failure.message))[:500]
    return f"{failure.task or '-'} ({failure.host or '-'}): {said}"


def failed_problem(record: RunRecord) -> Problem:
    """What to say of a run that did not succeed, with the command that continues it."""
    detail = record.failure or record.status
    if record.plan is None or record.check:
        return Problem("", "run_failed_alone", {"value": record.id, "detail": detail})
    return Problem("", "run_failed", {"value": record.id, "plan": record.plan, "detail": detail})


def events(actor: Actor, run_id: str) -> Iterator[dict[str, Any]]:
    """Every event of a run in order; each is a mapping with seq, time, kind, stage and message."""
    record = actor.runs.load(actor.user, run_id)
    tail = actor.runs.tail(actor.user, record.id)
    while lines := tail.more():
        for _, line in lines:
            yield json.loads(line)


def keys(actor: Actor) -> Path:
    """Where this user's keys for guests are, on the machine that carries the runs out."""
    return actor.home.ssh(actor.user)


def cancel_run(actor: Actor, run_id: str) -> RunRecord:
    """Stop a run and everything it started. Raises `Conflict` when it is over already, or does not stop."""
    from fuyajo.engine.runner import cancel

    record = get_run(actor, run_id)
    if record.status != "running":
        raise Conflict(Problem("", "run_over", {"value": record.id, "status": record.status}))
    cancel(actor.runs.directory(actor.user, record.id))
    ended = get_run(actor, run_id)
    if ended.status == "running":
        raise Conflict(Problem("", "run_stays", {"value": record.id}))
    if ended.status != "canceled":
        raise Conflict(Problem("", "run_over", {"value": ended.id, "status": ended.status}))
    return ended
