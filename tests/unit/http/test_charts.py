"""Curves: inside their box, with holes as holes, and numbers that people read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuyajo.domain.history import METRICS, UNITS, Curve, History
from fuyajo.http.pages.charts import (
    HEIGHT,
    SPARK_HEIGHT,
    WIDTH,
    WIDTH_SMALL,
    charts,
    rows,
    small,
    ticks,
)
from fuyajo.service.history import Spark
from fuyajo.views.history import SCALE, amount, ceiling, history_lines

END = datetime(2026, 11, 24, 3, tzinfo=UTC)
SINCE = END - timedelta(hours=1)
maybe = st.one_of(st.none(), st.floats(0, 1e12))


def past(values: list[float | None]) -> History:
    begin = int(SINCE.timestamp())
    at = [begin + 40 * n for n in range(len(values))]
    metrics = {key: Curve(UNITS[key], values, values, values) for key in METRICS}
    return History("web", "u", SINCE, END, 40, at, metrics)


@settings(max_examples=25)
@given(st.lists(maybe, max_size=90))
def test_no_line_leaves_its_box(values: list[float | None]) -> None:
    for chart in charts(past(values)):
        for line in chart.lines:
            for points in [*line.pieces, *line.areas]:
                for x, y in (map(float, point.split(",")) for point in points.split()):
                    assert 0 <= x <= WIDTH + 2
                    assert 0 <= y <= HEIGHT


@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=30, max_size=30))
def test_small_ones_as_well(values: list[float | None]) -> None:
    for one in small(Spark(values, values)):
        for points in one.pieces:
            for x, y in (map(int, point.split(",")) for point in points.split()):
                assert 0 <= x <= WIDTH_SMALL + 1
                assert 0 < y < SPARK_HEIGHT


def test_a_hole_is_no_line() -> None:
    cpu = charts(past([10, 20, None, 50, None, 40, 30, 20]))[0].lines[0]
    assert [len(piece.split()) for piece in cpu.pieces] == [2, 2, 3]
    assert (cpu.now, cpu.mean, cpu.most) == ("20 %", "28 %", "50 %")
    assert len(rows(past([10, 20, None, 50]))) == 3


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "%", "–"), (0.0, "%", "0 %"), (3.14, "%", "3.1 %"), (99.6, "%", "100 %"),
        (0.0, "B/s", "0 B/s"), (1023.0, "B/s", "1023 B/s"), (1024.0, "B/s", "1.0 KiB/s"),
        (1536 * 1024.0, "B", "1.5 MiB"), (2.0**33, "B", "8.0 GiB"), (1e30, "B", "888178419700125 PiB"),
        (0.25, "1/s", "0.2/s"), (1234.0, "1/s", "1234/s"),
    ],
)  # fmt: skip
def test_numbers_as_people_read_them(value: float | None, unit: str, said: str) -> None:
    assert amount(value, unit) == said


@given(st.floats(1e-6, 1e15))
def test_a_scale_ends_above_and_not_far(value: float) -> None:
    assert value <= ceiling(value) <= max(1.0, value * 10.24 * 2.5)


def test_moments_are_the_readers() -> None:
    assert ticks(past([1]), ZoneInfo("Asia/Tokyo")) == ["11:00", "11:15", "11:30", "11:45", "12:00"]


@settings(max_examples=25)
@given(st.lists(maybe, max_size=90), st.integers(0, 300), st.booleans())
def test_a_terminal_is_never_too_narrow(
    values: list[float | None], width: int, plain: bool
) -> None:
    """Lines of curves are as wide as it; where it shows ASCII alone, nothing else comes."""
    lines = history_lines(past(values), "en", width, plain=plain)
    assert all(len(line) <= max(width, 10 + SCALE + 2) for line in lines if " |" in line)
    assert not plain or all(line.isascii() for line in lines)


def test_curves_of_a_terminal() -> None:
    values: list[float | None] = [*[100.0] * 45, *[None] * 15, *[0.0] * 15, *[25.0] * 15]
    lines = history_lines(past(values), "en", SCALE + 2 + 12, plain=False)
    cpu = lines.index(next(line for line in lines if line.startswith("CPU")))
    drawn = [("100 %", "██████"), ("", "██████"), ("0 %", "██████  ▁▁▆▆")]
    assert lines[cpu + 1 : cpu + 4] == [f"{mark:>{SCALE}} |{row}" for mark, row in drawn]
