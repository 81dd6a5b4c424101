"""Baselines: each machine as the last run of ours left it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, delete, select

from fuyajo.domain.drift import Baseline
from fuyajo.store.database import Database
from fuyajo.store.tables import BASELINES
from fuyajo.store.upsert import insert


@dataclass(frozen=True)
class BaselineStore:
    database: Database

    def note(self, baselines: Iterable[Baseline]) -> None:
        """Remember these; an older one of the same UUID is replaced."""
        with self.database.write() as connection:
            for one in baselines:
                held = {"state": one.state, "fields": one.fields, "waits": dict(one.waits)}
                document = json.dumps(held, sort_keys=True)
                values = {
                    "uuid": one.uuid,
                    "owner": one.owner,
                    "name": one.name,
                    "run": one.run,
                    "taken": one.taken,
                    "document": document,
                }
                new = insert(connection, BASELINES).values(values)
                connection.execute(new.on_conflict_do_update(index_elements=["uuid"], set_=values))

    def drop(self, uuids: Iterable[str]) -> None:
        """Forget machines that are gone on purpose."""
        with self.database.write() as connection:
            connection.execute(delete(BASELINES).where(BASELINES.c.uuid.in_(list(uuids))))

    def of(self, owner: str) -> dict[str, Baseline]:
        """All of that owner, by UUID."""
        return self._found(select(BASELINES).where(BASELINES.c.owner == owner))

    def _found(self, query: Select[Any]) -> dict[str, Baseline]:
        if not self.database.exists:
            return {}
        with self.database.read() as connection:
            rows = connection.execute(query).mappings()
            return {row["uuid"]: _baseline(dict(row)) for row in rows}


def _baseline(row: dict[str, Any]) -> Baseline:
    document = json.loads(row.pop("document"))
    return Baseline(**row, **document)
