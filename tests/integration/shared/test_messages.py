"""Workers are told that a job waits; what is told decides nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from fuyajo.service import listening as listening_module
from fuyajo.service.listening import listening
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.jobs import JobStore
from tests.support.jobs import LEASE, START, job_of
from tests.support.pace import within
from tests.support.postgres import Server

SECONDS = 60.0
#: The last change of the tables of Procrastinate that our migration has. A newer one needs a migration of
#: ours that applies it, in the order that its own documentation says.
KNOWN = "03.04.00_50_post_add_retry_failed_job_procedure.sql"


class Ear:
    def __init__(self) -> None:
        self.heard = 0
        self.room = threading.Event()
        self.room.set()
        self.changed = threading.Condition()

    def told(self) -> None:
        with self.changed:
            self.heard += 1
            self.changed.notify_all()
        self.room.wait()

    def until(self, count: int, seconds: float = SECONDS) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.heard >= count, seconds)


@pytest.fixture
def jobs(url: str) -> JobStore:
    return JobStore(Database(Home(Path("/nowhere")), url))


@contextmanager
def ear(url: str) -> Iterator[Ear]:
    made = Ear()
    with listening(url, made.told):
        try:
            yield made
        finally:
            made.room.set()


def messages(jobs: JobStore, status: str = "todo") -> int:
    count = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE status::text = :s AND queue_name = 'fuyajo'"
    )
    with jobs.database.read() as connection:
        return int(connection.execute(count, {"s": status}).scalar_one())


def do(jobs: JobStore, statement: str) -> None:
    with jobs.database.write() as connection:
        connection.execute(text(statement))


def until(condition: Callable[[], bool]) -> None:
    began, pause = monotonic(), threading.Event()
    while not condition():
        assert monotonic() - began < SECONDS
        pause.wait(0.02)


def test_our_migration_has_the_newest_tables() -> None:
    assert (
        max(file.name for file in Path(SchemaManager.get_migrations_path()).glob("*.sql")) == KNOWN
    )


def test_row_and_message_are_written_together_or_not_at_all(jobs: JobStore) -> None:
    with pytest.raises(ZeroDivisionError), jobs.database.write() as connection:
        jobs.add(job_of(1), connection)
        raise ZeroDivisionError
    assert (jobs.waiting(), messages(jobs)) == (0, 0)
    assert jobs.enqueue(job_of(1))
    assert jobs.enqueue(job_of(2, plan="p-00000001"))  # the same plan: no job, no message
    assert (jobs.waiting(), messages(jobs)) == (1, 1)


def test_whoever_listens_is_told_at_once_and_nothing_is_kept(jobs: JobStore, url: str) -> None:
    jobs.enqueue(job_of(1))  # before anybody listens
    with ear(url) as mine:
        assert mine.until(1)
        with within(1.0):
            jobs.enqueue(job_of(2))
            assert mine.until(2)
        until(lambda: messages(jobs) == messages(jobs, "doing") == 0)
    assert messages(jobs, "succeeded") == 0


def test_one_who_has_no_room_leaves_the_others_theirs(jobs: JobStore, url: str) -> None:
    with ear(url) as full, ear(url) as free:
        full.room.clear()
        free.room.clear()
        for number in (1, 2):
            jobs.enqueue(job_of(number))
        assert full.until(1)
        assert free.until(1)
        free.room.set()
        for number in (3, 4, 5):
            jobs.enqueue(job_of(number))
        assert free.until(4)
        assert full.heard == 1


def test_lost_and_doubled_messages_change_nothing(jobs: JobStore, url: str) -> None:
    for number in range(1, 7):
        jobs.enqueue(job_of(number, f"u{number}"))
    do(jobs, "DELETE FROM procrastinate_jobs WHERE id % 2 = 0")
    doubled = "queue_name, task_name, args, status"
    do(jobs, f"INSERT INTO procrastinate_jobs ({doubled}) SELECT {doubled} FROM procrastinate_jobs")
    found = []
    while job := jobs.claim("w", START, LEASE, per_user=9):
        found.append(job.run)
    assert sorted(found) == [job_of(number).run for number in range(1, 7)]
    with ear(url) as mine:  # about jobs that somebody has by now
        assert mine.until(6)
    assert jobs.claim("w", START, LEASE, per_user=9) is None


def test_what_a_dead_listener_had_in_its_hands_goes(jobs: JobStore, url: str) -> None:
    jobs.enqueue(job_of(1))
    do(jobs, "UPDATE procrastinate_jobs SET status = 'doing'")
    with ear(url) as mine:
        until(lambda: messages(jobs, "doing") == 0)
        assert mine.heard == 0


def test_a_listener_outlives_its_server(
    postgres: Server, jobs: JobStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening_module, "AGAIN_SECONDS", 0.1)
    with ear(url) as mine:
        jobs.enqueue(job_of(1))
        assert mine.until(1)
        postgres.stop()
        postgres.start()
        jobs.enqueue(job_of(2))
        assert mine.until(2)
