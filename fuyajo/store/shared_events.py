"""Events of runs where several machines share them: brought from the worker's file, read by anybody.

The file is written first, by the run itself, so nothing waits in memory: what the database does not take now
is read again later, from the last line that it took. Rows come in the order of their `seq`, each once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import Connection, func, select

from fuyajo.domain.errors import FuyajoError
from fuyajo.store.database import Database
from fuyajo.store.jobs import LostLease
from fuyajo.store.tables import EVENTS
from fuyajo.store.tails import FileTail
from fuyajo.store.upsert import insert

LOOK_SECONDS = 0.2  # between two looks at the file
AWAY_SECONDS = 20.0  # that the end of a run waits for a database that does not answer
PIECE = 500  # rows read at a time


@dataclass
class Copy:
    """`check` is called in each transaction, and raises where this process may not write any more."""

    database: Database
    file: FileTail
    run: str
    check: Callable[[Connection], None]
    _kept: list[tuple[int, str]] = field(default_factory=list, repr=False)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going(self) -> Iterator[None]:
        """While the file grows; what is in it at the end is in the table, unless the database is away."""
        thread = threading.Thread(target=self._follow, name=f"events-{self.run}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def whole(self) -> None:
        """Everything that is in the file now. Raises `Unavailable` when the database is away."""
        while self._step():
            pass

    def _follow(self) -> None:
        size = 0
        while not self._over.wait(LOOK_SECONDS):
            if self.file.size() != size and self._quietly():
                size = self.file.size()
        until = monotonic() + AWAY_SECONDS
        pause = threading.Event()
        while not self._quietly() and monotonic() < until:
            pause.wait(LOOK_SECONDS)

    def _quietly(self) -> bool:
        try:
            self.whole()
        except FuyajoError:
            return False
        except LostLease:  # its process ends; whoever has the job now says the rest
            self._over.set()
        return True

    def _step(self) -> bool:
        """One piece; False when there was none. It is kept until the database has it."""
        self._kept = self._kept or self.file.more()
        if not self._kept:
            return False
        rows = [{"run": self.run, "seq": seq, "line": line} for seq, line in self._kept]
        with self.database.write() as connection:
            self.check(connection)
            connection.execute(insert(connection, EVENTS).on_conflict_do_nothing(), rows)
        self._kept = []
        return True


@dataclass
class RowTail:
    """Reads the rows of a run piece by piece."""

    database: Database
    run: str
    after: int = 0

    def size(self) -> int:
        """The last `seq`; 0 while the database does not answer."""
        last = select(func.max(EVENTS.c.seq)).where(EVENTS.c.run == self.run)
        try:
            with self.database.read() as connection:
                return connection.execute(last).scalar() or 0
        except FuyajoError:
            return 0

    def more(self) -> list[tuple[int, str]]:
        wanted = select(EVENTS.c.seq, EVENTS.c.line)
        wanted = wanted.where((EVENTS.c.run == self.run) & (EVENTS.c.seq > self.after))
        with self.database.read() as connection:
            rows = connection.execute(wanted.order_by(EVENTS.c.seq).limit(PIECE)).all()
        found = [(int(seq), str(line)) for seq, line in rows]
        if found:
            self.after = found[-1][0]
        return found
