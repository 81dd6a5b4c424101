"""Several workers, some of them gone for a while, a clock that moves, and anything in between.

Checked against a plain model of what the table must say: no job twice, no state that cannot follow, no word
of a worker that lost its job.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fuyajo.domain.jobs import FOLLOWS, HELD, OVER, STATES, State
from fuyajo.store.jobs import Job, LostLease
from tests.support.jobs import LEASE, START, job_of, new_jobs

PER_USER = 2
owners = st.sampled_from(["mika", "jun", "aya"])
workers = st.sampled_from(["one", "two", "three"])
machines = st.sets(st.sampled_from(["web", "db", "box"]), max_size=2)


class Jobs(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(mkdtemp(prefix="fuyajo-jobs-"))
        self.jobs = new_jobs(self.root / "home")
        self.now: datetime = START
        self.count = 0
        self.rows: dict[str, Job] = {}
        #: What workers believe to hold, also long after they lost it.
        self.claims: list[Job] = []
        self.began: list[str] = []

    def teardown(self) -> None:
        shutil.rmtree(self.root)

    def busy(self) -> list[Job]:
        return [job for job in self.rows.values() if job.state in HELD]

    def mine(self, job: Job) -> bool:
        row = self.rows[job.run]
        return row.state in HELD and row.fence == job.fence

    @rule(owner=owners, locks=machines, priority=st.integers(0, 2))
    def enqueue(self, owner: str, locks: set[str], priority: int) -> None:
        self.count += 1
        job = job_of(self.count, owner, *sorted(locks), priority=priority)
        assert self.jobs.enqueue(job) == job
        self.rows[job.run] = job

    def expected(self) -> str | None:
        busy = self.busy()
        going = {owner: sum(j.owner == owner for j in busy) for owner in ("mika", "jun", "aya")}
        taken = {name for job in busy for name in job.locks}
        waiting = [j for j in self.rows.values() if j.state == "queued"]
        for job in sorted(waiting, key=lambda j: (-j.priority, going[j.owner], j.created)):
            if going[job.owner] >= PER_USER:
                continue
            if not taken & set(job.locks):
                return job.run
            taken |= set(job.locks)
        return None

    @rule(worker=workers)
    def claim(self, worker: str) -> None:
        expected = self.expected()
        job = self.jobs.claim(worker, self.now, LEASE, PER_USER)
        assert (job.run if job else None) == expected
        if job is not None:
            was = self.rows[job.run]
            assert job.fence == was.fence + 1
            self.began.append(job.run)
            self.rows[job.run] = job
            self.claims.append(job)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def renew(self, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(self.claims))
        mine, row = self.mine(job), self.rows[job.run]
        try:
            wanted = self.jobs.renew(job, self.now, LEASE)
        except LostLease:
            assert not mine
            return
        assert mine and wanted == row.wanted
        self.rows[job.run] = row._replace(lease=self.now + LEASE)

    @precondition(lambda self: self.claims)
    @rule(data=st.data(), after=st.sampled_from(STATES))
    def move(self, data: st.DataObject, after: State) -> None:
        job = data.draw(st.sampled_from(self.claims))
        row = self.rows[job.run]
        may = row.fence == job.fence and after in FOLLOWS[row.state]
        assert self.jobs.move(job, after, self.now) == may
        if may:
            finished = self.now if after in OVER else None
            self.rows[job.run] = row._replace(state=after, finished=finished)

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), owner=owners)
    def want(self, data: st.DataObject, owner: str) -> None:
        row = data.draw(st.sampled_from(list(self.rows.values())))
        found = self.jobs.want(row.run, owner, self.now)
        assert found == (row.state if row.owner == owner else None)
        if found == "queued":
            row = row._replace(state="canceled", finished=self.now, wanted="cancel")
        elif found in HELD:
            row = row._replace(wanted="cancel")
        self.rows[row.run] = row

    @rule(seconds=st.sampled_from([0.5, 5.0, 19.999999, 20.0, 60.0]))
    def time_goes_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(worker=workers)
    def take_over(self, worker: str) -> None:
        lost = {j.run for j in self.busy() if j.lease is not None and j.lease < self.now}
        taken = self.jobs.take_over(worker, self.now, LEASE)
        assert {job.run for job in taken} == lost
        for job in taken:
            row, lease = self.rows[job.run], self.now + LEASE
            self.rows[job.run] = row._replace(worker=worker, fence=row.fence + 1, lease=lease)
            self.claims.append(job)

    @invariant()
    def the_table_says_so(self) -> None:
        assert {job.run: job for job in self.jobs.of()} == self.rows

    @invariant()
    def nothing_begins_twice(self) -> None:
        assert len(self.began) == len(set(self.began))

    @invariant()
    def one_machine_one_job(self) -> None:
        held = [name for job in self.busy() for name in job.locks]
        assert len(held) == len(set(held))


TestJobs = Jobs.TestCase
TestJobs.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
