"""Measured history as lines of SVG, with the numbers beside them. Pure; words come from the page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fuyajo.domain.history import Curve, History
from fuyajo.service.history import SPARK_STEP, Spark
from fuyajo.views.history import amount, summary, top

#: By what an address says (`?span=24h`); the first is what is shown unless told otherwise.
SPANS = {
    "1h": timedelta(hours=1),
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
USUAL, POINTS = "1h", 90
WIDTH, HEIGHT = 600, 120
SPARK_HEIGHT, SPARK_EACH = 18, 2
#: Each chart and its lines. `memory` is drawn up to what there is; `disk` and `net` up to what there was.
CHARTS = {
    "cpu": ("cpu",),
    "memory": ("memory_used",),
    "disk": ("disk_read", "disk_written"),
    "net": ("net_received", "net_sent"),
}
Values = Sequence[float | None]


class Line(NamedTuple):
    """One metric: pieces of a line, between which nobody knows; the area between least and most,
    where no other line is."""

    metric: str
    pieces: list[str]
    areas: list[str]
    now: str
    mean: str
    most: str


class Chart(NamedTuple):
    """`marks`: what the scale says at the top, in the middle and at the bottom."""

    name: str
    marks: tuple[str, str, str]
    lines: list[Line]


class Row(NamedTuple):
    """One moment of the table; `cells` in the order of the metrics."""

    at: datetime
    cells: list[str]


# --- charts ------------------------------------------------------------------------------------------


def charts(found: History) -> list[Chart]:
    return [_chart(name, found) for name in CHARTS]


def _chart(name: str, found: History) -> Chart:
    metrics = {key: found.metrics[key] for key in CHARTS[name]}
    unit = next(iter(metrics.values())).unit
    end = max(top(found, key) for key in metrics)
    xs = [_x(at, found) for at in found.at]
    alone = len(metrics) == 1
    lines = [_line(key, one, xs, end, alone=alone) for key, one in metrics.items()]
    return Chart(name, (amount(end, unit), amount(end / 2, unit), amount(0, unit)), lines)


def _x(at: int, found: History) -> float:
    begin, end = found.since.timestamp(), found.until.timestamp()
    middle = at + found.step / 2
    return round(min(1.0, max(0.0, (middle - begin) / (end - begin))) * WIDTH, 1)


def _line(metric: str, curve: Curve, xs: Sequence[float], end: float, *, alone: bool) -> Line:
    pieces, areas = [], []
    for part in _known(curve.mean):
        mean, low, high = (
            [f"{xs[n]:g},{_y(kind[n], end)}" for n in part]
            for kind in (curve.mean, curve.low, curve.high)
        )
        if len(part) == 1:  # a line needs two ends
            mean.append(f"{xs[part[0]] + 2:g},{_y(curve.mean[part[0]], end)}")
        pieces.append(" ".join(mean))
        if alone:
            areas.append(" ".join([*high, *reversed(low)]))
    return Line(metric, pieces, areas, *summary(curve))


def _known(values: Values) -> list[list[int]]:
    """Places of values that follow one another."""
    parts: list[list[int]] = []
    for place, value in enumerate(values):
        if value is None:
            continue
        if parts and parts[-1][-1] == place - 1:
            parts[-1].append(place)
        else:
            parts.append([place])
    return parts


def _y(value: float | None, end: float) -> str:
    share = min(1.0, (value or 0.0) / end)
    return f"{HEIGHT - share * HEIGHT:.1f}".removesuffix(".0")


def ticks(found: History, where: ZoneInfo) -> list[str]:
    """Five moments from end to end, in the reader's time."""
    whole = found.until - found.since
    shown = "%H:%M" if whole <= timedelta(days=1) else "%m-%d"
    moments = (found.since + whole * n / 4 for n in range(5))
    return [f"{moment.astimezone(where):{shown}}" for moment in moments]


def rows(found: History) -> list[Row]:
    """The newest first; moments of which nobody knows anything are left out."""
    curves = list(found.metrics.values())
    made = []
    for place in reversed(range(len(found.at))):
        values = [one.mean[place] for one in curves]
        if any(value is not None for value in values):
            cells = [amount(v, one.unit) for v, one in zip(values, curves, strict=True)]
            made.append(Row(datetime.fromtimestamp(found.at[place], UTC), cells))
    return made


# --- the small ones of a list ------------------------------------------------------------------------


class Small(NamedTuple):
    """`pieces` of a line in a box of `WIDTH_SMALL` × `SPARK_HEIGHT`; what it is now, and the most of it."""

    pieces: list[str]
    now: str
    most: str


WIDTH_SMALL = SPARK_EACH * (3600 // SPARK_STEP - 1)


def small(spark: Spark) -> tuple[Small, Small]:
    """CPU and memory, both in per cent."""
    return _small(spark.cpu, spark.now[0]), _small(spark.memory, spark.now[1])


def _small(values: Values, now: float | None) -> Small:
    pieces = []
    for part in _known(values):
        points = [f"{n * SPARK_EACH},{_whole(values[n])}" for n in part]
        if len(points) == 1:
            points.append(f"{part[0] * SPARK_EACH + 1},{_whole(values[part[0]])}")
        pieces.append(" ".join(points))
    most = max((value for value in values if value is not None), default=None)
    return Small(pieces, amount(now, "%"), amount(most, "%"))


def _whole(value: float | None) -> int:
    return round(SPARK_HEIGHT - 1 - (value or 0.0) / 100 * (SPARK_HEIGHT - 2))
