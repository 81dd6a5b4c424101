"""What a job waits for: those before it, and machines that somebody else is at work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fuyajo.domain.jobs import HELD
from fuyajo.service.context import Actor

if TYPE_CHECKING:
    from fuyajo.store.jobs import Job


class Waits(NamedTuple):
    """`place` counts from 1 over all users; `machines` are this job's that others have or wait for first.

    `behind` is such a run, where it is the actor's own: of others nothing is told.
    """

    place: int
    machines: tuple[str, ...] = ()
    behind: str | None = None


def waits(actor: Actor, job: Job) -> Waits | None:
    """None for a job that does not wait."""
    if job.state != "queued":
        return None
    queued = sorted(actor.jobs.of(states=["queued"]), key=_order)
    before = [one for one in queued if one.run != job.run and _order(one) < _order(job)]
    busy = actor.jobs.of(states=sorted(HELD))
    others = [one for one in (*busy, *before) if set(one.locks) & set(job.locks)]
    held = {name for one in others for name in one.locks}
    mine = next((one.run for one in others if one.owner == actor.user), None)
    return Waits(len(before) + 1, tuple(n for n in job.machines if n in held), mine)


def _order(job: Job) -> tuple[int, str, str]:
    """As the queue has it, but for the share of each user, which changes with every run that ends."""
    return -job.priority, job.created.isoformat(), job.run
