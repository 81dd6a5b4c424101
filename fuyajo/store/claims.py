"""Claims: what runs that go on will leave on their owner's account. One transaction decides."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from sqlalchemy import Connection, delete, select

from fuyajo.domain.room import Claim, Held
from fuyajo.store.database import Database
from fuyajo.store.tables import ACCOUNTS, CLAIMS
from fuyajo.store.upsert import insert

T = TypeVar("T")


@dataclass(frozen=True)
class Judgement(Generic[T]):
    """Runs that are over, whose claims go; the new claims; and what speaks against those."""

    over: frozenset[str] = frozenset()
    mine: tuple[Held, ...] = ()
    problems: tuple[T, ...] = ()


@dataclass(frozen=True)
class ClaimStore:
    database: Database

    def open(self, owner: str | None = None) -> list[Held]:
        """Every open claim, or those on one account."""
        if not self.database.exists:
            return []
        with self.database.read() as connection:
            return [held for held in _open(connection) if owner in (None, held.owner)]

    def take(self, run: str, judge: Callable[[list[Held]], Judgement[T]]) -> tuple[T, ...]:
        """Make that run's claims unless `judge` finds a problem.

        `judge` sees the open claims of the other runs, while nobody else can make one or give one back.
        """
        with self.database.write() as connection:
            said = judge([held for held in _open(connection) if held.run != run])
            _drop(connection, said.over)
            if not said.problems and said.mine:
                generation = _next(connection, said.mine[0].owner)
                now = datetime.now(UTC).isoformat()
                common = {"generation": generation, "created": now}
                rows = [{**h.claim._asdict(), **_whose(h), **common} for h in said.mine]
                connection.execute(CLAIMS.insert(), rows)
        return said.problems

    def give_back(self, run: str) -> None:
        if self.database.exists:
            with self.database.write() as connection:
                _drop(connection, {run})


def _whose(held: Held) -> dict[str, str]:
    return {key: value for key, value in held._asdict().items() if key != "claim"}


def _open(connection: Connection) -> list[Held]:
    rows = connection.execute(select(CLAIMS).order_by(CLAIMS.c.run, CLAIMS.c.name)).mappings()
    whose = ("run", "by", "owner", "host")
    return [
        Held(**{key: row[key] for key in whose}, claim=Claim(*(row[k] for k in Claim._fields)))
        for row in rows
    ]


def _drop(connection: Connection, runs: Collection[str]) -> None:
    if runs:
        connection.execute(delete(CLAIMS).where(CLAIMS.c.run.in_(sorted(runs))))


def _next(connection: Connection, owner: str) -> int:
    """The owner's account moves on by one generation."""
    first = insert(connection, ACCOUNTS).values(owner=owner, generation=1)
    moved = first.on_conflict_do_update(
        index_elements=["owner"], set_={"generation": ACCOUNTS.c.generation + 1}
    )
    return int(connection.execute(moved.returning(ACCOUNTS.c.generation)).scalar_one())
