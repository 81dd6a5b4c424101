"""A PostgreSQL server that several machines share.

Who writes takes one advisory lock for the whole transaction: the code above was written for one writer at a
time, and is right for the same reasons on both kinds of database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from fuyajo.domain.errors import InvalidInput, Problem, Unavailable

#: Two numbers that nobody else on that server's database uses: one writer, one migration.
WRITING, MIGRATING = 0x66756A01, 0x66756A02
SCHEMES = ("postgresql", "postgres")
#: Whoever vanished is given up within a minute: the server by us, and we, with our locks, by the server.
KEEPALIVES = {
    "connect_timeout": 10,
    "application_name": "fuyajo",
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 4,
}
OPTIONS = KEEPALIVES | {
    "options": "-c lock_timeout=30s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    " -c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4",
}


@dataclass(frozen=True)
class Postgres:
    """`url` is `postgresql://USER@HOST:PORT/NAME`; libpq's own files and variables work too.

    `pool`: connections that are kept, and those beyond them.
    """

    url: str
    version: int
    pool: tuple[int, int]

    @property
    def name(self) -> str:
        return _url(self.url).render_as_string(hide_password=True)

    @property
    def exists(self) -> bool:
        return True

    def open(self) -> Engine:
        engine = self.engine()
        with engine.connect() as connection:
            found = _version(connection)
            if found > self.version:
                params = {"found": found, "known": self.version}
                raise Unavailable(Problem(self.name, "database_newer", dict(params)))
            if found != self.version:
                self._migrate(connection)
        return engine

    def engine(self) -> Engine:
        """At whichever schema it is."""
        if find_spec("psycopg") is None:  # an extra: an embedded home never needs it
            raise Unavailable(Problem(self.name, "database_driver"))
        return create_engine(
            _url(self.url).set(drivername="postgresql+psycopg"),
            connect_args=dict[str, Any](OPTIONS),
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            pool_pre_ping=True,  # a server that was started again is no error
            pool_size=self.pool[0],
            max_overflow=self.pool[1],
        )

    def begin(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITING})")

    def freeze(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # Whoever reads may have to wait for a slow pipe between two rows.
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")

    def now(self, connection: Connection) -> datetime:
        found: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return found

    def _migrate(self, connection: Connection) -> None:
        """Whole or not at all, by one process at a time: the server takes the schema back with the rest."""
        from fuyajo.store.migrations import to_newest

        connection.exec_driver_sql("BEGIN")
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
            if _version(connection) != self.version:  # otherwise another process was faster
                to_newest(connection)
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _version(connection: Connection) -> int:
    """0 for a database that has nothing of ours yet."""
    known = connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar_one()
    if known is None:
        return 0
    return int(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or 0)


def _url(said: str) -> URL:
    """Raises `InvalidInput` for anything that is no address of a PostgreSQL server."""
    try:
        url = make_url(said)
    except (ArgumentError, ValueError) as error:  # both repeat what was said, which may be a secret
        raise InvalidInput(Problem("database", "database_url")) from error
    if url.drivername not in SCHEMES:
        raise InvalidInput(Problem("database", "database_url"))
    return url
