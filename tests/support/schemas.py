"""Databases as earlier versions of Fuyajo left them, with rows in every table."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, MetaData, Table

from fuyajo.store.migrations import to_version
from tests.support.places import Place

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "schemas"
#: Every schema that was ever released, but for the newest.
RELEASED = tuple(sorted(int(path.stem) for path in GOLDEN.glob("*.sql")))

Rows = dict[str, list[dict[str, object]]]


def old_file(path: Path, schema: int) -> Path:
    """As that version had it: the rows of its golden dump, the last of them only in the log."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((GOLDEN / f"{schema}.sql").read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode=WAL")
    return path


def old_server(place: Place, schema: int) -> None:
    """The same rows in an empty database of a server."""
    rows = rows_of(old_file(place.root / "golden.db", schema))
    engine = place.database()._kind.engine()  # type: ignore[attr-defined]
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        to_version(connection, f"{schema:04}")
        for name, found in rows.items():
            table = Table(name, MetaData(), autoload_with=connection)
            connection.execute(table.insert(), found)
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


def rows_of(path: Path) -> Rows:
    """Of every table but Alembic's own, in the order of the rows."""
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    with engine.connect() as connection:
        found = all_rows(connection)
    engine.dispose()
    return found


def all_rows(connection: Connection) -> Rows:
    known = MetaData()
    known.reflect(connection, resolve_fks=False)
    found: Rows = {}
    for name, table in sorted(known.tables.items()):
        if name == "alembic_version" or name.startswith("procrastinate_"):
            continue  # messages are no state: the rows are
        rows = connection.execute(table.select().order_by(*table.primary_key)).mappings()
        found[name] = [dict(row) for row in rows]
    return found
