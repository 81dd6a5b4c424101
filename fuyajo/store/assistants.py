"""What assistants did lately, for all processes of a home: their calls, what they read, what they asked.

Moments are microseconds by the database's clock. What is over is deleted by whoever writes next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, delete, or_, select

from fuyajo.store.database import Database
from fuyajo.store.tables import ASSISTANT_CALLS, ASSISTANT_QUESTIONS, ASSISTANT_READS
from fuyajo.store.upsert import insert

SECOND = 1_000_000


class Past(NamedTuple):
    """A call of before; `age` in seconds."""

    age: float
    mark: str


class Question(NamedTuple):
    """What one caller was asked about one plan, because of the call that `mark` is of."""

    id: str
    caller: str
    mark: str
    owner: str
    plan: str
    digest: str


@dataclass(frozen=True)
class AssistantStore:
    """`clock`: seconds, instead of the database's own."""

    database: Database
    clock: Callable[[], float] | None = None

    def call(
        self, caller: str, mark: str, window: float, judge: Callable[[list[Past]], None]
    ) -> None:
        """Count one call, unless `judge` raises: it sees the caller's calls of that window, the oldest first.

        Nobody else counts meanwhile.
        """
        calls = ASSISTANT_CALLS.c
        with self.database.write() as connection:
            now, span = self._now(connection), round(window * SECOND)
            # A clock that was set back must not hold anybody up for longer than it takes by itself.
            old = or_(calls.at <= now - span, calls.at > now + span)
            connection.execute(delete(ASSISTANT_CALLS).where(old))
            mine = select(calls.at, calls.mark).where(calls.caller == caller).order_by(calls.at)
            found = [(int(at), said) for at, said in connection.execute(mine)]
            judge([Past((now - at) / SECOND, said) for at, said in found])
            at = max(now, found[-1][0] + 1) if found else now
            values = {"caller": caller, "at": at, "mark": mark}
            connection.execute(ASSISTANT_CALLS.insert().values(values))

    def note_read(self, caller: str, kept: float) -> None:
        """This caller has read what a guest wrote. What is older than `kept` seconds is forgotten."""
        with self.database.write() as connection:
            now = self._now(connection)
            old = ASSISTANT_READS.c.at <= now - round(kept * SECOND)
            connection.execute(delete(ASSISTANT_READS).where(old))
            new = insert(connection, ASSISTANT_READS).values(caller=caller, at=now)
            said = {"at": new.excluded["at"]}
            connection.execute(new.on_conflict_do_update(index_elements=["caller"], set_=said))

    def has_read(self, caller: str, lately: float) -> bool:
        with self.database.read() as connection:
            wanted = select(ASSISTANT_READS.c.at).where(ASSISTANT_READS.c.caller == caller)
            at = connection.execute(wanted).scalar()
            return at is not None and self._now(connection) - int(at) < lately * SECOND

    def ask(self, question: Question, seconds: float) -> None:
        """Keep a question until it is answered, or its time is over."""
        with self.database.write() as connection:
            now = self._now(connection)
            old = ASSISTANT_QUESTIONS.c.until <= now
            connection.execute(delete(ASSISTANT_QUESTIONS).where(old))
            values = question._asdict() | {"until": now + round(seconds * SECOND)}
            connection.execute(ASSISTANT_QUESTIONS.insert().values(values))

    def answered(self, question_id: str, caller: str, mark: str) -> Question | None:
        """The question, once: of that caller and that call, and in time. None for any other."""
        questions = ASSISTANT_QUESTIONS.c
        with self.database.write() as connection:
            same = (questions.id == question_id) & (questions.caller == caller)
            wanted = same & (questions.mark == mark)
            row = connection.execute(select(ASSISTANT_QUESTIONS).where(wanted)).mappings().first()
            connection.execute(delete(ASSISTANT_QUESTIONS).where(wanted))
            if row is None or int(row["until"]) <= self._now(connection):
                return None
            return Question(*(str(row[key]) for key in Question._fields))

    def _now(self, connection: Connection) -> int:
        seconds = self.clock() if self.clock else self.database.now(connection).timestamp()
        return round(seconds * SECOND)
