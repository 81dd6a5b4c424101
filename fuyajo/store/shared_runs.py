"""Records of runs where several machines share them. The directory of a run stays where it is carried out.

Who may finish a record is decided by the job's row, not by a session of the server: a session ends with a
restart of the server, while the run and its lease go on. The session's lock only keeps two apart who settle
the same run at the same moment.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection, select, text

from fuyajo.domain.errors import NotFound
from fuyajo.domain.jobs import HELD
from fuyajo.store import files
from fuyajo.store.database import Database
from fuyajo.store.jobs import LostLease
from fuyajo.store.runs import EVENTS as FILE
from fuyajo.store.runs import RUN_ID, RunRecord, RunStore, not_found
from fuyajo.store.shared_events import Copy, RowTail
from fuyajo.store.tables import EVENTS, JOBS, RECORDS
from fuyajo.store.tails import FileTail
from fuyajo.store.upsert import insert

#: A run without a job that another machine carries out goes on for this long at most: its playbook has a
#: timeout of its own below that.
LONGEST_RUN = timedelta(minutes=40)


class Carried(NamedTuple):
    """The job that this process carries out, and the number with which it holds it."""

    run: str
    fence: int


@dataclass(frozen=True)
class SharedRuns:
    """`here`: the directories and locks of this machine. `carries`: the only job whose run is ours."""

    here: RunStore
    database: Database
    carries: Carried | None = None

    def directory(self, owner: str, run_id: str) -> Path:
        return self.here.directory(owner, run_id)

    def save(self, record: RunRecord) -> None:
        """Raises `LostLease` when the job is another's by now: then its word counts."""
        values = {
            "owner": record.owner,
            "status": record.status,
            "body": record.model_dump_json(),
        }
        with self.database.write() as connection:
            self.still_ours(connection, record.id)
            into = insert(connection, RECORDS).values(run=record.id, **values)
            connection.execute(into.on_conflict_do_update(index_elements=["run"], set_=values))

    def still_ours(self, connection: Connection, run_id: str) -> None:
        """Raises `LostLease` when the job that this process carries out is another's by now."""
        if self.carries is None or self.carries.run != run_id:
            return
        fence = connection.execute(select(JOBS.c.fence).where(JOBS.c.run == run_id)).scalar()
        if fence is not None and fence != self.carries.fence:
            raise LostLease(run_id)

    @contextmanager
    def hold(self, owner: str, run_id: str) -> Iterator[bool]:
        # Asked first: whoever may not finish it must not keep the lock from somebody who may.
        if not self._may(owner, run_id):
            yield False
            return
        with self.here.hold(owner, run_id) as here, self._locked(run_id) as alone:
            yield here and alone and self._may(owner, run_id)

    def discard(self, record: RunRecord) -> None:
        with self.database.write() as connection:
            _forget(connection, [record.id])
        self.here.discard(record)

    def prune(self, owner: str) -> None:
        mine = select(RECORDS.c.run, RECORDS.c.status).where(RECORDS.c.owner == owner)
        with self.database.write() as connection:
            rows = connection.execute(mine.order_by(RECORDS.c.run.desc())).all()
            oldest = datetime.now(UTC) - timedelta(seconds=files.KEPT_SECONDS)
            first = f"r-{oldest:%Y%m%d-%H%M%S}"  # ids sort by time
            gone = [
                run
                for place, (run, status) in enumerate(rows)
                if status != "running" and (place >= files.KEPT or run < first)
            ]
            _forget(connection, gone)
        known = {run for run, _ in rows} - set(gone)
        for path in files.outdated(self.here.home.runs(owner).glob("r-*")):
            run = path.name.removesuffix(".lock")
            if RUN_ID.fullmatch(run) and run not in known:
                _remove(path)

    def load(self, owner: str, run_id: str) -> RunRecord:
        if not RUN_ID.fullmatch(run_id):
            raise not_found(run_id)
        wanted = select(RECORDS.c.body).where(
            (RECORDS.c.run == run_id) & (RECORDS.c.owner == owner)
        )
        with self.database.read() as connection:
            record = _read(connection.execute(wanted).scalar())
        if record is None or record.owner != owner or record.id != run_id:
            raise not_found(run_id)
        return record

    def tail(self, owner: str, run_id: str, after: int = 0) -> RowTail:
        self.directory(owner, run_id)  # a malformed id
        return RowTail(self.database, run_id, after)

    def telling(self, owner: str, run_id: str) -> AbstractContextManager[None]:
        file = FileTail(self.directory(owner, run_id) / FILE)
        return Copy(self.database, file, run_id, lambda c: self.still_ours(c, run_id)).going()

    def list(self, owner: str) -> list[RunRecord]:
        wanted = select(RECORDS.c.body).where(RECORDS.c.owner == owner)
        with self.database.read() as connection:
            bodies = connection.execute(wanted.order_by(RECORDS.c.run.desc())).scalars().all()
        return [record for record in map(_read, bodies) if record is not None]

    def _may(self, owner: str, run_id: str) -> bool:
        """Whether nobody else can be at work on it."""
        wanted = select(JOBS.c.state, JOBS.c.fence).where(JOBS.c.run == run_id)
        with self.database.read() as connection:
            job = connection.execute(wanted).first()
        if job is not None:
            return job.state not in HELD or self.carries == (run_id, job.fence)
        if self.here.lock(owner, run_id).exists():
            return True  # of this machine: the kernel knows
        with suppress(NotFound):
            record = self.load(owner, run_id)
            return record.status != "running" or record.started + LONGEST_RUN < datetime.now(UTC)
        return True

    @contextmanager
    def _locked(self, run_id: str) -> Iterator[bool]:
        """A lock of a session of its own, that ends with it."""
        key = int.from_bytes(sha256(run_id.encode()).digest()[:8], "big", signed=True)
        with self.database.read() as connection:
            connection.detach()  # closed afterwards, not kept: the lock goes with it, whatever happens
            asked = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
            yield bool(asked.scalar_one())


def _forget(connection: Connection, runs: list[str]) -> None:
    connection.execute(EVENTS.delete().where(EVENTS.c.run.in_(runs)))
    connection.execute(RECORDS.delete().where(RECORDS.c.run.in_(runs)))


def _remove(path: Path) -> None:
    """What this machine has of a run that nobody has a record of; one that only begins is younger."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _read(body: str | None) -> RunRecord | None:
    try:
        return RunRecord.model_validate_json(body) if body is not None else None
    except ValidationError:
        return None
