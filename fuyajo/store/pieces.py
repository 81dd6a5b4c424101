"""Answers that are being written where several services share the database: who holds them, their pieces.

A service that answers holds its turns by a lease and writes the pieces a few at a time, for whoever listens
at another one. Rows stay for a moment behind the end, so that everybody hears the last of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, select, tuple_, update

from fuyajo.store.database import Database
from fuyajo.store.jobs import iso
from fuyajo.store.tables import PIECES, TURNS
from fuyajo.store.upsert import insert

#: Of a turn: its conversation and its number.
Key = tuple[str, int]


class Batch(NamedTuple):
    """Events of one answer as JSON; `last` is the number of the last. `anew`: those before mean nothing."""

    talk: str
    n: int
    last: int
    body: str
    anew: bool


@dataclass(frozen=True)
class PieceStore:
    database: Database

    def tend(self, turns: Collection[Key], batches: Sequence[Batch], lease: timedelta) -> set[Key]:
        """Hold those turns for that long from now on and keep what was said. Which of them are still ours:
        a lease that ran out, or a turn that somebody ended, does not come back."""
        with self.database.write() as connection:
            now = self.database.now(connection)
            mine = _held(connection, turns, now)
            until = update(TURNS).where(_these(mine)).values(until=iso(now + lease))
            connection.execute(until)
            for batch in batches:
                if (batch.talk, batch.n) in mine:
                    keep(connection, batch)
        return mine

    def held(self, turns: Collection[Key]) -> set[Key]:
        """Which of those turns are still being answered."""
        with self.database.read() as connection:
            return _held(connection, turns, self.database.now(connection))

    def after(self, talk: str, number: int, seq: int) -> list[str]:
        """The bodies of all batches with anything behind that event, in their order."""
        wanted = select(PIECES.c.body).where(
            (PIECES.c.talk == talk) & (PIECES.c.n == number) & (PIECES.c.last > seq)
        )
        with self.database.read() as connection:
            return list(connection.execute(wanted.order_by(PIECES.c.last)).scalars())

    def tidy(self) -> int:
        """Pieces of answers that are over are gone. How many rows."""
        with self.database.read() as connection:
            if connection.execute(select(PIECES.c.n).limit(1)).first() is None:
                return 0
        going = select(TURNS.c.talk, TURNS.c.n).where(TURNS.c.state == "answering")
        over = tuple_(PIECES.c.talk, PIECES.c.n).not_in(going)
        with self.database.write() as connection:
            return connection.execute(delete(PIECES).where(over)).rowcount


def keep(connection: Connection, batch: Batch) -> None:
    """In the caller's transaction. The same batch may come twice."""
    values = {"talk": batch.talk, "n": batch.n, "last": batch.last, "body": batch.body}
    if batch.anew:
        here = (PIECES.c.talk == batch.talk) & (PIECES.c.n == batch.n)
        connection.execute(delete(PIECES).where(here & (PIECES.c.last < batch.last)))
    connection.execute(insert(connection, PIECES).values(values).on_conflict_do_nothing())


def going_at(now: datetime) -> ColumnElement[bool]:
    """Turns that somebody answers."""
    return (TURNS.c.state == "answering") & (TURNS.c.until > iso(now))


def _held(connection: Connection, turns: Collection[Key], now: datetime) -> set[Key]:
    found = select(TURNS.c.talk, TURNS.c.n).where(_these(turns) & going_at(now))
    return {(talk, n) for talk, n in connection.execute(found)}


def _these(turns: Collection[Key]) -> ColumnElement[bool]:
    return tuple_(TURNS.c.talk, TURNS.c.n).in_(list(turns))
