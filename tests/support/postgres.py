"""A real PostgreSQL server of this machine's own package: a fresh cluster, reached by a socket alone."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

#: Debian keeps each version's programs in a directory of its own.
BINARIES = Path("/usr/lib/postgresql")
#: The server itself refuses to run as root.
ACCOUNT = "postgres"
START_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """`directory` holds the socket."""

    directory: Path
    _numbers: Iterator[int]

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{ACCOUNT}@/{database}?host={self.directory}"

    def new_database(self, template: str | None = None) -> str:
        """The address of an empty one, or of a copy of the one with that address."""
        import psycopg

        name = f"fuyajo_{next(self._numbers)}"
        like = _name(template) if template else "template0"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
        return self.url(name)

    def drop(self, url: str) -> None:
        """Whoever is connected to it is thrown out."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_name(url)} WITH (FORCE)".encode())

    def stop(self) -> None:
        """As by `kill -9` of the whole server."""
        _control(self.directory, "stop", "--mode", "immediate")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.directory} -c fsync=off"
        log = str(self.directory / "log")
        _control(self.directory, "start", "--log", log, "--options", options)


def _name(url: str) -> str:
    return url.rpartition("@/")[2].partition("?")[0]


@contextmanager
def server() -> Iterator[Server]:
    """One that runs; gone with everything in it afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="fuyajo-pg-"))
    made = Server(directory, count(1))
    try:
        shutil.chown(directory, *_owner())
        data = str(directory / "data")
        _run("initdb", "--pgdata", data, "--username", ACCOUNT, "--auth", "trust", "--no-sync")
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _control(directory: Path, verb: str, *options: str) -> None:
    data = ("--pgdata", str(directory / "data"))
    _run("pg_ctl", verb, *data, "--wait", "--timeout", str(START_SECONDS), *options)


def _owner() -> tuple[int, int]:
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    account = pwd.getpwnam(ACCOUNT)
    return account.pw_uid, account.pw_gid


def _run(program: str, *arguments: str) -> None:
    versions = sorted(BINARIES.glob("*/bin"), key=lambda path: float(path.parent.name))
    assert versions, "PostgreSQL is not installed: scripts/setup.sh --for test"
    user, group = _owner()
    subprocess.run(
        [str(versions[-1] / program), *arguments],
        check=True,
        user=user,
        group=group,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
