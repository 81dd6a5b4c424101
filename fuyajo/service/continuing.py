"""Going on with a run that did not come to its end: its plan again, or the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.jobs import OVER
from fuyajo.domain.plan import Plan
from fuyajo.service import submitting
from fuyajo.service.admitting import asks
from fuyajo.service.applying import resolve
from fuyajo.service.context import Actor
from fuyajo.service.following import seen

if TYPE_CHECKING:
    from fuyajo.store.jobs import Job


class Continued(NamedTuple):
    """`job` carries the rest out. Without one: there is no rest, or somebody has to agree to `plan` first."""

    plan: Plan | None
    job: Job | None


def go_on(actor: Actor, run_id: str) -> Continued:
    """Raises what `resolve` and `submit` raise, `InvalidInput` for a run without a plan.

    Asked twice it is one job: the first one for as long as that is not over.
    """
    found = seen(actor, run_id)
    plan_id = (found.record.plan if found.record else None) or (
        found.job.plan if found.job else None
    )
    if plan_id is None:
        raise InvalidInput(Problem("", "continue_nothing", {"value": run_id}))
    for job in actor.jobs.of(actor.user):
        if job.state not in OVER and job.reason == f"again: {plan_id}":
            return Continued(None, job)
    meant = resolve(actor, plan_id)
    if meant.nothing_to_do or asks(actor, meant):
        return Continued(meant, None)
    return Continued(meant, submitting.submit(actor, meant.id))
