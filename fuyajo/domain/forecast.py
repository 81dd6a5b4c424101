"""When a host is full, from what its machines were measured to take. Pure.

Machines that will be made are not foreseen: only how those that are there grow. A machine that is younger
than the time looked at counts before it came with what it took first, so that making it is no growth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from fuyajo.domain.history import Series
from fuyajo.domain.trends import DAY, values

Resource = Literal["disk", "memory"]
#: What of a machine is added up for each.
METRIC: Mapping[Resource, str] = {"disk": "disk_taken", "memory": "memory_used"}
#: Days that are looked at; how many of them have to be measured; a date further away than this is none.
DAYS, LEAST_DAYS, HORIZON = 28, 4, 365


@dataclass(frozen=True)
class Forecast:
    """Bytes; days from now. `a_day` is None where too little is known. `earliest` is None where nothing
    says that it fills up within a year, `latest` where a quarter of what was measured says it never does."""

    resource: Resource
    used: int
    free: int
    measured_days: int
    a_day: int | None = None
    earliest: float | None = None
    latest: float | None = None

    @property
    def state(self) -> Literal["unknown", "steady", "fills"]:
        if self.a_day is None:
            return "unknown"
        return "steady" if self.earliest is None else "fills"


def daily(series: Series, resource: Resource, now: int) -> dict[int, float]:
    """{days back: the mean of that day}, where anything is known."""
    part = series.between(now - DAYS * DAY + 1, now + 1)
    found: dict[int, list[float]] = {}
    for at, value in values(part, METRIC[resource]).items():
        found.setdefault((now - at) // DAY, []).append(value)
    return {day: sum(each) / len(each) for day, each in found.items()}


def total(machines: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """All of them together on every day on which one was measured; one that was not is as it was before."""
    known = [one for one in machines if one]
    days = sorted({day for one in known for day in one})
    return {day: sum(_as_of(one, day) for one in known) for day in days}


def _as_of(one: Mapping[int, float], day: int) -> float:
    before = [each for each in one if each >= day]
    return one[min(before)] if before else one[max(one)]


def forecast(resource: Resource, totals: Mapping[int, float], free: int) -> Forecast:
    """By the slopes between all pairs of days: their median, and the range that half of them lie in.

    One odd day moves none of the three (Theil and Sen).
    """
    used = round(totals[min(totals)]) if totals else 0
    if len(totals) < LEAST_DAYS:
        return Forecast(resource, used, free, len(totals))
    pairs = combinations(sorted(totals.items(), reverse=True), 2)
    slopes = sorted((later - early) / (one - two) for (one, early), (two, later) in pairs)
    low, middle, high = (slopes[len(slopes) * part // 4] for part in (1, 2, 3))
    told = Forecast(resource, used, free, len(totals), round(middle))
    if middle <= 0 or free / middle > HORIZON:
        return told
    latest = free / low if low > 0 and free / low <= HORIZON else None
    return Forecast(
        resource, used, free, len(totals), round(middle), earliest=free / high, latest=latest
    )
