"""Machines that were measured, for tests of what is shown of it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

from fuyajo.domain.history import Sample
from fuyajo.store.database import Database
from fuyajo.store.history import FOLD, HistoryStore
from fuyajo.store.packing import pack_round
from fuyajo.store.tables import ROUNDS

HOST, ME, NEVER = "qemu:///system", "test", 1 << 40
GIB = float(1 << 30)


def measure(
    database: Database,
    uuids: Iterable[str],
    seconds: int = 3600,
    *,
    each: int = 20,
    hole: tuple[int, int] = (0, 0),
    cpu: float | None = None,
) -> None:
    """Until now; `hole`: from so many seconds ago to so many nobody measured. Ends with `cpu` per cent."""
    now, uuids = int(time.time()), list(uuids)
    store = HistoryStore(database)
    assert store.hold(HOST, ME, NEVER, now)
    moments = range(now - seconds, now + 1, each)
    known = [at for at in moments if not now - hole[0] <= at < now - hole[1]]
    rows = []
    for at in known:
        last = cpu if at > now - 2 * each else None
        body = pack_round({uuid: _sample(at, n, last) for n, uuid in enumerate(uuids)})
        rows.append({"host": HOST, "at": at, "body": body})
    with database.write() as connection:
        connection.execute(ROUNDS.delete().where(ROUNDS.c.at.in_(known)))
        connection.execute(ROUNDS.insert(), rows)
    store.fold(HOST, ME, NEVER, now // FOLD * FOLD)


def _sample(at: int, number: int, cpu: float | None) -> Sample:
    wave = 0.5 + 0.4 * math.sin(at / 500 + number)
    rates = (wave * 2e6, (1 - wave) * 9e5, 30.5, 12.25, wave * 5e4, (1 - wave) * 2e5, 3 * GIB, 1.0)
    return (wave * 60 if cpu is None else cpu, wave * GIB, (1 - wave) * GIB, *rates)
