"""What every engine behind the jobs table has to do: whose turn it is, who holds what, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import product

import pytest

from fuyajo.domain.errors import Problem
from fuyajo.domain.jobs import FOLLOWS, HELD, OVER, STATES, State, diagram
from fuyajo.store.database import Database
from fuyajo.store.jobs import Job, JobStore, LostLease, RunTaken
from tests.support.jobs import LEASE, START, job_of
from tests.support.places import Place

SECOND = timedelta(seconds=1)


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


def queue(jobs: JobStore, *waiting: Job) -> None:
    for job in waiting:
        assert jobs.enqueue(job) == job


def turn(jobs: JobStore, per_user: int = 9) -> Job | None:
    return jobs.claim("w", START, LEASE, per_user)


def order(jobs: JobStore, per_user: int = 9) -> list[str]:
    """Plans in the order in which they are claimed, none of them ending."""
    found = []
    while (job := turn(jobs, per_user)) is not None:
        found.append(str(job.plan)[-1])
    return found


def state(jobs: JobStore, job: Job) -> State:
    found = jobs.get(job.run)
    assert found is not None
    return found.state


def test_what_is_stored_comes_back(jobs: JobStore) -> None:
    problem = Problem("vms[0]", "plan_expired", {"value": "p-1", "count": 3})
    job = job_of(1, "mika", "a name\twith spaces", "b", consent="web", problems=(problem,))
    queue(jobs, job)
    assert jobs.get(job.run) == job
    assert job.failure == problem.message()
    assert jobs.get("r-20261122-000000-ffff") is None


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        ([job_of(1), job_of(2), job_of(3)], "123"),  # the oldest first
        ([job_of(1), job_of(2, priority=5), job_of(3)], "213"),  # urgent before old
        ([job_of(1), job_of(2), job_of(3, "jun"), job_of(4, "jun")], "1324"),  # in turns
        ([job_of(1, "mika", "web"), job_of(2, "jun", "web")], "1"),  # one machine, one job
        ([job_of(1, "mika", "web"), job_of(2, "mika", "db")], "12"),
        # Who waits for two machines is not overtaken by those who need one of them.
        ([job_of(1, "a", "x"), job_of(2, "b", "x", "y"), job_of(3, "c", "y")], "1"),
    ],
)
def test_whose_turn_it_is(jobs: JobStore, waiting: Sequence[Job], expected: str) -> None:
    queue(jobs, *waiting)
    assert "".join(order(jobs)) == expected


def test_nobody_has_more_than_so_many_going_on(jobs: JobStore) -> None:
    queue(jobs, *(job_of(number) for number in range(1, 5)), job_of(5, "jun"))
    assert order(jobs, per_user=2) == ["1", "5", "2"]
    first = jobs.get(job_of(1).run)
    assert first is not None and jobs.move(first, "running", START)
    assert jobs.move(first, "successful", START)
    assert order(jobs, per_user=2) == ["3"]


def test_the_same_plan_is_the_same_job_until_it_is_over(jobs: JobStore) -> None:
    queue(jobs, job_of(1))
    again = job_of(2, plan=job_of(1).plan)
    assert jobs.enqueue(again) == job_of(1)
    assert jobs.enqueue(again._replace(owner="jun")) == again._replace(owner="jun")
    jobs.want(job_of(1).run, "mika", START)
    with pytest.raises(RunTaken):  # an id is never given twice
        jobs.enqueue(again)
    other = job_of(3, plan=job_of(1).plan)
    assert jobs.enqueue(other) == other


def test_so_many_and_no_more_may_wait(jobs: JobStore) -> None:
    for number in range(3):
        assert jobs.enqueue(job_of(number), most=3) is not None
    assert jobs.enqueue(job_of(3), most=3) is None
    assert jobs.enqueue(job_of(4, "jun"), most=3) is not None
    assert jobs.waiting() == 4


def test_a_claim_is_a_lease_with_a_number(jobs: JobStore) -> None:
    queue(jobs, job_of(1))
    job = turn(jobs)
    assert job is not None and job == jobs.get(job.run)
    assert (job.state, job.fence, job.worker, job.lease) == ("starting", 1, "w", START + LEASE)
    assert jobs.held_until(job.run, 1) == START + LEASE
    assert jobs.held_until(job.run, 0) is None
    assert jobs.renew(job, START + 9 * SECOND, LEASE) is None
    assert jobs.held_until(job.run, 1) == START + 9 * SECOND + LEASE
    assert jobs.take_over("v", START + LEASE, LEASE) == []
    assert turn(jobs) is None


def test_a_lease_that_ran_out_is_the_next_workers_to_end_and_never_a_second_run(
    jobs: JobStore,
) -> None:
    queue(jobs, job_of(1, "mika", "web"), job_of(2, "jun", "web"))
    held = turn(jobs)
    assert held is not None
    later = START + LEASE + SECOND
    (lost,) = jobs.take_over("v", later, LEASE)
    assert (lost.state, lost.worker, lost.fence, lost.lease) == ("starting", "v", 2, later + LEASE)
    assert jobs.take_over("u", later, LEASE) == []
    with pytest.raises(LostLease):
        jobs.renew(held, later, LEASE)
    jobs.tell(held, [Problem("", "unauthorized")])
    assert not jobs.move(held, "running", later)
    assert jobs.get(held.run) == lost
    assert turn(jobs) is None  # nobody knows yet what was left at that machine
    assert jobs.move(lost, "interrupted", later)
    after = turn(jobs)
    assert after is not None and after.plan == job_of(2).plan
    assert turn(jobs) is None


def test_only_what_may_follow_follows(jobs: JobStore) -> None:
    for number, (before, after) in enumerate(product(STATES, STATES)):
        job = job_of(number)._replace(state=before, worker="w", lease=START)
        with jobs.database.write() as connection:
            jobs.add(job, connection)
        may = after in FOLLOWS[before]
        assert jobs.move(job, after, START) == may, (before, after)
        assert state(jobs, job) == (after if may else before)


def test_the_table_of_states_is_whole() -> None:
    assert FOLLOWS.keys() == set(STATES)
    assert OVER | HELD | {"queued"} == set(STATES)
    assert not OVER & HELD
    assert diagram().count("-->") == 1 + len(OVER) + sum(map(len, FOLLOWS.values()))


def test_who_may_cancel_what(jobs: JobStore) -> None:
    queue(jobs, job_of(1), job_of(2))
    held = turn(jobs)
    assert held is not None
    assert jobs.want(held.run, "jun", START) is None  # somebody else's is not there
    assert jobs.want(held.run, "mika", START) == "starting"
    assert jobs.renew(held, START, LEASE) == "cancel"
    assert jobs.want(job_of(2).run, "mika", START) == "queued"
    canceled = jobs.get(job_of(2).run)
    assert canceled is not None and (canceled.state, canceled.finished) == ("canceled", START)
    assert turn(jobs) is None
    assert jobs.want(job_of(2).run, "mika", START) == "canceled"


def test_two_workers_are_one_queue(jobs: JobStore, place: Place) -> None:
    other = JobStore(place.database())
    queue(jobs, *(job_of(number) for number in range(1, 5)))
    claimed = [store.claim("w", START, LEASE, 9) for store in (jobs, other) * 2]
    assert len({job.run for job in claimed if job}) == 4
