"""`fuyajo.db`: SQLite with a write-ahead log, synced at every commit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.store.files import private_directory

if TYPE_CHECKING:
    from filelock import BaseFileLock

BUSY_SECONDS = 30.0
LOCK_SECONDS = 60.0


@dataclass(frozen=True)
class Sqlite:
    """The file (0600) comes into being when it is opened. `version` is that of the newest schema.

    `pool`: connections that are kept, and those beyond them.
    """

    path: Path
    version: int
    pool: tuple[int, int]

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def exists(self) -> bool:
        return self.path.exists()

    def open(self) -> Engine:
        private_directory(self.path.parent)
        self.path.touch(mode=0o600)
        engine = _engine(self.path, self.pool)
        if self.path.stat().st_size == 0:
            self._make(engine)
        with engine.connect() as connection:
            found = _version(connection)
        if found > self.version:
            params = {"found": found, "known": self.version}
            raise Unavailable(Problem(self.name, "database_newer", dict(params)))
        if found != self.version:
            self._migrate(engine)
        return engine

    def begin(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def freeze(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")
        # The moment is that of the first look.
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master")

    def now(self, _connection: Connection) -> datetime:
        return datetime.now(UTC)

    def _make(self, engine: Engine) -> None:
        """One process alone switches the log on: whoever comes at that moment would be refused."""
        with self._lock(), engine.connect():
            pass

    def _lock(self) -> BaseFileLock:
        from filelock import FileLock

        return FileLock(self.path.with_suffix(".lock"), timeout=LOCK_SECONDS, mode=0o600)

    def _migrate(self, engine: Engine) -> None:
        """Whole or not at all, by one process at a time, with a copy of what was there before."""
        from fuyajo.store.migrations import (
            to_newest,  # Alembic, only where there is something to do
        )

        with self._lock(), engine.connect() as connection:
            found = _version(connection)
            if found == self.version:
                return  # another process was faster
            self.begin(connection)
            try:
                if found:  # while nobody else can write
                    copy_file(self.path, self.path.with_suffix(f".before-{self.version}.db"))
                to_newest(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {int(self.version)}")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")


@contextmanager
def at_schema(path: Path, schema: int) -> Iterator[Connection]:
    """One transaction in a new file that has an earlier schema."""
    from fuyajo.store.migrations import to_version

    path.touch(mode=0o600)
    engine = _engine(path, (1, 0))
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("BEGIN")
            to_version(connection, f"{schema:04}")
            connection.exec_driver_sql(f"PRAGMA user_version = {int(schema)}")
            yield connection
            connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()


def copy_file(source: Path, target: Path) -> None:
    """A whole copy (0600) of a database that may be in use: what is only in its log is in it."""
    import sqlite3  # SQLAlchemy has no word for this

    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(part)) as here:
        there.backup(here)
        here.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(target)


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _engine(path: Path, pool: tuple[int, int]) -> Engine:
    # Transactions are begun by hand (BEGIN IMMEDIATE): the driver's own habit begins them too late.
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # a path may have a `?` in it
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # errors end in logs: they name no hash and no secret
        pool_size=pool[0],
        max_overflow=pool[1],
    )

    def settle(connection: Any, _record: Any) -> None:
        # What is deleted is overwritten: somebody may have asked for it.
        secure = "secure_delete=ON"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", secure):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", settle)
    return engine
