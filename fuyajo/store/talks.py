"""Conversations and their turns. A turn is written when it is asked and once more when it is over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, select, update

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.references import Named
from fuyajo.domain.talks import MOST_TALKS, MOST_TURNS, Asked, Talk
from fuyajo.store import pieces
from fuyajo.store.database import Database
from fuyajo.store.jobs import iso
from fuyajo.store.tables import PIECES, TALKS, TURNS

#: Why a question is not taken: the conversation is busy, the user, everybody; it is full; or gone.
Full = Literal["talk", "user", "all", "turns", "spent", "gone"]
_COUNT = select(func.count()).where(TURNS.c.talk == TALKS.c.id).scalar_subquery().label("turns")


class Limits(NamedTuple):
    """At once of one user and of all; `most`: of this user altogether."""

    per_user: int
    at_once: int
    most: int | None = None


@dataclass(frozen=True)
class TalkStore:
    database: Database

    def add(self, talk: Talk) -> bool:
        """False when its owner has as many as anybody may have."""
        values = talk._asdict() | {"created": iso(talk.created), "updated": iso(talk.updated)}
        del values["turns"]
        mine = select(func.count()).select_from(TALKS).where(TALKS.c.owner == talk.owner)
        with self.database.write() as connection:
            if connection.execute(mine).scalar_one() >= MOST_TALKS:
                return False
            connection.execute(TALKS.insert().values(values))
        return True

    def get(self, talk_id: str) -> Talk | None:
        """Whoever's it is."""
        return next(iter(self._talks(select(TALKS, _COUNT).where(TALKS.c.id == talk_id))), None)

    def of(
        self, owner: str, words: Iterable[str] = (), limit: int = MOST_TALKS, skip: int = 0
    ) -> list[Talk]:
        """The newest first, behind so many; only those where every one of the words was said somewhere."""
        wanted = select(TALKS, _COUNT).where(TALKS.c.owner == owner)
        for word in words:
            said = [
                column.icontains(word, autoescape=True) for column in (TURNS.c.words, TURNS.c.reply)
            ]
            turns = select(TURNS.c.talk).where((TURNS.c.owner == owner) & (said[0] | said[1]))
            wanted = wanted.where(
                TALKS.c.title.icontains(word, autoescape=True) | TALKS.c.id.in_(turns)
            )
        newest = wanted.order_by(TALKS.c.updated.desc(), TALKS.c.id)
        return self._talks(newest.limit(limit).offset(skip))

    def rename(self, talk_id: str, title: str) -> None:
        with self.database.write() as connection:
            connection.execute(update(TALKS).where(TALKS.c.id == talk_id).values(title=title))

    def remove(self, ids: Sequence[str]) -> None:
        with self.database.write() as connection:
            for table in (PIECES, TURNS):
                connection.execute(delete(table).where(table.c.talk.in_(ids)))
            connection.execute(delete(TALKS).where(TALKS.c.id.in_(ids)))

    def older_than(self, moment: datetime, most: int) -> list[str]:
        old = select(TALKS.c.id).where(TALKS.c.updated < iso(moment)).limit(most)
        with self.database.read() as connection:
            return list(connection.execute(old).scalars())

    # --- turns -----------------------------------------------------------------------------------

    def ask(self, turn: Asked, title: str, limits: Limits) -> Asked | Full:
        """The turn with its number, or why it is not taken. `title` is the conversation's if it has none."""
        with self.database.write() as connection:
            why = _full(connection, turn, limits)
            if why is not None:
                return why
            last = select(func.max(TURNS.c.n)).where(TURNS.c.talk == turn.talk)
            asked = turn._replace(n=(connection.execute(last).scalar_one() or 0) + 1)
            if asked.n > MOST_TURNS:
                return "turns"
            connection.execute(TURNS.insert().values(_values(asked)))
            here = TALKS.c.id == turn.talk
            connection.execute(update(TALKS).where(here).values(updated=iso(turn.created)))
            unnamed = here & (TALKS.c.title == "")
            connection.execute(update(TALKS).where(unnamed).values(title=title))
        return asked

    def end(
        self, turn: Asked, settled: Iterable[Asked] = (), rest: pieces.Batch | None = None
    ) -> bool:
        """Write what came of it; False when it is over already, its lease included, or its conversation gone.
        `settled`: earlier turns whose machines are known by now. `rest`: its last pieces."""
        with self.database.write() as connection:
            mine = _this(turn) & pieces.going_at(self.database.now(connection))
            values = _values(turn)
            del values["until"]  # as it was renewed meanwhile
            if connection.execute(update(TURNS).where(mine).values(values)).rowcount != 1:
                return False
            for earlier in settled:
                made = _named(earlier.made)
                connection.execute(update(TURNS).where(_this(earlier)).values(made=made))
            if rest is not None:
                pieces.keep(connection, rest)
        return True

    def turn(self, talk_id: str, number: int) -> Asked | None:
        with self.database.read() as connection:
            one = (TURNS.c.talk == talk_id) & (TURNS.c.n == number)
            return next(iter(_turns(connection, select(TURNS).where(one))), None)

    def turns(self, talk_id: str, after: int = 0, limit: int = MOST_TURNS) -> list[Asked]:
        """In their order."""
        wanted = select(TURNS).where((TURNS.c.talk == talk_id) & (TURNS.c.n > after))
        with self.database.read() as connection:
            return _turns(connection, wanted.order_by(TURNS.c.n).limit(limit))

    def last(self, talk_id: str, before: int, most: int) -> list[Asked]:
        """The last ones before that number that came to an answer, in their order."""
        over = TURNS.c.state.in_(("answered", "failed")) & (TURNS.c.reply != "")
        wanted = select(TURNS).where((TURNS.c.talk == talk_id) & (TURNS.c.n < before) & over)
        with self.database.read() as connection:
            return _turns(connection, wanted.order_by(TURNS.c.n.desc()).limit(most))[::-1]

    def answering(self, owner: str, now: datetime) -> bool:
        """Whether any question of that user is."""
        mine = pieces.going_at(now) & (TURNS.c.owner == owner)
        with self.database.read() as connection:
            return connection.execute(select(TURNS.c.n).where(mine).limit(1)).first() is not None

    def interrupt(self, now: datetime, *, all_of_them: bool = False) -> int:
        """Turns whose service is gone are over. `all_of_them`: this is the only one, and it starts."""
        lost = TURNS.c.state == "answering"
        if not all_of_them:
            lost &= TURNS.c.until <= iso(now)
        with self.database.read() as connection:
            if not connection.execute(select(TURNS.c.n).where(lost).limit(1)).first():
                return 0
        with self.database.write() as connection:
            ended = update(TURNS).where(lost).values(state="interrupted", finished=iso(now))
            return connection.execute(ended).rowcount

    def _talks(self, wanted: Select[Any]) -> list[Talk]:
        with self.database.read() as connection:
            return [_talk(row) for row in connection.execute(wanted).mappings()]


def _full(connection: Connection, turn: Asked, limits: Limits) -> Full | None:
    there = select(TALKS.c.id).where(TALKS.c.id == turn.talk)
    if connection.execute(there).first() is None:
        return "gone"
    wanted = select(TURNS.c.talk, TURNS.c.owner).where(pieces.going_at(turn.created))
    busy = connection.execute(wanted).all()
    if any(talk == turn.talk for talk, _ in busy):
        return "talk"
    if sum(owner == turn.owner for _, owner in busy) >= limits.per_user:
        return "user"
    if len(busy) >= limits.at_once:
        return "all"
    if limits.most is not None:
        all_of_them = select(func.count()).select_from(TURNS).where(TURNS.c.owner == turn.owner)
        if connection.execute(all_of_them).scalar_one() >= limits.most:
            return "spent"
    return None


def _this(turn: Asked) -> ColumnElement[bool]:
    return (TURNS.c.talk == turn.talk) & (TURNS.c.n == turn.n)


def _values(turn: Asked) -> dict[str, Any]:
    return turn._asdict() | {
        "planner": turn.planner.model_dump_json() if turn.planner else None,
        "made": _named(turn.made),
        "touched": _named(turn.touched),
        "answer": json.dumps(turn.answer) if turn.answer is not None else None,
        "problems": json.dumps(turn.problems),
        "created": iso(turn.created),
        "until": iso(turn.until),
        "finished": iso(turn.finished) if turn.finished else None,
    }


def _named(vms: Iterable[Named]) -> str:
    return json.dumps([[vm.name, vm.uuid] for vm in vms])


def _talk(row: RowMapping) -> Talk:
    times = {key: datetime.fromisoformat(row[key]) for key in ("created", "updated")}
    return Talk(**{**row, **times})


def _turns(connection: Connection, wanted: Select[Any]) -> list[Asked]:
    return [_turn(row) for row in connection.execute(wanted).mappings()]


def _turn(row: RowMapping) -> Asked:
    return Asked(
        **{
            **row,
            "planner": PlannerNote.model_validate_json(row["planner"]) if row["planner"] else None,
            "made": _vms(row["made"]),
            "touched": _vms(row["touched"]),
            "answer": json.loads(row["answer"]) if row["answer"] is not None else None,
            "problems": tuple(json.loads(row["problems"])),
            "created": datetime.fromisoformat(row["created"]),
            "until": datetime.fromisoformat(row["until"]),
            "finished": datetime.fromisoformat(row["finished"]) if row["finished"] else None,
        }
    )


def _vms(written: str) -> tuple[Named, ...]:
    return tuple(Named(name=name, uuid=uuid) for name, uuid in json.loads(written))
