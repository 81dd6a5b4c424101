"""The audit's table: one row more, never one less. Its head is kept in a second place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ColumnElement, select

from fuyajo.domain.audit import NO_HEAD, START, AuditRow, Head, next_row, parse_head
from fuyajo.store.database import Database
from fuyajo.store.files import write_whole
from fuyajo.store.tables import AUDIT

LOCK_SECONDS = 30.0


@dataclass(frozen=True)
class AuditStore:
    """`path` is the file of the head. `several`: each machine notes the head of what it wrote itself."""

    database: Database
    path: Path
    several: bool = False

    def append(self, actor: str, body: Mapping[str, object]) -> AuditRow:
        """Lasting when it returns: the transaction is on the disk, and the head after it."""
        last = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(1)
        with self.database.write() as connection:
            found = connection.execute(last).mappings().first()
            before = AuditRow(**found) if found else None
            if (before is None or self.several) and not self.path.exists():
                # From here on a missing file means that somebody took it away (of several, perhaps not).
                write_whole(self.path, f"{START}\n".encode())
            row = next_row(before, datetime.now(UTC).isoformat(), actor, body)
            connection.execute(AUDIT.insert().values(row._asdict()))
        self._advance(Head(row.seq, row.hash))
        return row

    def has(self, event: str, run: str) -> bool:
        """Whether that was said of that run already."""
        said = _says("event", event) & _says("run", run)
        with self.database.read() as connection:
            return connection.execute(select(AUDIT.c.seq).where(said).limit(1)).first() is not None

    def rows(
        self,
        after: int = 0,
        since: str = "",
        actor: str | None = None,
        mine: str | None = None,
        before: int | None = None,
        **says: str | None,
    ) -> Iterator[AuditRow]:
        """The oldest first, from the one behind `after` on; read only as far as the caller goes.

        With `before` the newest first, from the one in front of that on.
        `mine`: done by that user or to what that user owns. `says`: texts in the body, by key. A body is
        looked at as text here: the caller decides with what it means.
        """
        if not self.database.exists:
            return
        wanted = select(AUDIT).where(AUDIT.c.seq > after, AUDIT.c.at >= since)
        if actor is not None:
            wanted = wanted.where(AUDIT.c.actor == actor)
        if mine is not None:
            wanted = wanted.where((AUDIT.c.actor == mine) | _says("owner", mine))
        for key, value in says.items():
            if value is not None:
                wanted = wanted.where(_says(key, value))
        order = AUDIT.c.seq.asc()
        if before is not None:
            wanted, order = wanted.where(AUDIT.c.seq < before), AUDIT.c.seq.desc()
        with self.database.read() as connection:
            for found in connection.execute(wanted.order_by(order)).mappings():
                yield AuditRow(**found)

    def last(self, event: str) -> AuditRow | None:
        """The newest row of that event."""
        if not self.database.exists:
            return None
        wanted = select(AUDIT).where(_says("event", event))
        with self.database.read() as connection:
            rows = connection.execute(wanted.order_by(AUDIT.c.seq.desc()).limit(1))
            found = rows.mappings().first()
            return AuditRow(**found) if found else None

    def head(self) -> Head | None:
        """The last row as it was noted; None where none was, `NO_HEAD` for a file that is damaged."""
        try:
            return parse_head(self.path.read_text(encoding="ascii").strip())
        except FileNotFoundError:
            return START if self.several else None
        except ValueError:
            return NO_HEAD

    def _advance(self, head: Head) -> None:
        """Note the head unless a later one is noted: processes come here in any order.

        A damaged or missing file stays so: that is what `verify` has to find.
        """
        from filelock import FileLock  # the database's own lock is gone by now, and must be

        with FileLock(self.path.with_suffix(".head.lock"), timeout=LOCK_SECONDS, mode=0o600):
            known = self.head()
            if known not in (None, NO_HEAD) and known.seq < head.seq:
                write_whole(self.path, f"{head}\n".encode())


def _says(key: str, value: str) -> ColumnElement[bool]:
    """Rows with that text under that key. The body is canonical JSON, where quotes within texts are escaped:
    the pattern can be nothing else; and a row that somebody made unreadable stops no query."""
    return AUDIT.c.body.contains(f'"{key}":"{value}"', autoescape=True)
