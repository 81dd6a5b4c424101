"""The jobs table: the truth about every run that the service was asked for.

At most one worker holds a job: who claims it raises its fencing number, and every later write names the
number it was given. A worker that was away too long writes nothing any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select, update

from fuyajo.domain.jobs import FOLLOWS, HELD, OVER, State
from fuyajo.store.database import Database
from fuyajo.store.tables import JOBS


class Job(NamedTuple):
    """`locks` are the machines that it is about; `wanted` is "cancel" once somebody asked for that.

    `consent` is how the owner agreed (kind); times are UTC.
    """

    run: str
    owner: str
    plan: str | None
    state: State
    priority: int
    fence: int
    locks: tuple[str, ...]
    reason: str
    created: datetime
    consent: str | None = None
    failure: str | None = None
    worker: str | None = None
    lease: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None
    wanted: str | None = None


@dataclass(frozen=True)
class JobStore:
    database: Database

    def add(self, job: Job, connection: Connection) -> None:
        """In the transaction of whoever asks for it: no row, no run; and the other way round."""
        connection.execute(JOBS.insert().values(_values(job)))

    def enqueue(self, job: Job) -> None:
        with self.database.write() as connection:
            self.add(job, connection)

    def get(self, run: str) -> Job | None:
        with self.database.read() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.run == run)).mappings().first()
        return _job(row) if row else None

    def of(self, owner: str | None = None, states: Sequence[State] = ()) -> list[Job]:
        """Newest first."""
        wanted = select(JOBS).order_by(JOBS.c.created.desc(), JOBS.c.run.desc())
        if owner is not None:
            wanted = wanted.where(JOBS.c.owner == owner)
        if states:
            wanted = wanted.where(JOBS.c.state.in_(states))
        with self.database.read() as connection:
            return [_job(row) for row in connection.execute(wanted).mappings()]

    def claim(self, worker: str, now: datetime, lease: timedelta, per_user: int) -> Job | None:
        """The next job that may run, now this worker's; None when there is none.

        Most urgent first, then whoever has the fewest going on, then the oldest. Left out: users with
        `per_user` jobs going on, and jobs about a machine that another one is at work on.
        """
        with self.database.write() as connection:
            busy = _jobs(connection, JOBS.c.state.in_(HELD))
            at_work = {name for job in busy for name in job.locks}
            going = {
                owner: sum(job.owner == owner for job in busy) for owner in {j.owner for j in busy}
            }
            free = [
                job
                for job in _jobs(connection, JOBS.c.state == "queued")
                if going.get(job.owner, 0) < per_user and not at_work & set(job.locks)
            ]
            if not free:
                return None
            chosen = min(free, key=lambda j: (-j.priority, going.get(j.owner, 0), j.created, j.run))
            values = {
                "state": "starting",
                "worker": worker,
                "fence": chosen.fence + 1,
                "lease": (now + lease).isoformat(),
                "started": now.isoformat(),
            }
            connection.execute(update(JOBS).where(JOBS.c.run == chosen.run).values(values))
        return chosen._replace(
            state="starting", worker=worker, fence=chosen.fence + 1, lease=now + lease, started=now
        )

    def renew(self, job: Job, now: datetime, lease: timedelta) -> str | None:
        """The lease again, and what is wanted of it meanwhile. Raises `LostLease` when it is another's."""
        with self.database.write() as connection:
            held = _mine(job) & JOBS.c.state.in_(HELD)
            row = connection.execute(
                update(JOBS)
                .where(held)
                .values(lease=(now + lease).isoformat())
                .returning(JOBS.c.wanted)
            ).first()
        if row is None:
            raise LostLease(job.run)
        return str(row[0]) if row[0] else None

    def move(self, job: Job, state: State, now: datetime, failure: str | None = None) -> bool:
        """Into the next state; False when this worker does not have it any more, or it cannot follow."""
        before = [old for old, after in FOLLOWS.items() if state in after]
        values: dict[str, str | None] = {"state": state, "failure": failure}
        if state in OVER:
            values["finished"] = now.isoformat()
        with self.database.write() as connection:
            mine = _mine(job) & JOBS.c.state.in_(before)
            return connection.execute(update(JOBS).where(mine).values(values)).rowcount == 1

    def want(self, run: str, owner: str, now: datetime) -> State | None:
        """Ask for the end of a run. Queued: it is over at once. Returns the state that was found."""
        with self.database.write() as connection:
            mine = (JOBS.c.run == run) & (JOBS.c.owner == owner)
            row = connection.execute(select(JOBS.c.state).where(mine)).first()
            if row is None:
                return None
            found: State = row[0]
            if found == "queued":
                values = {"state": "canceled", "finished": now.isoformat(), "wanted": "cancel"}
                connection.execute(update(JOBS).where(mine).values(values))
            elif found in HELD:
                connection.execute(update(JOBS).where(mine).values(wanted="cancel"))
        return found

    def expire(self, now: datetime) -> list[Job]:
        """Jobs whose worker went silent, now interrupted: nothing is run a second time."""
        with self.database.write() as connection:
            lost = JOBS.c.state.in_(HELD) & (JOBS.c.lease < now.isoformat())
            jobs = _jobs(connection, lost)
            values = {
                "state": "interrupted",
                "finished": now.isoformat(),
                "fence": JOBS.c.fence + 1,
            }
            connection.execute(update(JOBS).where(lost).values(values))
        return jobs

    def waiting(self) -> int:
        with self.database.read() as connection:
            queued = select(func.count()).select_from(JOBS).where(JOBS.c.state == "queued")
            return int(connection.execute(queued).scalar_one())


class LostLease(Exception):
    """Another worker has it, or it was given up: whoever sees this stops and writes nothing."""


def _mine(job: Job) -> ColumnElement[bool]:
    return (JOBS.c.run == job.run) & (JOBS.c.fence == job.fence)


def _jobs(connection: Connection, which: ColumnElement[bool]) -> list[Job]:
    return [_job(row) for row in connection.execute(select(JOBS).where(which)).mappings()]


def _values(job: Job) -> dict[str, object]:
    times = ("created", "lease", "started", "finished")
    return {
        **job._asdict(),
        "locks": " ".join(job.locks),
        **{key: moment.isoformat() if (moment := getattr(job, key)) else None for key in times},
    }


def _job(row: RowMapping) -> Job:
    times = ("created", "lease", "started", "finished")
    return Job(
        **{
            **row,
            "locks": tuple(row["locks"].split()),
            **{key: datetime.fromisoformat(row[key]) if row[key] else None for key in times},
        }
    )
