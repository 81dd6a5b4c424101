"""Objects: what our runs made, beside the owner in each domain's own metadata."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from sqlalchemy import select

from fuyajo.store.database import Database
from fuyajo.store.tables import OBJECTS
from fuyajo.store.upsert import insert

State = Literal["there", "trash", "gone"]


class Owned(NamedTuple):
    """One machine as the last run left it. `host` is a libvirt URI."""

    uuid: str
    host: str
    name: str
    owner: str
    state: State
    run: str | None = None


@dataclass(frozen=True)
class ObjectStore:
    database: Database

    def note(self, objects: Iterable[Owned], *, reassign: bool = False) -> None:
        """Remember these. Whose a known UUID is stays as it was: metadata that changed hands is no proof.

        `reassign` is for a person who says that the new owner is right.
        """
        now = datetime.now(UTC).isoformat()
        with self.database.write() as connection:
            for one in objects:
                values = one._asdict() | {"updated": now}
                new = insert(connection, OBJECTS).values(values | {"created": now})
                same = None if reassign else OBJECTS.c.owner == one.owner
                connection.execute(
                    new.on_conflict_do_update(index_elements=["uuid"], set_=values, where=same)
                )

    def find(self, uuids: Iterable[str]) -> dict[str, Owned]:
        """By UUID; what is not known is left out."""
        wanted = list(uuids)
        if not wanted or not self.database.exists:
            return {}
        with self.database.read() as connection:
            rows = connection.execute(select(OBJECTS).where(OBJECTS.c.uuid.in_(wanted))).mappings()
            return {row["uuid"]: Owned(**{key: row[key] for key in Owned._fields}) for row in rows}

    def there(self, host: str) -> list[Owned]:
        """What lies on that host, as far as we know."""
        if not self.database.exists:
            return []
        wanted = select(OBJECTS).where(OBJECTS.c.host == host, OBJECTS.c.state == "there")
        with self.database.read() as connection:
            rows = connection.execute(wanted.order_by(OBJECTS.c.name)).mappings()
            return [Owned(**{key: row[key] for key in Owned._fields}) for row in rows]

    def named(self, host: str, name: str) -> list[Owned]:
        """Everything that ever had that name on that host, the newest last."""
        if not self.database.exists:
            return []
        wanted = select(OBJECTS).where(OBJECTS.c.host == host, OBJECTS.c.name == name)
        with self.database.read() as connection:
            rows = connection.execute(wanted.order_by(OBJECTS.c.created)).mappings()
            return [Owned(**{key: row[key] for key in Owned._fields}) for row in rows]
