"""Asking for a run: checked now, carried out by a worker, known by its id from here on."""

from __future__ import annotations

from datetime import UTC, datetime

from fuyajo.domain.consent import Consent, Kind
from fuyajo.domain.errors import Conflict, Problem, TooMany, shown
from fuyajo.domain.jobs import OVER
from fuyajo.domain.ours import missing, ours
from fuyajo.domain.plan import Plan
from fuyajo.service import tracing
from fuyajo.service.admitting import admit
from fuyajo.service.applying import new_run_id, resolve
from fuyajo.service.context import Actor
from fuyajo.service.failpoints import reached
from fuyajo.store.jobs import Job, RunTaken

MOST_QUEUED = 100  # of one user


def submit(
    actor: Actor,
    plan_id: str,
    consent: Kind | None = None,
    priority: int = 0,
    *,
    check: bool = False,
) -> Job:
    """The job of this plan, queued. The same plan again is the same job as long as that is not over.

    `check`: nothing is changed, so nobody has to agree.

    Raises what `resolve` and `admit` raise: what cannot run is not queued. Both are asked again at its start.
    """
    with tracing.span("submit", plan=shown(plan_id)) as told:
        job = _submitted(actor, plan_id, consent, priority, check)
        told.note("fuyajo.run", job.run)
    return job


def _submitted(actor: Actor, plan_id: str, consent: Kind | None, priority: int, check: bool) -> Job:
    plan = _open(actor, plan_id, check)
    if isinstance(plan, Job):
        return plan
    if not check:
        admit(actor, plan, Consent(actor.user, consent, actor.door) if consent else None)
    wanted = _job(actor, plan, consent, priority, check)
    if plan.nothing_to_do:  # saved nowhere: what is left of the first one is looked for again
        wanted = wanted._replace(plan=plan_id)
    reached("job-admitted")
    while True:
        try:
            job = actor.jobs.enqueue(wanted, MOST_QUEUED)
        except RunTaken:  # four digits for one second: with many users it happens
            wanted = wanted._replace(run=new_run_id(datetime.now(UTC)))
            continue
        break
    if job is None:
        raise TooMany(Problem("", "too_many_queued", {"limit": MOST_QUEUED}))
    reached("job-committed")
    return job


def _open(actor: Actor, plan_id: str, check: bool) -> Plan | Job:
    """The plan to carry out, or the job that is about to do so: that one is no conflict with itself."""
    for job in actor.jobs.of(actor.user, ("queued", "starting", "running")):
        if (job.plan, job.check) == (plan_id, check):
            return job
    return resolve(actor, plan_id)


def _job(actor: Actor, plan: Plan, consent: Kind | None, priority: int, check: bool) -> Job:
    now = datetime.now(UTC)
    return Job(
        run=new_run_id(now),
        owner=actor.user,
        plan=plan.id,
        state="queued",
        priority=priority,
        fence=0,
        locks=tuple(sorted({change.name for change in plan.changes if change.object == "vm"})),
        reason=plan.reason,
        created=now,
        consent=consent,
        check=check,
        trace=tracing.carried(),
        host=plan.host,
        door=actor.door if consent else None,
    )


def job_of(actor: Actor, run_id: str) -> Job:
    """The job of that run; somebody else's is not found."""
    return ours(actor.user, "run", run_id, actor.jobs.get(run_id))


def cancel(actor: Actor, run_id: str) -> Job:
    """Ask for its end: over at once while it is queued, otherwise within seconds."""
    found = actor.jobs.want(run_id, actor.user, datetime.now(UTC))
    if found is None:
        raise missing("run", run_id)
    if found in OVER:
        raise Conflict(Problem("", "run_over", {"value": run_id, "status": found}))
    return job_of(actor, run_id)
