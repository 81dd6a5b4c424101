"""`fuyajo.db`: opened, kept at the newest schema, written in whole transactions.

SQLAlchemy costs 0.16 s to import: nothing that only looks or plans may import this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from fuyajo.domain.errors import Problem, Unavailable, shown
from fuyajo.store.files import private_directory
from fuyajo.store.home import Home

#: `PRAGMA user_version` of a file that needs no migration.
VERSION = 2
BUSY_SECONDS = 30.0


class Database:
    """Cheap to make; the file comes into being (0600) at the first transaction."""

    def __init__(self, home: Home) -> None:
        self._path = home.database()
        self._engine: Engine | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent look. Raises `Unavailable` with what SQLite said."""
        with self._told(), self._open().connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the only write lock from its first statement on."""
        with self._told(), self._open().connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @property
    def exists(self) -> bool:
        return self._path.exists()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            detail = shown(str(error.orig), 200)
            raise Unavailable(Problem(str(self._path), "database", {"detail": detail})) from error

    def _open(self) -> Engine:
        if self._engine is None:
            private_directory(self._path.parent)
            self._path.touch(mode=0o600)
            engine = _engine(self._path)
            with engine.connect() as connection:
                found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
            if found != VERSION:
                _migrate(self._path, found)
            self._engine = engine
        return self._engine


def _engine(path: Path) -> Engine:
    # Transactions are begun by hand (BEGIN IMMEDIATE): the driver's own habit begins them too late.
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # a path may have a `?` in it
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # errors end in logs: they name no hash and no secret
    )

    def settle(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", settle)
    return engine


def _migrate(path: Path, found: int) -> None:
    """Bring the file to `VERSION`; one process at a time, and whole or not at all."""
    from fuyajo.store.migrations import upgrade  # Alembic, only where there is something to do

    if found > VERSION:
        params = {"found": found, "known": VERSION}
        raise Unavailable(Problem(str(path), "database_newer", dict(params)))
    upgrade(path, VERSION)
