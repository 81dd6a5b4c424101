"""Shares: who else may see or operate a machine. Looks at an embedded home's go through `store.shared`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from fuyajo.domain.access import RIGHTS, Right
from fuyajo.store.database import Database
from fuyajo.store.shared import Given
from fuyajo.store.tables import SHARES
from fuyajo.store.upsert import insert


@dataclass(frozen=True)
class ShareStore:
    database: Database

    def put(self, uuid: str, owner: str, grantee: str, rights: Right) -> None:
        """Give, or change what was given. `grantee` is `user:NAME` or `group:NAME`."""
        values = {"owner": owner, "rights": rights, "created": datetime.now(UTC).isoformat()}
        keys = ["uuid", "grantee"]
        with self.database.write() as connection:
            new = insert(connection, SHARES).values(uuid=uuid, grantee=grantee, **values)
            connection.execute(new.on_conflict_do_update(index_elements=keys, set_=values))

    def take_back(self, uuid: str, owner: str, grantee: str) -> bool:
        """False when that was not shared."""
        gone = delete(SHARES).where(
            SHARES.c.uuid == uuid, SHARES.c.owner == owner, SHARES.c.grantee == grantee
        )
        with self.database.write() as connection:
            return connection.execute(gone).rowcount > 0

    def forget(self, uuids: Iterable[str]) -> None:
        """These machines are gone."""
        over = sorted(uuids)
        if over and self.database.exists:
            with self.database.write() as connection:
                connection.execute(delete(SHARES).where(SHARES.c.uuid.in_(over)))

    def every(self) -> list[Given]:
        wanted = select(*(SHARES.c[key] for key in Given._fields))
        with self.database.read() as connection:
            rows = [Given(*row) for row in connection.execute(wanted)]
        return [row for row in rows if row.rights in RIGHTS]
