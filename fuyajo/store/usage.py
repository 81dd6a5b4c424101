"""Usage: how long machines ran, month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from fuyajo.domain.usage import Usage
from fuyajo.store.database import Database
from fuyajo.store.tables import USAGE
from fuyajo.store.upsert import insert

_KEY = ("uuid", "month", "owner", "host")


@dataclass(frozen=True)
class UsageStore:
    database: Database

    def change(
        self, host: str, since: str, count: Callable[[list[Usage]], Iterable[Usage]]
    ) -> None:
        """Write what `count` makes of this host's rows from that month on, and of older ones that run.

        Nobody else can count meanwhile.
        """
        with self.database.write() as connection:
            wanted = or_(USAGE.c.month >= since, USAGE.c.running == 1)
            rows = count(_rows(connection, USAGE.c.host == host, wanted))
            if values := [_values(row) for row in rows]:
                new = insert(connection, USAGE)
                said = {key: new.excluded[key] for key in ("seconds", "seen", "running")}
                # One statement for all of them: a host may have a thousand.
                connection.execute(
                    new.on_conflict_do_update(index_elements=_KEY, set_=said), values
                )

    def of(self, owner: str, month: str) -> list[Usage]:
        """That account's rows of that month, and those that run since an earlier one."""
        if not self.database.exists:
            return []
        wanted = or_(USAGE.c.month == month, USAGE.c.running == 1)
        with self.database.read() as connection:
            return _rows(connection, USAGE.c.owner == owner, wanted)


def _rows(connection: Connection, *where: ColumnElement[bool]) -> list[Usage]:
    found = connection.execute(select(USAGE).where(*where)).mappings()
    return [_row(dict(row)) for row in found]


def _values(row: Usage) -> dict[str, Any]:
    seen = row.seen.isoformat(timespec="microseconds")
    return row._asdict() | {"seen": seen, "running": int(row.running)}


def _row(row: dict[str, Any]) -> Usage:
    seen, running = datetime.fromisoformat(row["seen"]), bool(row["running"])
    return Usage(**(row | {"seen": seen, "running": running}))
