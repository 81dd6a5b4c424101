"""Suggestions that their reader does not want to see for a while."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from fuyajo.store.database import Database
from fuyajo.store.tables import DISMISSALS
from fuyajo.store.upsert import insert


@dataclass(frozen=True)
class DismissalStore:
    database: Database

    def of(self, owner: str, now: int) -> frozenset[tuple[str, str]]:
        """UUID and rule of each that is not over; `now` in seconds since 1970."""
        if not self.database.exists:
            return frozenset()
        wanted = select(DISMISSALS.c.uuid, DISMISSALS.c.rule).where(
            DISMISSALS.c.owner == owner, DISMISSALS.c.until > now
        )
        with self.database.read() as connection:
            return frozenset((row[0], row[1]) for row in connection.execute(wanted))

    def add(self, owner: str, uuid: str, rule: str, until: int, now: int) -> None:
        """The newest word counts. What is over goes with it, so the table stays as long as what is known."""
        row = {"owner": owner, "uuid": uuid, "rule": rule, "until": until}
        with self.database.write() as connection:
            connection.execute(delete(DISMISSALS).where(DISMISSALS.c.until <= now))
            new = insert(connection, DISMISSALS)
            keys = ["owner", "uuid", "rule"]
            into = {"until": new.excluded.until}
            connection.execute(new.on_conflict_do_update(index_elements=keys, set_=into), [row])

    def remove(self, owner: str) -> int:
        """All of this user's: they want to see everything again."""
        with self.database.write() as connection:
            return connection.execute(
                delete(DISMISSALS).where(DISMISSALS.c.owner == owner)
            ).rowcount
