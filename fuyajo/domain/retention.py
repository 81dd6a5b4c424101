"""Which of many copies are kept: the newest of every hour, day, week, month, year, as far back as asked.

Pure. A period counts only where something was taken in it: after a month without any copy "7 daily" still is
seven days that have one, so that a machine that was off for long does not lose its last copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Pattern(NamedTuple):
    """How many of each are kept; days begin at midnight of `zone`, weeks on Monday."""

    last: int = 0
    hourly: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0
    yearly: int = 0
    zone: str = "UTC"

    @property
    def empty(self) -> bool:
        """Whether it would keep nothing at all."""
        return not any(self[:-1])


class Point(NamedTuple):
    """One copy: `taken` has its time zone; it needs `parent` to be good for anything."""

    name: str
    taken: datetime
    parent: str | None = None


#: The period that a moment lies in. ISO weeks, so that the last days of a year are of one week.
_PERIODS: Mapping[str, Callable[[datetime], tuple[int, ...]]] = {
    "hourly": lambda at: (*at.timetuple()[:4], at.fold),
    "daily": lambda at: at.timetuple()[:3],
    "weekly": lambda at: tuple(at.isocalendar()[:2]),
    "monthly": lambda at: at.timetuple()[:2],
    "yearly": lambda at: (at.year,),
}


def reasons(points: Iterable[Point], pattern: Pattern) -> dict[str, list[str]]:
    """For every copy why it is kept (`last`, `daily`, …; `parent`: another one lies on it); none: it may go.

    ValueError for an empty pattern: who wants to keep nothing has to say so otherwise.
    """
    if pattern.empty:
        raise ValueError("a pattern that keeps nothing")
    zone = ZoneInfo(pattern.zone)
    newest = sorted(points, key=lambda one: (one.taken, one.name), reverse=True)
    why: dict[str, list[str]] = {one.name: [] for one in newest}
    for one in newest[: pattern.last]:
        why[one.name].append("last")
    for kind, period in _PERIODS.items():
        seen: set[tuple[int, ...]] = set()
        for one in newest:
            if len(seen) == getattr(pattern, kind):
                break
            at = period(one.taken.astimezone(zone))
            if at not in seen:
                seen.add(at)
                why[one.name].append(kind)
    if newest and not why[newest[0].name]:
        why[newest[0].name].append("last")
    _hold_parents(newest, why)
    return why


def outlived(points: Sequence[Point], pattern: Pattern) -> list[str]:
    """What may go, in an order in which nothing goes before what lies on it: the newest first."""
    why = reasons(points, pattern)
    newest = sorted(points, key=lambda one: (one.taken, one.name), reverse=True)
    return _leaves_first([one for one in newest if not why[one.name]])


def _hold_parents(points: Sequence[Point], why: dict[str, list[str]]) -> None:
    above = {one.name: one.parent for one in points}
    for name in [name for name, kept in why.items() if kept]:
        held = {name}
        parent = above.get(name)
        while parent in above and parent not in held:
            held.add(parent)
            if "parent" not in why[parent]:
                why[parent].append("parent")
            parent = above[parent]


def _leaves_first(points: Sequence[Point]) -> list[str]:
    """A clock that was wrong may have made a child older than its parent."""
    left = list(points)
    order: list[str] = []
    while left:
        needed = {one.parent for one in left}
        free = [one for one in left if one.name not in needed] or left
        order += [one.name for one in free]
        gone = {one.name for one in free}
        left = [one for one in left if one.name not in gone]
    return order
