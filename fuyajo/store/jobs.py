"""The jobs table: the truth about every run that the service was asked for.

At most one worker holds a job: who claims it raises its fencing number, and every later write names the
number it was given. A worker that was away too long writes nothing any more.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select, update

from fuyajo.domain.errors import Problem
from fuyajo.domain.jobs import FOLLOWS, HELD, IMAGE, OVER, State
from fuyajo.store.database import Database
from fuyajo.store.tables import JOBS

_TIMES = ("created", "lease", "started", "finished")
_BUSY = JOBS.c.state.in_(sorted(HELD))
_OVER = sorted(OVER)


class Job(NamedTuple):
    """`locks` are the machines that it is about, or without a plan the image that it builds; `wanted` is
    "cancel" once somebody asked for that.

    `consent` is how the owner agreed (kind); `problems` are why it did not come to a run; times are UTC.
    `check`: it only looks at what it would change.
    `trace` is the context (W3C) of the call that asked for it.
    `host` is the hypervisor that it is about, where there are several.
    `door` is where its owner agreed; None: at the service.
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
    problems: tuple[Problem, ...] = ()
    worker: str | None = None
    lease: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None
    wanted: str | None = None
    check: bool = False
    trace: str | None = None
    host: str | None = None
    door: str | None = None

    @property
    def image(self) -> str | None:
        """The image that it builds, None for one that carries out a plan."""
        if self.plan is not None or not self.locks:
            return None
        kind, _, name = self.locks[0].partition(":")
        return name if f"{kind}:" == IMAGE else None

    @property
    def machines(self) -> tuple[str, ...]:
        return () if self.image else self.locks

    @property
    def failure(self) -> str | None:
        """The problems in one English sentence, None without any."""
        return "; ".join(problem.message() for problem in self.problems) or None


class LostLease(Exception):
    """Another worker has it, or it was given up: whoever sees this stops and writes nothing."""


class RunTaken(Exception):
    """There is a run of that id already: ask again with another one."""


@dataclass(frozen=True)
class JobStore:
    database: Database

    def add(self, job: Job, connection: Connection) -> None:
        """In the transaction of whoever asks for it: no row, no run; and the other way round."""
        connection.execute(JOBS.insert().values(_values(job)))
        if connection.dialect.name == "postgresql":
            from fuyajo.store.messages import send

            send(connection, job.run)

    def enqueue(self, job: Job, most: int | None = None) -> Job | None:
        """This job; or the one that is open for the same plan; None when `most` of its owner are open.

        Raises `RunTaken`. One transaction: of two who ask at once, the second sees what the first got.
        """
        with self.database.write() as connection:
            mine = _jobs(connection, (JOBS.c.owner == job.owner) & JOBS.c.state.notin_(_OVER))
            same = next((one for one in mine if job.plan and _same(one, job)), None)
            if same is not None:
                return same
            if most is not None and len(mine) >= most:
                return None
            if connection.execute(select(JOBS.c.run).where(JOBS.c.run == job.run)).first():
                raise RunTaken(job.run)
            self.add(job, connection)
        return job

    def get(self, run: str) -> Job | None:
        with self.database.read() as connection:
            return next(iter(_jobs(connection, JOBS.c.run == run)), None)

    def of(self, owner: str | None = None, states: Sequence[State] = ()) -> list[Job]:
        """Newest first."""
        wanted = select(JOBS).order_by(JOBS.c.created.desc(), JOBS.c.run.desc())
        if owner is not None:
            wanted = wanted.where(JOBS.c.owner == owner)
        if states:
            wanted = wanted.where(JOBS.c.state.in_(states))
        with self.database.read() as connection:
            return [_job(row) for row in connection.execute(wanted).mappings()]

    def builds(self) -> list[Job]:
        """Of images, whoever asked for them; newest first."""
        about = JOBS.c.plan.is_(None) & JOBS.c.locks.startswith(IMAGE)
        wanted = select(JOBS).where(about).order_by(JOBS.c.created.desc(), JOBS.c.run.desc())
        with self.database.read() as connection:
            return [_job(row) for row in connection.execute(wanted).mappings()]

    def claim(
        self,
        worker: str,
        now: datetime,
        lease: timedelta,
        per_user: int,
        hosts: Collection[str] = (),
    ) -> Job | None:
        """The next job that may run, now this worker's; None when there is none.

        Most urgent first, then whoever has the fewest going on, then the oldest. Left out: users with
        `per_user` jobs going on, and jobs about a machine that another one is at work on, or waits for.
        With `hosts` jobs about other hypervisors too.
        """
        if not self.waiting():  # most looks find nothing: they must not stand in anybody's way
            return None
        with self.database.write() as connection:
            run = _next(connection, per_user, hosts)
            if run is None:
                return None
            values = {
                "state": "starting",
                "worker": worker,
                "fence": JOBS.c.fence + 1,
                "lease": iso(now + lease),
                "started": iso(now),
            }
            mine = update(JOBS).where(JOBS.c.run == run).values(values).returning(*JOBS.c)
            return _job(connection.execute(mine).mappings().one())

    def renew(self, job: Job, now: datetime, lease: timedelta) -> str | None:
        """The lease again, and what is wanted of it meanwhile. Raises `LostLease` when it is another's."""
        with self.database.write() as connection:
            held = update(JOBS).where(_mine(job) & _BUSY).values(lease=iso(now + lease))
            row = connection.execute(held.returning(JOBS.c.wanted)).first()
        if row is None:
            raise LostLease(job.run)
        return str(row[0]) if row[0] else None

    def held_until(self, run: str, fence: int) -> datetime | None:
        """The end of that holder's lease as it is now; None when it holds the job no more."""
        mine = (JOBS.c.run == run) & (JOBS.c.fence == fence) & _BUSY
        with self.database.read() as connection:
            row = connection.execute(select(JOBS.c.lease).where(mine)).first()
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def move(self, job: Job, state: State, now: datetime, problems: Iterable[Problem] = ()) -> bool:
        """Into the next state; False when this worker does not have it any more, or it cannot follow."""
        before = [old for old, after in FOLLOWS.items() if state in after]
        values: dict[str, str | None] = {"state": state}
        if told := _written(problems):
            values["failure"] = told
        if state in OVER:
            values["finished"] = iso(now)
        with self.database.write() as connection:
            mine = _mine(job) & JOBS.c.state.in_(before)
            return connection.execute(update(JOBS).where(mine).values(values)).rowcount == 1

    def tell(self, job: Job, problems: Iterable[Problem]) -> None:
        """Why nothing came of it, by who carries it out. Its state is the worker's to write."""
        with self.database.write() as connection:
            mine = _mine(job) & _BUSY
            connection.execute(update(JOBS).where(mine).values(failure=_written(problems)))

    def want(self, run: str, owner: str, now: datetime) -> State | None:
        """Ask for the end of a run. Queued: it is over at once. Returns the state that was found."""
        with self.database.write() as connection:
            mine = (JOBS.c.run == run) & (JOBS.c.owner == owner)
            row = connection.execute(select(JOBS.c.state).where(mine)).first()
            if row is None:
                return None
            found: State = row[0]
            if found == "queued":
                values = {"state": "canceled", "finished": iso(now), "wanted": "cancel"}
                connection.execute(update(JOBS).where(mine).values(values))
            elif found in HELD:
                connection.execute(update(JOBS).where(mine).values(wanted="cancel"))
        return found

    def take_over(self, worker: str, now: datetime, lease: timedelta) -> list[Job]:
        """Jobs whose worker went silent, now this one's to bring to their end: never to run them.

        They keep their machines until that end is written.
        """
        lost = _BUSY & (JOBS.c.lease < iso(now))
        with self.database.read() as connection:
            if not connection.execute(select(JOBS.c.run).where(lost).limit(1)).first():
                return []
        values = {"worker": worker, "lease": iso(now + lease), "fence": JOBS.c.fence + 1}
        with self.database.write() as connection:
            taken = update(JOBS).where(lost).values(values).returning(*JOBS.c)
            return [_job(row) for row in connection.execute(taken).mappings().all()]

    def cancel_waiting(self, now: datetime, problems: Iterable[Problem]) -> int:
        """Every job that did not begin, whoever asked for it; how many there were."""
        values = {"state": "canceled", "finished": iso(now), "failure": _written(problems)}
        with self.database.write() as connection:
            waiting = update(JOBS).where(JOBS.c.state == "queued")
            return connection.execute(waiting.values(values)).rowcount

    def waiting(self) -> int:
        with self.database.read() as connection:
            queued = select(func.count()).select_from(JOBS).where(JOBS.c.state == "queued")
            return int(connection.execute(queued).scalar_one())


def _same(one: Job, other: Job) -> bool:
    return (one.plan, one.check) == (other.plan, other.check)


def _next(connection: Connection, per_user: int, hosts: Collection[str]) -> str | None:
    """The run whose turn it is. Whoever waits for a machine keeps those behind them from it, or a job
    about many machines would wait for ever."""
    busy = connection.execute(select(JOBS.c.locks).where(_BUSY)).scalars().all()
    taken = {name for locks in busy for name in _locks(locks)}
    with connection.execute(_queue(per_user)).mappings() as queue:
        for row in queue:
            locks = set(_locks(row["locks"]))
            if not locks & taken and (not hosts or row["host"] in hosts):
                return str(row["run"])
            taken |= locks
    return None


def _queue(per_user: int) -> Select[tuple[str, str, str]]:
    """Those who may have another one, in their order."""
    going = (
        select(JOBS.c.owner, func.count().label("jobs"))
        .where(_BUSY)
        .group_by(JOBS.c.owner)
        .subquery("going")
    )
    has = func.coalesce(going.c.jobs, 0)
    return (
        select(JOBS.c.run, JOBS.c.locks, JOBS.c.host)
        .select_from(JOBS.outerjoin(going, going.c.owner == JOBS.c.owner))
        .where((JOBS.c.state == "queued") & (has < per_user))
        .order_by(JOBS.c.priority.desc(), has, JOBS.c.created, JOBS.c.run)
    )


def _mine(job: Job) -> ColumnElement[bool]:
    return (JOBS.c.run == job.run) & (JOBS.c.fence == job.fence)


def _jobs(connection: Connection, which: ColumnElement[bool]) -> list[Job]:
    return [_job(row) for row in connection.execute(select(JOBS).where(which)).mappings()]


def iso(moment: datetime) -> str:
    """Of one length, so that texts compare as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _locks(written: str) -> list[str]:
    """By line: libvirt allows everything else in a name."""
    return written.split("\n") if written else []


def _written(problems: Iterable[Problem]) -> str | None:
    said = [[problem.path, problem.code, problem.params] for problem in problems]
    return json.dumps(said, ensure_ascii=False) if said else None


def _values(job: Job) -> dict[str, object]:
    return {
        **{key: value for key, value in job._asdict().items() if key != "problems"},
        "check": int(job.check),
        "locks": "\n".join(job.locks),
        "failure": _written(job.problems),
        **{key: iso(moment) if (moment := getattr(job, key)) else None for key in _TIMES},
    }


def _job(row: RowMapping) -> Job:
    values = dict(row)
    failure = values.pop("failure")
    return Job(
        **{
            **values,
            "check": bool(row["check"]),
            "locks": tuple(_locks(row["locks"])),
            "problems": _read(failure),
            **{key: datetime.fromisoformat(row[key]) if row[key] else None for key in _TIMES},
        }
    )


def _read(written: str | None) -> tuple[Problem, ...]:
    said = json.loads(written) if written else []
    return tuple(Problem(path, code, params) for path, code, params in said)
