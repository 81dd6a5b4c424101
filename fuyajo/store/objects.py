"""Objects: what our runs made, beside the owner in each domain's own metadata."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from fuyajo.store.database import Database
from fuyajo.store.tables import OBJECTS

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

    def note(self, objects: Iterable[Owned]) -> None:
        """Remember these; what is known of the same UUID is replaced."""
        now = datetime.now(UTC).isoformat()
        with self.database.write() as connection:
            for one in objects:
                values = one._asdict() | {"updated": now}
                new = insert(OBJECTS).values(values | {"created": now})
                connection.execute(new.on_conflict_do_update(index_elements=["uuid"], set_=values))

    def find(self, uuids: Iterable[str]) -> dict[str, Owned]:
        """By UUID; what is not known is left out."""
        wanted = list(uuids)
        if not wanted or not self.database.exists:
            return {}
        with self.database.read() as connection:
            rows = connection.execute(select(OBJECTS).where(OBJECTS.c.uuid.in_(wanted))).mappings()
            return {row["uuid"]: Owned(**{key: row[key] for key in Owned._fields}) for row in rows}
