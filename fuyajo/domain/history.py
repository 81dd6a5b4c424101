"""Measured history: rates between two rounds, series, and what they come to over longer times. Pure.

Moments are whole seconds since 1970, UTC. What is not known is NaN in a series and None in what is shown.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import isnan, nan
from typing import NamedTuple

#: What is measured, with its unit. `cpu`: per cent of all of the machine's vCPUs, `cpus` many.
#: `memory_available`: what is left of what it may have. `disk_taken`: what its first disk takes on the host,
#: which is what was ever written to it and not given back. The rest is per second, over all of its disks or
#: network cards.
UNITS: Mapping[str, str] = {
    "cpu": "%",
    "memory_used": "B",
    "memory_available": "B",
    "disk_read": "B/s",
    "disk_written": "B/s",
    "disk_reads": "1/s",
    "disk_writes": "1/s",
    "net_received": "B/s",
    "net_sent": "B/s",
    "disk_taken": "B",
    "cpus": "",
}
METRICS = tuple(UNITS)
_RATES = METRICS[3:-2]
#: After so many intervals without a round there is a hole, and no rate across it.
HOLE = 3
FEWEST_POINTS, MOST_POINTS = 2, 2000
Sample = tuple[float, ...]
Columns = tuple["array[float]", ...]


class Counters(NamedTuple):
    """What a host says of a running machine. `life` is another one after every start; `seconds` are those of
    a clock that is never set; None: it did not say."""

    life: int
    seconds: float
    cpus: int
    cpu_ns: int | None = None
    memory_used: int | None = None
    memory_available: int | None = None
    disk_read: int | None = None
    disk_written: int | None = None
    disk_reads: int | None = None
    disk_writes: int | None = None
    net_received: int | None = None
    net_sent: int | None = None
    disk_taken: int | None = None


def sample(before: Counters | None, now: Counters, interval: float) -> Sample:
    """What the machine does now, in the order of `METRICS`; no rate where two rounds do not give one."""
    memory = (_level(now.memory_used), _level(now.memory_available))
    rates = _rates(before, now, interval)
    return (_cpu(before, now, interval), *memory, *rates, _level(now.disk_taken), float(now.cpus))


def _level(value: int | None) -> float:
    return nan if value is None else float(value)


def _cpu(before: Counters | None, now: Counters, interval: float) -> float:
    each = 1e9 * max(1, now.cpus) / 100
    found = _rate(before, now, before and before.cpu_ns, now.cpu_ns, interval) / each
    return min(found, 100.0) if found == found else nan  # two clocks never agree to the last digit


def _rates(before: Counters | None, now: Counters, interval: float) -> Iterator[float]:
    for key in _RATES:
        earlier = getattr(before, key) if before is not None else None
        yield _rate(before, now, earlier, getattr(now, key), interval)


def _rate(
    before: Counters | None, now: Counters, low: int | None, high: int | None, interval: float
) -> float:
    if before is None or before.life != now.life or low is None or high is None or high < low:
        return nan
    passed = now.seconds - before.seconds
    return (high - low) / passed if 0 < passed <= HOLE * interval else nan


# --- series ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """One machine: moments, and of each metric the least, the mean and the most at each of them.

    Where nothing was rolled up yet the three are the same columns.
    """

    at: array[int]
    low: Columns
    mean: Columns
    high: Columns

    @classmethod
    def of(cls, at: Iterable[int], samples: Iterable[Sample]) -> Series:
        """As it was measured."""
        columns = tuple(array("d", column) for column in zip(*samples, strict=True))
        values = columns or tuple(array("d") for _ in METRICS)
        return cls(array("q", at), values, values, values)

    @property
    def rolled(self) -> bool:
        return self.low is not self.mean

    def between(self, since: int, until: int) -> Series:
        """What lies from `since` on, before `until`."""
        from bisect import bisect_left

        one, two = bisect_left(self.at, since), bisect_left(self.at, until)
        return self._cut(slice(one, two))

    def _cut(self, part: slice) -> Series:
        if not self.rolled:
            values = tuple(column[part] for column in self.mean)
            return Series(self.at[part], values, values, values)
        columns = (
            tuple(column[part] for column in kind) for kind in (self.low, self.mean, self.high)
        )
        return Series(self.at[part], *columns)


NOTHING = Series.of((), ())


def joined(parts: Sequence[Series]) -> Series:
    """One behind the other; of what overlaps the earlier part counts."""
    found = NOTHING
    for part in sorted((one for one in parts if one.at), key=lambda one: one.at[0]):
        rest = part.between(found.at[-1] + 1, part.at[-1] + 1) if found.at else part
        kinds = (
            (found.low, rest.low),
            (found.mean, rest.mean),
            (found.high, rest.high),
        )
        if not found.rolled and not rest.rolled:
            values = _behind(*kinds[1])
            found = Series(found.at + rest.at, values, values, values)
        else:
            found = Series(found.at + rest.at, *(_behind(*kind) for kind in kinds))
    return found


def _behind(one: Columns, two: Columns) -> Columns:
    return tuple(a + b for a, b in zip(one, two, strict=True))


def rolled(series: Series, step: int) -> Series:
    """Of every `step` seconds the least, the mean and the most; moments are where these begin."""
    spans = [slice(one, two) for one, two in pairwise(_begins(series.at, step))]
    at = array("q", (series.at[span.start] // step * step for span in spans))
    if series.rolled:
        kinds = zip(series.low, series.mean, series.high, strict=True)
        found = [_three(low, mean, high, spans) for low, mean, high in kinds]
    else:
        found = [_three(column, column, column, spans) for column in series.mean]
    return Series(at, *(tuple(columns) for columns in zip(*found, strict=True)))


def _begins(at: Sequence[int], step: int) -> list[int]:
    """The places where another step begins, and the end."""
    found = [n for n, moment in enumerate(at) if not n or moment // step != at[n - 1] // step]
    return [*found, len(at)]


def _three(
    low: array[float], mean: array[float], high: array[float], spans: Sequence[slice]
) -> tuple[array[float], array[float], array[float]]:
    least, middle, most = array("d"), array("d"), array("d")
    for span in spans:
        values = mean[span]
        total = sum(values)
        if total == total:  # NaN is not equal to itself
            least.append(min(low[span]))
            middle.append(total / len(values))
            most.append(max(high[span]))
            continue
        known = [value for value in values if value == value]
        least.append(min((value for value in low[span] if value == value), default=nan))
        middle.append(sum(known) / len(known) if known else nan)
        most.append(max((value for value in high[span] if value == value), default=nan))
    return least, middle, most


# --- what is shown -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Curve:
    """One metric at each moment: the least, the mean, the most; None where nobody knows."""

    unit: str
    low: list[float | None]
    mean: list[float | None]
    high: list[float | None]


@dataclass(frozen=True)
class History:
    """A machine over a time. `at`: seconds since 1970; where nothing was measured for a while there is one
    moment without any values. `step`: seconds that each moment stands for."""

    vm: str
    uuid: str
    since: datetime
    until: datetime
    step: int
    at: list[int]
    metrics: dict[str, Curve]

    @property
    def empty(self) -> bool:
        return not self.at


def with_holes(series: Series, step: int) -> tuple[list[int], Series]:
    """Moments, and a series with one of NaN wherever more than two and a half steps lie between two."""
    at: list[int] = []
    places: list[int | None] = []
    for place, moment in enumerate(series.at):
        if at and moment - at[-1] > 2.5 * step:
            at.append(at[-1] + step)
            places.append(None)
        at.append(moment)
        places.append(place)

    def spread(columns: Columns) -> Columns:
        return tuple(array("d", (nan if p is None else c[p] for p in places)) for c in columns)

    return at, Series(array("q", at), *map(spread, (series.low, series.mean, series.high)))


def curves(series: Series) -> dict[str, Curve]:
    """Four digits: nobody reads more, and most of them are noise."""
    return {
        name: Curve(UNITS[name], _told(low), _told(mean), _told(high))
        for name, low, mean, high in zip(METRICS, series.low, series.mean, series.high, strict=True)
    }


def _told(values: array[float]) -> list[float | None]:
    return [None if isnan(value) else float(f"{value:.4g}") for value in values]
