"""Answers to mutating calls that were made with a key of the caller's: the same call gets the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, select, update

from fuyajo.store.database import Database
from fuyajo.store.jobs import iso
from fuyajo.store.tables import CALLS


class Call(NamedTuple):
    """`digest` is of what was asked; `status` None: it is not answered yet. `answer` None: not kept."""

    user: str
    key: str
    digest: str
    created: datetime
    status: int | None = None
    answer: str | None = None


@dataclass(frozen=True)
class CallStore:
    database: Database

    def begin(self, call: Call, kept: timedelta, stale: timedelta) -> Call | None:
        """None: it is the caller's to answer now. Otherwise the call that has this key.

        Answers are kept for `kept`; a call without one for `stale`: then whoever made it is gone.
        """
        with self.database.write() as connection:
            connection.execute(delete(CALLS).where(CALLS.c.created < iso(call.created - kept)))
            gone = CALLS.c.status.is_(None) & (CALLS.c.created < iso(call.created - stale))
            connection.execute(delete(CALLS).where(gone))
            row = connection.execute(select(CALLS).where(_same(call))).mappings().first()
            if row is not None:
                return Call(**{**row, "created": datetime.fromisoformat(row["created"])})
            values = call._asdict() | {"created": iso(call.created)}
            connection.execute(CALLS.insert().values(values))
        return None

    def answer(self, call: Call, status: int, answer: str | None) -> None:
        """Of the call that began; nothing when another one has its place by now."""
        with self.database.write() as connection:
            mine = update(CALLS).where(_mine(call)).values(status=status, answer=answer)
            connection.execute(mine)

    def forget(self, call: Call) -> None:
        """It came to nothing: the next one with this key is the first again."""
        with self.database.write() as connection:
            connection.execute(delete(CALLS).where(_mine(call)))

    def forget_all(self, user: str) -> None:
        """Answers repeat what was asked."""
        with self.database.write() as connection:
            connection.execute(delete(CALLS).where(CALLS.c.user == user))


def _same(call: Call) -> ColumnElement[bool]:
    return (CALLS.c.user == call.user) & (CALLS.c.key == call.key)


def _mine(call: Call) -> ColumnElement[bool]:
    return _same(call) & (CALLS.c.created == iso(call.created)) & CALLS.c.status.is_(None)
