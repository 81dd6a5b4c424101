"""A run whose process was ended before its playbook began, so that nothing in its directory says why."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from fuyajo.service.runs import get_run
from fuyajo.store.runs import RunRecord
from tests.support.file_host import actor_of
from tests.support.jobs import LEASE, START, job_of, new_jobs


@pytest.mark.parametrize("cancel", [True, False])
def test_it_was_canceled_where_somebody_asked_for_that(tmp_path: Path, cancel: bool) -> None:
    home = tmp_path / "home"
    jobs = new_jobs(home)
    job = job_of(1, plan=None)
    jobs.enqueue(job)
    assert jobs.claim("w", START, LEASE, 9) is not None
    actor = actor_of(home, job.owner)
    actor.runs.save(
        RunRecord(id=job.run, owner=job.owner, plan=None, status="running", started=START)
    )
    if cancel:
        jobs.want(job.run, job.owner, START + timedelta(seconds=1))
    assert get_run(actor, job.run).status == ("canceled" if cancel else "interrupted")
