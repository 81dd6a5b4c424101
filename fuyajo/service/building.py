"""Builds of base images that the service was asked for: jobs like those of plans, with events of their own.

What a job does is `images.build_image`, as the command does. A build that was cut off is asked for again and
continues after its last finished step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from fuyajo.domain.errors import Conflict, FuyajoError, NotFound, Problem, Refused, shown
from fuyajo.domain.jobs import IMAGE, OVER
from fuyajo.engine.runner import Event
from fuyajo.service import auditing
from fuyajo.service.applying import new_run_id, run_record
from fuyajo.service.context import Actor
from fuyajo.service.images import build_image, recipes
from fuyajo.store.jobs import Job, RunTaken
from fuyajo.store.runs import EVENTS, RunRecord

LEAST = 0.01  # of a build between two events that say the same


class Build(NamedTuple):
    """The newest build of an image: what it does, and how much is done, from 0 to 1."""

    job: Job
    doing: str
    share: float

    @property
    def over(self) -> bool:
        return self.job.state in OVER


def submit(actor: Actor, name: str) -> Job:
    """The job that builds this image, queued; the one that is open for it where the actor has that.

    Raises `NotFound`, and `Conflict` where somebody else is at it or every machine has images of its own.
    """
    if name not in {recipe.name for recipe in recipes(actor)}:
        raise NotFound(Problem("", "image_recipe", {"value": shown(name)}))
    if not available(actor):
        raise Conflict(Problem("", "image_each_machine", {"value": name}))
    for job in actor.jobs.builds():
        if job.image == name and job.state not in OVER:
            if job.owner != actor.user:
                raise Conflict(Problem("", "image_building", {"value": name, "user": job.owner}))
            return job
    job = Job(
        run=new_run_id(datetime.now(UTC)),
        owner=actor.user,
        plan=None,
        state="queued",
        priority=0,
        fence=0,
        locks=(IMAGE + name,),
        reason=f"image build {name}",
        created=datetime.now(UTC),
    )
    while True:
        try:
            actor.jobs.enqueue(job)
            return job
        except RunTaken:
            job = job._replace(run=new_run_id(datetime.now(UTC)))


def available(actor: Actor) -> bool:
    """Whether workers have the images of this service: machines that share a database have their own."""
    return actor.settings.database is None


def builds(actor: Actor) -> dict[str, Build]:
    """The newest build of each image, whoever asked for it. For who may ask for builds."""
    found: dict[str, Build] = {}
    for job in actor.jobs.builds():
        if job.image is not None and job.image not in found:
            found[job.image] = Build(job, *_progress(actor, job))
    return found


def _progress(actor: Actor, job: Job) -> tuple[str, float]:
    doing, share = "", 0.0
    tail = replace(actor, user=job.owner).runs.tail(job.owner, job.run)
    while lines := tail.more():
        for _, line in lines:
            event = json.loads(line)
            doing, share = event["task"] or doing, event["data"].get("share", share)
    return doing, share


def carry(actor: Actor, job: Job) -> None:
    """In the job's process: build the image, tell how far it is, and write down how it ended."""
    assert job.image is not None
    user = actor.people.user(job.owner)
    if user is not None and not user.admin:
        raise Refused(Problem("", "scope_missing", {"value": "admin"}))
    with run_record(actor, None, (), job.reason, run_id=job.run) as record, _ended(actor, record):
        auditing.note(actor, "image.started", run=record.id, image=job.image)
        directory = actor.runs.directory(actor.user, record.id)
        directory.mkdir(mode=0o700)
        with actor.runs.telling(actor.user, record.id):
            build_image(actor, job.image, Told(directory / EVENTS))


class Told:
    """Steps of a build as events of a run. Most of what a build says is no news."""

    def __init__(self, path: Path) -> None:
        self._path, self._seq, self._last = path, 0, ("", -1.0)

    def __call__(self, doing: str, share: float) -> None:
        if doing == self._last[0] and share - self._last[1] < LEAST:
            return
        self._seq, self._last = self._seq + 1, (doing, share)
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        said, data = f"{share:.0%}", {"share": round(share, 3)}
        event = Event(self._seq, at, "note", task=doing, message=said, data=dict(data))
        with self._path.open("a", encoding="ascii") as file:
            file.write(event.to_json() + "\n")


@contextmanager
def _ended(actor: Actor, record: RunRecord) -> Iterator[None]:
    """Its end goes into the record and the audit, whichever it is."""
    status, failure = "interrupted", None
    try:
        yield
        status = "successful"
    except KeyboardInterrupt:
        status = "canceled"
        raise
    except FuyajoError as error:
        status, failure = "failed", "; ".join(one.message() for one in error.problems)
        raise
    finally:
        now = datetime.now(UTC)
        final = record.model_dump() | {
            "status": status,
            "finished": now.replace(microsecond=0),
            "seconds": round((now - record.started).total_seconds(), 2),
            "failure": failure,
        }
        actor.runs.save(RunRecord.model_validate(final))
        auditing.note(actor, "image.ended", run=record.id, outcome=status, reason=record.reason)
