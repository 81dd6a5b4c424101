"""The audit's table: one row more, never one less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from fuyajo.domain.audit import AuditRow, next_row
from fuyajo.store.database import Database
from fuyajo.store.tables import AUDIT


@dataclass(frozen=True)
class AuditStore:
    database: Database

    def append(self, actor: str, body: Mapping[str, object]) -> AuditRow:
        """Lasting when it returns: the transaction is on the disk."""
        last = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(1)
        with self.database.write() as connection:
            found = connection.execute(last).mappings().first()
            before = AuditRow(**found) if found else None
            row = next_row(before, datetime.now(UTC).isoformat(), actor, body)
            connection.execute(AUDIT.insert().values(row._asdict()))
        return row

    def has(self, event: str, run: str) -> bool:
        """Whether that was said of that run already."""
        body = func.json_extract(AUDIT.c.body, "$.event"), func.json_extract(AUDIT.c.body, "$.run")
        with self.database.read() as connection:
            found = connection.execute(
                select(AUDIT.c.seq).where(body[0] == event, body[1] == run).limit(1)
            )
            return found.first() is not None

    def rows(self) -> Iterator[AuditRow]:
        """All of them, the oldest first."""
        if not self.database.exists:
            return
        with self.database.read() as connection:
            for found in connection.execute(select(AUDIT).order_by(AUDIT.c.seq)).mappings():
                yield AuditRow(**found)
