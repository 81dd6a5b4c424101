"""Runs as whoever asked for them sees them: the job that waits or goes on, and the record of what it did."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from fuyajo.domain.errors import NotFound, Problem
from fuyajo.domain.jobs import OVER, State
from fuyajo.domain.ours import missing
from fuyajo.service import submitting
from fuyajo.service.context import Actor
from fuyajo.service.runs import cancel_run, get_run, list_runs
from fuyajo.store.runs import RunRecord
from fuyajo.store.tails import Tail

if TYPE_CHECKING:
    from fuyajo.store.jobs import Job

AWAY_SECONDS = 15  # a worker says every five that it is there


class Seen(NamedTuple):
    """At least one of the two is there: a run of the command line has no job, one that waits no record."""

    job: Job | None
    record: RunRecord | None
    #: Why it may wait for long: nobody is there who works for its hypervisor.
    unattended: Problem | None = None

    @property
    def id(self) -> str:
        return self.job.run if self.job else self.record.id if self.record else ""

    @property
    def status(self) -> State:
        """What was really done wins over what was to be done."""
        if self.record is not None:
            return self.record.status
        return self.job.state if self.job else "failed"

    @property
    def over(self) -> bool:
        """Both know that it is over: nothing more comes of it."""
        return self.status in OVER and (self.job is None or self.job.state in OVER)


def seen(actor: Actor, run_id: str) -> Seen:
    """That run of this actor. Raises `NotFound`, also for one of somebody else."""
    job, record = None, None
    with suppress(NotFound):
        job = submitting.job_of(actor, run_id)
    with suppress(NotFound):
        record = get_run(actor, run_id)
    if job is None and record is None:
        raise missing("run", run_id)
    return Seen(job, record, unattended(actor, job))


def unattended(actor: Actor, job: Job | None) -> Problem | None:
    """That no worker for its hypervisor was seen for a while, of a job that waits."""
    if job is None or job.state != "queued" or job.host is None:
        return None
    seen, now = actor.workers.seen(job.host), datetime.now(UTC)
    if seen is None:
        return Problem("", "queued_unseen", {"host": job.host})
    seconds = int((now - seen).total_seconds())
    if seconds < AWAY_SECONDS:
        return None
    return Problem("", "queued_away", {"host": job.host, "seconds": seconds})


def all_seen(actor: Actor) -> list[Seen]:
    """All of this actor's, newest first."""
    jobs = {job.run: job for job in actor.jobs.of(actor.user)}
    records = {record.id: record for record in list_runs(actor)}
    ids = sorted(jobs.keys() | records.keys(), reverse=True)
    return [Seen(jobs.get(one), records.get(one), unattended(actor, jobs.get(one))) for one in ids]


def cancel(actor: Actor, run_id: str) -> Seen:
    """Ask for its end, whoever carries it out. Raises `Conflict` when it is over already."""
    if seen(actor, run_id).job is not None:
        submitting.cancel(actor, run_id)
    else:
        cancel_run(actor, run_id)
    return seen(actor, run_id)


def story(actor: Actor, run_id: str, after: int = 0) -> Tail:
    """The events of a run as they are written, from the one behind `after` on."""
    found = seen(actor, run_id)
    return actor.runs.tail(actor.user, found.id, after)
