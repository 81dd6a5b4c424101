"""From every schema that was released to the newest: every row is still there, and equal.

A process that is killed at any statement of it leaves the old schema or the new one; the next one goes on.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from fuyajo.domain.audit import AuditRow, Head, verify
from fuyajo.domain.errors import Unavailable
from fuyajo.store import sqlite
from fuyajo.store.database import VERSION, Database
from fuyajo.store.home import Home
from fuyajo.store.tables import METADATA
from tests.support import postgres
from tests.support.places import Place, fork, together
from tests.support.schemas import RELEASED, Rows, all_rows, old_file, old_server, rows_of

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=[(kind, schema) for kind in KINDS for schema in RELEASED])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Place, Rows]:
    """A place with an earlier schema, and what is in it."""
    kind, schema = request.param
    home = tmp_path / "home"
    if kind == "sqlite":
        place = Place(home)
        rows = rows_of(old_file(home / "fuyajo.db", schema))
    else:
        server: postgres.Server = request.getfixturevalue("server")
        place = Place(home, server.new_database())
        old_server(place, schema)
        rows = rows_of(home / "golden.db")
    request.addfinalizer(lambda: place.__exit__(None, None, None))
    return place, rows


def test_every_schema_but_the_newest_has_its_dump() -> None:
    assert tuple(range(1, VERSION)) == RELEASED, (
        "dump the schema that was released: docs/design/0008"
    )


def test_every_row_is_still_there(old: tuple[Place, Rows]) -> None:
    place, before = old
    with place.database().read() as connection:
        after = all_rows(connection)
    assert after.keys() == set(METADATA.tables)
    assert in_old_columns(after, before) == before
    assert len(before["audit"]) == 5
    audit = [AuditRow(**row) for row in after["audit"]]  # type: ignore[arg-type]
    assert verify(audit, Head(audit[-1].seq, audit[-1].hash)) == []


def in_old_columns(after: Rows, before: Rows) -> Rows:
    """What is kept of the tables and columns that there were."""
    return {
        table: [{key: row[key] for key in rows[0]} for row in after[table]]
        for table, rows in before.items()
    }


def schema_of(place: Place) -> int:
    """Without opening it as Fuyajo does, which would migrate it."""
    if place.url is None:
        with closing(sqlite3.connect(place.home.database())) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    import psycopg

    with psycopg.connect(place.url) as server:
        row = server.execute("SELECT version_num FROM alembic_version").fetchone()
        return int(row[0]) if row else 0


def raw_rows(place: Place) -> Rows:
    from sqlalchemy import create_engine

    if place.url is None:
        return rows_of(place.home.database())
    engine = create_engine(place.url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        found = all_rows(connection)
    engine.dispose()
    return found


def die_at(step: int, work: Callable[[], None]) -> int | None:
    """`work` in a process that is killed before its statement of that number, or after a commit."""

    def doomed() -> None:
        done = count(1)

        def passed(*_: object) -> None:
            if next(done) == step:
                os.kill(os.getpid(), signal.SIGKILL)

        def committed(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement == "COMMIT":
                passed()

        event.listen(Engine, "before_cursor_execute", passed)
        event.listen(Engine, "after_cursor_execute", committed)
        work()

    process = fork(doomed)
    process.join()
    return process.exitcode


def upgrade(place: Place) -> None:
    with place.database().read():
        pass


@pytest.mark.slow
def test_killed_at_every_statement(old: tuple[Place, Rows]) -> None:
    place, before = old
    schema = schema_of(place)
    for step in count(1):
        ended = die_at(step, lambda: upgrade(place))
        found = schema_of(place)
        rows = raw_rows(place)
        if found == schema:
            assert rows == before, step
        else:
            assert found == VERSION
            assert in_old_columns(rows, before) == before
        if ended == 0:
            break
        assert ended == -signal.SIGKILL
    assert found == VERSION
    assert step > 10, "that many moments were tried"
    upgrade(place)


def test_several_processes_upgrade_at_once(old: tuple[Place, Rows]) -> None:
    place, before = old
    together([partial(upgrade, place)] * 4)
    after = raw_rows(place)
    assert schema_of(place) == VERSION
    assert in_old_columns(after, before) == before


def test_the_copy_of_before_is_whole(tmp_path: Path) -> None:
    """Also what is in the log alone, as it is while another process has the file open."""
    home = Home(tmp_path / "home")
    path = old_file(home.database(), 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("INSERT INTO accounts VALUES ('late', 1)")
        assert path.with_name("fuyajo.db-wal").stat().st_size > 0
        before = rows_of(path)
        database = Database(home)
        with database.read():
            pass
        database.close()
    copy = path.with_suffix(f".before-{VERSION}.db")
    assert rows_of(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    assert sorted(p.name for p in home.root.glob("*before*")) == [copy.name]
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)


def test_a_copy_is_whole_while_somebody_writes(tmp_path: Path) -> None:
    """Every transaction moves one from here to there: a copy that is torn has lost or doubled it."""
    path = tmp_path / "busy.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE t (place TEXT, filler TEXT)")
        rows = [("here", "x" * 900) for _ in range(2000)]
        connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
    here, there = os.pipe()

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as connection:
            os.write(there, b"!")
            while True:
                connection.execute("UPDATE t SET place = iif(place = 'here', 'there', 'here')")

    process = fork(write)
    try:
        assert os.read(here, 1) == b"!"
        for number in range(3):
            copy = tmp_path / f"{number}.db"
            sqlite.copy_file(path, copy)
            with closing(sqlite3.connect(copy)) as connection:
                assert len(connection.execute("SELECT DISTINCT place FROM t").fetchall()) == 1
    finally:
        process.kill()
        process.join()
        os.close(here)
        os.close(there)


def set_version(place: Place, version: int) -> None:
    if place.url is None:
        with closing(sqlite3.connect(place.home.database())) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        return
    import psycopg

    with psycopg.connect(place.url) as server:
        server.execute("UPDATE alembic_version SET version_num = %s", [f"{version:04}"])


def test_a_newer_schema_is_left_alone(place: Place) -> None:
    upgrade(place)
    set_version(place, VERSION + 1)
    with pytest.raises(Unavailable, match=f"schema {VERSION + 1}"), place.database().read():
        pass
    assert schema_of(place) == VERSION + 1
    if place.url is not None:  # others use it after this test
        set_version(place, VERSION)
