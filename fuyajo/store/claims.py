"""Claims: what runs that go on add to their owner's account. One transaction decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from fuyajo.store.database import Database
from fuyajo.store.tables import ACCOUNTS, CLAIMS

T = TypeVar("T")


class Claim(NamedTuple):
    """What one object of one run adds: number, CPUs, memory (MiB), disk (GiB)."""

    name: str
    vms: int = 0
    cpus: int = 0
    memory_mib: int = 0
    disk_gib: int = 0


@dataclass(frozen=True)
class ClaimStore:
    database: Database

    def open(self, owner: str) -> list[tuple[str, Claim]]:
        """Every open claim of that owner, with its run."""
        if not self.database.exists:
            return []
        with self.database.read() as connection:
            return _open(connection, owner)

    def take(
        self,
        owner: str,
        run: str,
        claims: Iterable[Claim],
        judge: Callable[[list[tuple[str, Claim]]], list[T]],
    ) -> list[T]:
        """Make the claims unless `judge`, who sees those of the other runs, finds a problem."""
        with self.database.write() as connection:
            problems = judge([found for found in _open(connection, owner) if found[0] != run])
            if not problems:
                generation = _next(connection, owner)
                now = datetime.now(UTC).isoformat()
                for claim in claims:
                    values = claim._asdict() | {"run": run, "owner": owner, "created": now}
                    connection.execute(CLAIMS.insert().values(values | {"generation": generation}))
        return problems

    def give_back(self, runs: Iterable[str]) -> None:
        over = list(runs)
        if over and self.database.exists:
            with self.database.write() as connection:
                connection.execute(delete(CLAIMS).where(CLAIMS.c.run.in_(over)))


def _open(connection: Connection, owner: str) -> list[tuple[str, Claim]]:
    rows = connection.execute(select(CLAIMS).where(CLAIMS.c.owner == owner)).mappings()
    return [(row["run"], Claim(*(row[key] for key in Claim._fields))) for row in rows]


def _next(connection: Connection, owner: str) -> int:
    """The owner's account moves on by one generation."""
    first = insert(ACCOUNTS).values(owner=owner, generation=1)
    moved = first.on_conflict_do_update(
        index_elements=["owner"], set_={"generation": ACCOUNTS.c.generation + 1}
    )
    return int(connection.execute(moved.returning(ACCOUNTS.c.generation)).scalar_one())
