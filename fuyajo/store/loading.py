"""The tables of an archive as a database of its own at the newest schema: nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError

from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.store import keeping, rows
from fuyajo.store.database import Database
from fuyajo.store.home import Home
from fuyajo.store.jobs import JobStore
from fuyajo.store.sqlite import at_schema


class Loaded(NamedTuple):
    """`canceled`: runs that waited when the archive was made, and may have gone on since."""

    database: Database
    rows: dict[str, int]
    canceled: int


def load(archive: Path, target: Home, schema: int, *, as_files: bool) -> Loaded:
    """Into the database of `target`; plans and runs into its files if they are files there.

    Raises `InvalidInput` for rows that do not fit, whoever wrote them.
    """
    found = sorted((archive / "tables").glob("*.jsonl"))
    counts: dict[str, int] = {}
    with at_schema(target.database(), schema) as connection:
        for path in found:
            with _fitting(path.stem):
                counts[path.stem] = rows.insert(connection, path.stem, rows.read_lines(path))
    database = Database(target)
    # Nobody knows whether they were carried out meanwhile: they are never begun by themselves.
    told = [Problem("", "job_restored")]
    canceled = JobStore(database).cancel_waiting(datetime.now(UTC), told)
    if as_files:
        for name in keeping.AS_FILES:
            with database.read() as connection, _fitting(name):
                keeping.write(target, name, rows.read(connection, name))
        with database.write() as connection:
            rows.empty(connection, keeping.AS_FILES)
    return Loaded(database, counts, canceled)


@contextmanager
def _fitting(name: str) -> Iterator[None]:
    try:
        yield
    except (DatabaseError, ValueError) as error:
        raise InvalidInput(Problem("", "state_row", {"value": name})) from error
