"""Rates, and what series come to: never a rate that was not, never a bridge over a hole."""

from __future__ import annotations

from math import isnan

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.history import (
    METRICS,
    NOTHING,
    Counters,
    Series,
    curves,
    joined,
    rolled,
    sample,
    with_holes,
)

EACH = len(METRICS)
BEFORE = Counters(7, 100.0, 2, 5_000_000_000, 300, 100, 1000, 2000, 10, 20, 500, 600)
NOW = BEFORE._replace(
    seconds=110.0, cpu_ns=15_000_000_000, disk_read=3000, disk_written=2000, net_sent=1600
)


def named(before: Counters | None, now: Counters) -> dict[str, float]:
    return dict(zip(METRICS, sample(before, now, 10), strict=True))


def series(*points: tuple[int, float]) -> Series:
    return Series.of((at for at, _ in points), ((value,) * EACH for _, value in points))


def test_rates_between_two_rounds() -> None:
    found = named(BEFORE, NOW)
    assert found["cpu"] == 50.0  # ten seconds of two vCPUs' twenty
    assert (found["memory_used"], found["memory_available"]) == (300, 100)
    assert (found["disk_read"], found["disk_written"]) == (200.0, 0.0)
    assert (found["net_received"], found["net_sent"]) == (0.0, 100.0)


def test_no_rate_where_there_is_none() -> None:
    """First round, a new life, a counter that went down, a hole, a clock that stands still, no counter."""
    for before, now in (
        (None, NOW),
        (BEFORE._replace(life=6), NOW),
        (BEFORE._replace(cpu_ns=16_000_000_000), NOW),
        (BEFORE._replace(seconds=60.0), NOW),
        (BEFORE._replace(seconds=110.0), NOW),
        (BEFORE._replace(cpu_ns=None), NOW),
        (BEFORE, NOW._replace(cpu_ns=None)),
    ):
        assert isnan(named(before, now)["cpu"])
    assert named(None, NOW)["memory_used"] == 300


def test_one_counter_that_went_down_spoils_no_other() -> None:
    found = named(BEFORE._replace(disk_read=9999), NOW)
    assert isnan(found["disk_read"])
    assert found["net_sent"] == 100.0


counter = st.one_of(st.none(), st.integers(0, 1 << 63))


counted = st.builds(
    Counters, st.integers(1, 2), st.floats(0, 1e6), st.integers(1, 64), *[counter] * 10
)


@given(counted, counted)
def test_never_negative_and_cpu_never_more_than_all(one: Counters, two: Counters) -> None:
    found = named(one, two)
    assert all(isnan(value) or value >= 0 for value in found.values())
    assert isnan(found["cpu"]) or found["cpu"] <= 100


def test_least_mean_and_most_of_each_step() -> None:
    found = rolled(series((60, 1), (70, 3), (110, 8), (120, 5)), 60)
    assert list(found.at) == [60, 120]
    assert [list(kind[0]) for kind in (found.low, found.mean, found.high)] == [
        [1, 5],
        [4, 5],
        [8, 5],
    ]
    assert rolled(NOTHING, 60).at == NOTHING.at


def test_what_nobody_knows_stays_unknown_and_is_no_nought() -> None:
    nan = float("nan")
    found = rolled(series((0, nan), (10, nan), (60, nan), (70, 2)), 60)
    assert isnan(found.mean[0][0])
    assert found.low[0][1] == found.mean[0][1] == found.high[0][1] == 2
    assert curves(found)["cpu"].mean == [None, 2.0]


def test_a_hole_is_a_moment_without_values() -> None:
    at, found = with_holes(series((0, 1), (10, 1), (30, 1), (100, 2)), 10)
    assert at == [0, 10, 30, 40, 100]
    assert curves(found)["cpu"].mean == [1, 1, 1, None, 2]


@given(st.sets(st.integers(0, 5000)), st.integers(1, 5), st.integers(1, 900))
def test_cut_and_joined_is_the_same(moments: set[int], parts: int, step: int) -> None:
    whole = rolled(series(*((at, at / 7) for at in sorted(moments))), step)
    cut = [whole.between(n * 1000, (n + 1) * 1000) for n in range(6)]
    again = joined([*cut[parts:], *cut[:parts]])
    assert again.at == whole.at
    assert again.mean == whole.mean and again.high == whole.high


def test_of_what_overlaps_the_first_part_counts() -> None:
    found = joined([series((10, 9), (20, 9), (30, 9)), series((0, 1), (10, 1), (20, 1))])
    assert list(zip(found.at, found.mean[0], strict=True)) == [(0, 1), (10, 1), (20, 1), (30, 9)]
