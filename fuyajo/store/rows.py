"""Rows as lines of JSON, the same from every kind of database and for every kind; bytes are base64."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, LargeBinary, Table, column, inspect, table, text

from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.store.tables import METADATA

BATCH = 500
Row = dict[str, Any]


def names() -> tuple[str, ...]:
    return tuple(sorted(METADATA.tables))


def read(connection: Connection, name: str) -> Iterator[Row]:
    """In the order of its key, a few at a time: a table may be larger than memory."""
    wanted = _table(name).select().order_by(*_table(name).primary_key)
    options = {"stream_results": True, "yield_per": BATCH}
    for row in connection.execute(wanted, execution_options=options).mappings():
        yield dict(row)


def write_lines(rows: Iterable[Row], file: IO[bytes]) -> int:
    """How many there were."""
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the number of the last one
        line = json.dumps(row, separators=(",", ":"), default=_printable)
        file.write(line.encode() + b"\n")
    return count


def _printable(value: object) -> str:
    if isinstance(value, (bytes, memoryview)):
        return b64encode(value).decode("ascii")
    raise TypeError(type(value).__name__)


def read_lines(path: Path) -> Iterator[Row]:
    """Raises `InvalidInput` for a line that is no row."""
    with path.open("rb") as file:
        for line in file:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if not isinstance(row, dict) or not all(map(_plain, row.values())):
                raise InvalidInput(Problem("", "state_row", {"value": shown(path.stem)}))
            yield row


def _plain(value: object) -> bool:
    return value is None or (isinstance(value, (int, str)) and not isinstance(value, bool))


def insert(connection: Connection, name: str, rows: Iterable[Row]) -> int:
    """Into a table of whichever schema is there. Raises `InvalidInput` for one that it does not have."""
    columns = inspect(connection).get_columns(name)
    known = {found["name"] for found in columns}
    raw = {found["name"] for found in columns if isinstance(found["type"], LargeBinary)}
    rest, count = iter(rows), 0
    while batch := list(islice(rest, BATCH)):
        if any(row.keys() - known for row in batch):
            raise InvalidInput(Problem("", "state_row", {"value": shown(name)}))
        into = table(name, *map(column, sorted(batch[0])))
        connection.execute(into.insert(), [_storable(row, raw, connection) for row in batch])
        count += len(batch)
    return count


def _storable(row: Row, raw: AbstractSet[str], connection: Connection) -> Row:
    """PostgreSQL keeps no NUL in a text; SQLite does."""
    if raw:
        row = row | {key: _bytes(row[key]) for key in raw & row.keys()}
    if connection.dialect.name != "postgresql":
        return row
    return {
        key: value.replace("\0", "\ufffd") if isinstance(value, str) else value
        for key, value in row.items()
    }


def _bytes(said: object) -> object:
    """What is no base64 becomes nothing, which no such column takes."""
    try:
        return b64decode(said, validate=True) if isinstance(said, str) else said
    except ValueError:
        return None


def empty(connection: Connection, wanted: Iterable[str] = ()) -> None:
    """Without one row, also of those that nobody may remove otherwise. In the caller's transaction.

    All tables unless some are named. The audit's triggers come back with the same statement's transaction.
    """
    for name in wanted or names():
        guarded = connection.dialect.name == "postgresql"
        if guarded:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        connection.execute(_table(name).delete())
        if guarded:
            connection.exec_driver_sql(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def other_sessions(connection: Connection) -> int:
    """How many other connections of ours a server has: services, workers, commands of any machine."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE 'fuyajo%' AND pid <> pg_backend_pid()"
    )
    return int(connection.execute(text(asked)).scalar_one())


def any_there(connection: Connection) -> bool:
    return any(
        connection.execute(_table(name).select().limit(1)).first() is not None for name in names()
    )


def _table(name: str) -> Table:
    return METADATA.tables[name]
