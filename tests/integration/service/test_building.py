"""Builds of images by a worker: one at a time for each image, and nothing of them goes on alone."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from fuyajo.domain.errors import Conflict, NotFound, Refused
from fuyajo.service import building
from fuyajo.service.authenticating import add_user
from fuyajo.service.following import seen
from fuyajo.service.submitting import cancel
from fuyajo.store.jobs import Job
from tests.integration.service.conftest import Service
from tests.support.service_host import BUILD, children, worker


def child(service: Service) -> int:
    """The process that the build has started, once it told of it."""
    service.until(lambda: building.builds(service.actor())["debian-12"].share == 0.25)
    return int(building.builds(service.actor())["debian-12"].doing)


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_a_cancel_ends_a_build_with_all_that_it_started(service: Service) -> None:
    job = building.submit(service.actor(), "debian-12")
    assert building.submit(service.actor(), "debian-12") == job
    with worker(service.home, **{BUILD: "1"}):
        pid = child(service)
        cancel(service.actor(), job.run)
        service.state(job, "canceled")
        assert gone(pid)
    found = seen(service.actor(), job.run)
    assert (found.status, found.over, found.record.reason) == (
        "canceled",
        True,
        "image build debian-12",
    )
    assert service.actor().audit.has("image.ended", job.run)
    assert building.submit(service.actor(), "debian-12").run != job.run


def test_a_build_that_is_killed_leaves_nothing_at_work(service: Service) -> None:
    job = building.submit(service.actor(), "debian-12")
    with worker(service.home, **{BUILD: "1"}) as process:
        pid = child(service)
        (running,) = [one for one in children(process.pid) if one == parent(pid)]
        os.kill(running, signal.SIGKILL)
        service.state(job, "interrupted")
        service.until(lambda: gone(pid))
    assert seen(service.actor(), job.run).status == "interrupted"


def parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def test_what_cannot_be_built_is_not_queued(service: Service) -> None:
    actor = service.actor()
    with pytest.raises(NotFound):
        building.submit(actor, "../debian-12")
    shared = replace(actor, settings=replace(actor.settings, database="postgresql://db/x"))
    with pytest.raises(Conflict) as refused:
        building.submit(replace(shared, opened=actor.database), "debian-12")
    assert refused.value.problems[0].code == "image_each_machine"
    building.submit(service.actor("jun"), "debian-12")
    with pytest.raises(Conflict) as busy:
        building.submit(actor, "debian-12")
    assert busy.value.problems[0].params["user"] == "jun"


def test_who_is_no_administrator_any_more_builds_nothing(service: Service) -> None:
    add_user(service.actor("root"), "mika", None)
    job: Job = building.submit(service.actor(), "debian-12")
    with pytest.raises(Refused):
        building.carry(service.actor(), job)
    assert service.actor().runs.list("mika") == []
