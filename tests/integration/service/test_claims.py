"""Eight processes take 400 jobs: each job once, nobody above the limit, never two at one machine."""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import partial
from pathlib import Path

from fuyajo.store.jobs import JobStore
from tests.support.file_host import in_a_process
from tests.support.jobs import LEASE, START, job_of, jobs_at, new_jobs

JOBS, PROCESSES, USERS, MACHINES = 400, 8, 20, 30


def _worker(home: Path, out: Path) -> None:
    jobs, mine = jobs_at(home), []
    while True:
        job = jobs.claim(str(os.getpid()), START, LEASE, per_user=2)
        if job is None:
            if not jobs.waiting():
                break
            continue
        busy = _busy(jobs)
        assert max(Counter(one.owner for one in busy).values()) <= 2
        assert max(Counter(name for one in busy for name in one.locks).values()) == 1
        assert jobs.move(job, "running", START)
        assert jobs.move(job, "successful", START)
        mine.append(job.run)
    out.write_text(json.dumps(mine))


def _busy(jobs: JobStore) -> list:  # type: ignore[type-arg]
    """What is held now: the own one is among them."""
    return jobs.of(states=("starting", "running"))


def test_each_job_goes_to_one_process(tmp_path: Path) -> None:
    jobs = new_jobs(tmp_path / "home")
    with jobs.database.write() as connection:
        for number in range(JOBS):
            owner, machine = f"u{number % USERS}", f"vm-{number % MACHINES}"
            jobs.add(job_of(number, owner, machine), connection)
    outs = [tmp_path / f"claimed-{number}" for number in range(PROCESSES)]
    children = []
    for out in outs:
        child = os.fork()
        if child == 0:
            os._exit(in_a_process(partial(_worker, tmp_path / "home", out)) & 255)
        children.append(child)
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert ends == [0] * PROCESSES
    claimed = [json.loads(out.read_text()) for out in outs]
    runs = [run for mine in claimed for run in mine]
    assert len(runs) == len(set(runs)) == JOBS
    assert sum(bool(mine) for mine in claimed) > 1
    assert Counter(job.state for job in jobs.of()) == {"successful": JOBS}
