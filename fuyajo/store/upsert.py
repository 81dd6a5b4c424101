"""INSERT … ON CONFLICT, which both kinds of database have, each under its own name in SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table

if TYPE_CHECKING:
    from sqlalchemy.dialects.postgresql import Insert


def insert(connection: Connection, table: Table) -> Insert:
    """For `on_conflict_do_update` and `on_conflict_do_nothing`, which are the same in both."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as into

        return into(table)
    from sqlalchemy.dialects.sqlite import insert as into_file

    return into_file(table)  # type: ignore[return-value]
