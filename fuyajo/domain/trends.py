"""What a series comes to: how much of a time was measured, shares, ranks, lines. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from fuyajo.domain.history import METRICS, Columns, Series

DAY = 86400
_PLACE = {name: place for place, name in enumerate(METRICS)}


class Point(NamedTuple):
    """One moment of one metric."""

    at: int
    low: float
    mean: float
    high: float


@dataclass(frozen=True)
class Points:
    """What is known of a time that ends at `until` and lasts `days`; each stands for `step` seconds."""

    known: Sequence[Point]
    until: int
    days: int
    step: int

    @property
    def since(self) -> int:
        return self.until - self.days * DAY

    @property
    def measured(self) -> int:
        """Per cent of that time."""
        return min(100, 100 * len(self.known) * self.step // (self.days * DAY))

    def share(self, least: float) -> float:
        """Per cent of what was measured where the mean is that much or more."""
        return 100 * sum(p.mean >= least for p in self.known) / max(1, len(self.known))

    def days_with(self, least: float, share: float) -> int:
        """How many of the days, counted back from the end, have that much for that share of themselves."""
        found: dict[int, list[bool]] = {}
        for point in self.known:
            found.setdefault((self.until - point.at) // DAY, []).append(point.mean >= least)
        return sum(100 * sum(day) / len(day) >= share for day in found.values())

    def rank(self, percent: float, of: Callable[[Point], float]) -> float:
        """The value that so many per cent of the moments do not exceed."""
        values = sorted(map(of, self.known))
        return values[max(0, ceil(len(values) * percent / 100) - 1)]

    def line(self) -> Line:
        return fit([(p.at - self.until, p.mean) for p in self.known])


class Line(NamedTuple):
    """`level` at the end, `a_day` more each day; `fits`: 1 where all points lie on it, 0 where none does."""

    level: float
    a_day: float
    fits: float

    def days_to(self, value: float) -> float | None:
        """None: never."""
        return max(0.0, value - self.level) / self.a_day if self.a_day > 0 else None


def fit(points: Sequence[tuple[float, float]]) -> Line:
    """By least squares; times are seconds before the end."""
    count = max(1, len(points))
    x0, y0 = (sum(p[axis] for p in points) / count for axis in (0, 1))
    xx = sum((x - x0) ** 2 for x, _ in points)
    yy = sum((y - y0) ** 2 for _, y in points)
    xy = sum((x - x0) * (y - y0) for x, y in points)
    slope = xy / xx if xx else 0.0
    return Line(y0 - slope * x0, slope * DAY, xy * xy / (xx * yy) if xx and yy else 0.0)


def known(series: Series, name: str, until: int, days: int, step: int) -> Points:
    """Where that metric is known."""
    part = series.between(until - days * DAY + 1, until + 1)
    place = _PLACE[name]
    found = [Point(*one) for one in _columns(part, place) if one[2] == one[2]]
    return Points(found, until, days, step)


def values(series: Series, name: str) -> dict[int, float]:
    """The mean at each moment where it is known."""
    column = series.mean[_PLACE[name]]
    return {at: value for at, value in zip(series.at, column, strict=True) if value == value}


def _columns(part: Series, place: int) -> Iterator[tuple[int, float, float, float]]:
    def of(columns: Columns) -> Sequence[float]:
        return columns[place]

    return zip(part.at, of(part.low), of(part.mean), of(part.high), strict=True)
