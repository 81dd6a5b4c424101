"""Many processes at the same time, killed ones, a server that goes away: nothing lost, doubled or stuck."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.people import User
from fuyajo.domain.room import Claim, Held
from fuyajo.store import postgres, sqlite
from fuyajo.store.calls import Call, CallStore
from fuyajo.store.claims import ClaimStore, Judgement
from fuyajo.store.jobs import JobStore
from fuyajo.store.people import PeopleStore
from tests.support.claims import URI
from tests.support.jobs import LEASE, START, job_of
from tests.support.places import Place, fork, together
from tests.support.postgres import server

PROCESSES, TIMES = 6, 8
NOW = datetime(2026, 11, 23, tzinfo=UTC)
COUNT = "SELECT count(*) FROM users"


def users(place: Place) -> int:
    with place.database().read() as connection:
        return int(connection.exec_driver_sql(COUNT).scalar_one())


def test_no_claim_is_lost_or_made_twice(place: Place) -> None:
    def claim(process: int) -> None:
        store = ClaimStore(place.database())
        for number in range(TIMES):
            run = f"r-{process}-{number}"
            one = Held(run, "mika", "mika", URI, Claim(run, 1))

            def judge(others: list[Held], one: Held = one) -> Judgement[Problem]:
                # Room for all but ten: decided by what the others have, so nobody may come between.
                return Judgement(mine=() if len(others) >= PROCESSES * TIMES - 10 else (one,))

            store.take(run, judge)

    together([partial(claim, process) for process in range(PROCESSES)])
    assert len(ClaimStore(place.database()).open()) == PROCESSES * TIMES - 10
    with place.database().read() as connection:
        found = connection.exec_driver_sql("SELECT generation FROM accounts").scalar_one()
    assert found == PROCESSES * TIMES - 10


def test_every_job_has_one_worker(place: Place, tmp_path: Path) -> None:
    for number in range(PROCESSES * TIMES):
        JobStore(place.database()).enqueue(job_of(number, f"user-{number % 3}"))

    def work(process: int) -> None:
        store, mine = JobStore(place.database()), []
        while (job := store.claim(str(process), START, LEASE, per_user=99)) is not None:
            mine.append(job.run)
        (tmp_path / f"{process}.claimed").write_text("\n".join(mine))

    together([partial(work, process) for process in range(PROCESSES)])
    claimed = [run for file in tmp_path.glob("*.claimed") for run in file.read_text().split()]
    assert len(claimed) == len(set(claimed)) == PROCESSES * TIMES


def test_one_of_those_who_make_the_same_call_answers_it(place: Place, tmp_path: Path) -> None:
    def call(process: int) -> None:
        asked = Call("mika", "k", "digest", NOW + timedelta(microseconds=process))
        if CallStore(place.database()).begin(asked, timedelta(days=1), timedelta(hours=1)) is None:
            (tmp_path / f"{process}.mine").touch()

    together([partial(call, process) for process in range(PROCESSES)])
    assert len(list(tmp_path.glob("*.mine"))) == 1


def test_a_name_is_given_once(place: Place, tmp_path: Path) -> None:
    def add(process: int) -> None:
        if PeopleStore(place.database()).add(User("mika", False, NOW, str(process))):
            (tmp_path / f"{process}.mine").touch()

    together([partial(add, process) for process in range(PROCESSES)])
    assert len(list(tmp_path.glob("*.mine"))) == users(place) == 1


def test_who_looks_waits_for_nobody_and_sees_whole_transactions(place: Place) -> None:
    writer, reader = place.database(), place.database()
    with writer.write() as connection:
        connection.exec_driver_sql(add("mika"))
        with reader.read() as other:
            assert other.exec_driver_sql(COUNT).scalar_one() == 0
    with reader.snapshot() as moment:
        assert moment.exec_driver_sql(COUNT).scalar_one() == 1
        with writer.write() as connection:
            connection.exec_driver_sql(add("jun"))
        assert moment.exec_driver_sql(COUNT).scalar_one() == 1, "one and the same moment"
    assert users(place) == 2


def add(name: str) -> str:
    return f"INSERT INTO users (name, admin, disabled, created) VALUES ('{name}', 0, 0, '')"


@contextmanager
def in_the_middle(place: Place) -> Iterator[int]:
    """A process that wrote a row and has not committed it; its pid."""
    here, there = os.pipe()

    def hang() -> None:
        with place.database().write() as connection:
            connection.exec_driver_sql(add("half"))
            os.write(there, b"!")
            signal.pause()

    process = fork(hang)
    try:
        assert os.read(here, 1) == b"!"
        yield process.pid or 0
    finally:
        process.kill()
        process.join()
        os.close(here)
        os.close(there)


def test_a_writer_that_is_killed_leaves_nothing_and_no_lock(place: Place) -> None:
    for _ in range(3):
        with in_the_middle(place) as pid:
            os.kill(pid, signal.SIGKILL)
            with place.database().write() as connection:
                assert connection.exec_driver_sql(COUNT).scalar_one() == 0


def test_a_lock_that_is_not_given_back_is_an_error_in_time(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    options = postgres.OPTIONS["options"].replace("lock_timeout=30s", "lock_timeout=200ms")
    monkeypatch.setitem(postgres.OPTIONS, "options", options)
    mine = place.database()
    with in_the_middle(place):
        with pytest.raises(Unavailable, match="lock"), mine.write():
            pass
        with mine.read() as connection:
            assert connection.exec_driver_sql(COUNT).scalar_one() == 0
    with mine.write() as connection:
        connection.exec_driver_sql(add("mika"))


def test_a_server_that_goes_away_and_comes_back(tmp_path: Path) -> None:
    with server() as own, Place(tmp_path / "home", own.new_database()) as place:
        mine = place.database()
        with mine.write() as connection:
            connection.exec_driver_sql(add("mika"))
        with pytest.raises(Unavailable), mine.write() as connection:
            connection.exec_driver_sql(add("half"))
            own.stop()
        for _ in range(2):
            with pytest.raises(Unavailable), mine.read() as connection:
                pass
        with pytest.raises(Unavailable), place.database().read():
            pass
        own.start()
        with mine.write() as connection:
            assert connection.exec_driver_sql(COUNT).scalar_one() == 1
            connection.exec_driver_sql(add("jun"))
        assert users(place) == 2
