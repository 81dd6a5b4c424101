"""Schedules, and whose turn it is. Of many workers one takes each time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, delete, select, update

from fuyajo.domain.errors import Problem
from fuyajo.domain.schedule import Outcome, Schedule
from fuyajo.store.database import Database
from fuyajo.store.jobs import iso
from fuyajo.store.tables import SCHEDULES


@dataclass(frozen=True)
class ScheduleStore:
    database: Database

    def add(self, schedule: Schedule, most: int) -> bool:
        """False when its owner has that many."""
        values = schedule._asdict() | {
            "next": iso(schedule.next),
            "created": iso(schedule.created),
            "enabled": int(schedule.enabled),
            "last": None,
            "outcome": None,
        }
        with self.database.write() as connection:
            mine = select(SCHEDULES.c.id).where(SCHEDULES.c.owner == schedule.owner)
            if len(connection.execute(mine).all()) >= most:
                return False
            connection.execute(SCHEDULES.insert().values(values))
        return True

    def of(self, owner: str) -> list[Schedule]:
        return self._found(SCHEDULES.c.owner == owner)

    def get(self, schedule_id: str) -> Schedule | None:
        """Whoever's it is."""
        return next(iter(self._found(SCHEDULES.c.id == schedule_id)), None)

    def due(self, now: datetime) -> list[Schedule]:
        return self._found((SCHEDULES.c.enabled == 1) & (SCHEDULES.c.next <= iso(now)))

    def take(self, schedule: Schedule, following: datetime) -> bool:
        """This time is the caller's; False when another one was faster, or it was changed meanwhile."""
        values = {"next": iso(following), "last": iso(schedule.next)}
        same = (SCHEDULES.c.id == schedule.id) & (SCHEDULES.c.next == iso(schedule.next))
        return self._change(same & (SCHEDULES.c.enabled == 1), **values)

    def tell(self, schedule: Schedule, outcome: Outcome) -> None:
        """What came of the time that was taken."""
        problems = [[p.path, p.code, p.params] for p in outcome.problems]
        said = json.dumps(outcome._asdict() | {"problems": problems}, ensure_ascii=False)
        self._change(SCHEDULES.c.id == schedule.id, outcome=said)

    def enable(self, owner: str, schedule_id: str, following: datetime) -> bool:
        return self._change(_mine(owner, schedule_id), enabled=1, next=iso(following))

    def disable(self, owner: str, schedule_id: str) -> bool:
        return self._change(_mine(owner, schedule_id), enabled=0)

    def remove(self, owner: str, schedule_id: str) -> bool:
        with self.database.write() as connection:
            gone = delete(SCHEDULES).where(_mine(owner, schedule_id))
            return connection.execute(gone).rowcount == 1

    def _change(self, which: ColumnElement[bool], **values: object) -> bool:
        with self.database.write() as connection:
            return connection.execute(update(SCHEDULES).where(which).values(values)).rowcount == 1

    def _found(self, which: ColumnElement[bool]) -> list[Schedule]:
        wanted = select(SCHEDULES).where(which).order_by(SCHEDULES.c.next, SCHEDULES.c.id)
        with self.database.read() as connection:
            return [_schedule(row) for row in connection.execute(wanted).mappings()]


def _mine(owner: str, schedule_id: str) -> ColumnElement[bool]:
    return (SCHEDULES.c.owner == owner) & (SCHEDULES.c.id == schedule_id)


def _schedule(row: RowMapping) -> Schedule:
    times = ("next", "created", "last")
    return Schedule(
        **{
            **row,
            "enabled": bool(row["enabled"]),
            "outcome": _outcome(row["outcome"]),
            **{key: datetime.fromisoformat(row[key]) if row[key] else None for key in times},
        }
    )


def _outcome(written: str | None) -> Outcome | None:
    if written is None:
        return None
    said = json.loads(written)
    problems = tuple(Problem(path, code, params) for path, code, params in said["problems"])
    return Outcome(**{**said, "problems": problems})
