"""The database: opened, kept at the newest schema, written in whole transactions, one at a time.

It is the file `fuyajo.db` of a home unless settings name a PostgreSQL server that several machines share.
Both behave alike: a transaction that writes holds the only write lock from its first statement on.
SQLAlchemy costs 0.16 s to import: nothing that only looks or plans may import this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from fuyajo.domain.errors import Problem, Unavailable, shown
from fuyajo.store.home import Home

#: The schema that this version of the code works with: the number of the last file in `migrations/versions`.
VERSION = 6
#: Connections that one process keeps, and takes beyond those while it is busy. Together more than a service
#: has threads (40 that answer, its worker's), so that no thread that holds one waits for a thread that waits.
KEPT, MORE = 10, 40


class About(NamedTuple):
    """`kind` is `sqlite` or `postgresql`, `version` that of the program, `schema` the number of ours."""

    name: str
    kind: Literal["sqlite", "postgresql"]
    version: str
    schema: int


class Kind(Protocol):
    """What differs between the two kinds of database."""

    @property
    def name(self) -> str:
        """What it is called in errors: a path, or a server without any secret."""

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""

    def open(self) -> Engine:
        """At the newest schema; connections commit each statement unless a transaction was begun.

        Raises `Unavailable` when it is newer than this code.
        """

    def begin(self, connection: Connection) -> None:
        """Begin a transaction that is the only one to write."""

    def freeze(self, connection: Connection) -> None:
        """Begin a transaction that sees one moment, however long it takes, and holds nobody up."""

    def now(self, connection: Connection) -> datetime:
        """By the clock that everybody who uses it shares."""


class Database:
    """Cheap to make; nothing is opened before the first look. `url`: a PostgreSQL server, not the file."""

    def __init__(self, home: Home, url: str | None = None) -> None:
        self._kind = _kind(home, url)
        self._engine: Engine | None = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One look. Raises `Unavailable` with what the database said."""
        with self._told(), self._open().connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Many looks at one and the same moment; writers go on meanwhile."""
        with self._told(), self._open().connect() as connection:
            self._kind.freeze(connection)
            try:
                yield connection
            finally:
                with suppress(DatabaseError, InterfaceError):
                    connection.exec_driver_sql("ROLLBACK")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the only write lock from its first statement on."""
        with self._told(), self._open().connect() as connection:
            self._kind.begin(connection)
            try:
                yield connection
            except BaseException:
                with suppress(
                    DatabaseError, InterfaceError
                ):  # a connection that broke has nothing to take back
                    connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    def now(self, within: Connection | None = None) -> datetime:
        """By the one clock of all machines that share it: leases are measured by nothing else. Aware."""
        if within is not None:
            return self._kind.now(within)
        with self.read() as connection:
            return self._kind.now(connection)

    @property
    def exists(self) -> bool:
        return self._kind.exists

    @property
    def name(self) -> str:
        """For people: a path, or a server without any secret."""
        return self._kind.name

    def about(self) -> About:
        """What it is. Raises `Unavailable` when it does not answer."""
        with self.read() as connection:
            connection.exec_driver_sql("SELECT 1")
            dialect = connection.dialect
            version = ".".join(map(str, dialect.server_version_info or ()))
            kind: Literal["sqlite", "postgresql"] = (
                "postgresql" if dialect.name == "postgresql" else "sqlite"
            )
            return About(self.name, kind, version, VERSION)

    def close(self) -> None:
        """Let every connection go; the next look opens it again."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, InterfaceError) as error:
            detail = shown(str(error.orig), 200)
            raise Unavailable(Problem(self._kind.name, "database", {"detail": detail})) from error
        except PoolTimeout as error:
            detail = "all of its connections are taken"
            raise Unavailable(Problem(self._kind.name, "database", {"detail": detail})) from error

    def _open(self) -> Engine:
        if self._engine is None:
            self._engine = self._kind.open()
        return self._engine


def _kind(home: Home, url: str | None) -> Kind:
    if url is None:
        from fuyajo.store.sqlite import Sqlite

        return Sqlite(home.database(), VERSION, (KEPT, MORE))
    from fuyajo.store.postgres import Postgres

    return Postgres(url, VERSION, (KEPT, MORE))
