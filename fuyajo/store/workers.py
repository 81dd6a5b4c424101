"""Workers: who was seen when, and for which hypervisors."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from fuyajo.store.database import Database
from fuyajo.store.jobs import iso
from fuyajo.store.tables import WORKERS
from fuyajo.store.upsert import insert

FORGET = timedelta(days=7)


@dataclass(frozen=True)
class WorkerStore:
    database: Database

    def note(self, name: str, hosts: Collection[str], now: datetime) -> None:
        """It is at work; without `hosts` for all of them. Whoever was not seen for a week is forgotten."""
        values = {"name": name, "hosts": "\n".join(sorted(hosts)), "seen": iso(now)}
        with self.database.write() as connection:
            connection.execute(delete(WORKERS).where(WORKERS.c.seen < iso(now - FORGET)))
            new = insert(connection, WORKERS).values(values)
            connection.execute(new.on_conflict_do_update(index_elements=["name"], set_=values))

    def gone(self, name: str) -> None:
        """It ended by itself."""
        with self.database.write() as connection:
            connection.execute(delete(WORKERS).where(WORKERS.c.name == name))

    def seen(self, host: str) -> datetime | None:
        """When somebody who works for that hypervisor was last seen; None: nobody, as far as we know."""
        if not self.database.exists:
            return None
        with self.database.read() as connection:
            rows = connection.execute(select(WORKERS.c.hosts, WORKERS.c.seen)).all()
        found = [seen for hosts, seen in rows if not hosts or host in hosts.split("\n")]
        return datetime.fromisoformat(max(found)) if found else None
