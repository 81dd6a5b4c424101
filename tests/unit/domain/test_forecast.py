"""When something is full: lines are told exactly, noise only as a range, and nothing lies in the past."""

from __future__ import annotations

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.forecast import DAYS, HORIZON, LEAST_DAYS, daily, forecast, total
from fuyajo.domain.history import METRICS, Series
from fuyajo.domain.trends import DAY

NOW = 400 * DAY
GIB = 1 << 30
ROOMS = st.integers(0, 1 << 44)
TOTALS = st.dictionaries(st.integers(0, DAYS - 1), st.floats(0, 1 << 44), max_size=DAYS)


def rising(a_day: float, days: int = 10, now: float = 100 * GIB) -> dict[int, float]:
    return {back: now - back * a_day for back in range(days)}


def test_a_line_is_told_as_it_is() -> None:
    told = forecast("disk", rising(2 * GIB), 20 * GIB)
    assert (told.state, told.a_day, told.used) == ("fills", 2 * GIB, 100 * GIB)
    assert (told.earliest, told.latest) == (pytest.approx(10), pytest.approx(10))


@pytest.mark.parametrize("odd", range(10))
def test_one_odd_day_moves_little(odd: int) -> None:
    days = rising(2 * GIB) | {odd: 900.0 * GIB}
    told = forecast("disk", days, 20 * GIB)
    assert told.a_day == pytest.approx(2 * GIB, rel=0.01)


@pytest.mark.parametrize("a_day", [0, -GIB, GIB / 400])
def test_what_does_not_grow_or_hardly_has_no_date(a_day: float) -> None:
    told = forecast("memory", rising(a_day), 20 * GIB)
    assert (told.state, told.earliest, told.latest) == ("steady", None, None)


def test_where_a_quarter_does_not_grow_the_end_is_open() -> None:
    days = {
        back: float(GIB) * size for back, size in enumerate((19, 17, 18, 12, 13, 15, 10, 9, 11))
    }
    days |= {9: 14.0 * GIB, 10: 16.0 * GIB, 11: 8.0 * GIB}
    told = forecast("disk", days, 10 * GIB)
    assert told.state == "fills" and told.earliest is not None and told.latest is None


def test_too_few_days_say_nothing() -> None:
    told = forecast("disk", rising(GIB, LEAST_DAYS - 1), GIB)
    assert (told.state, told.measured_days, told.a_day) == ("unknown", LEAST_DAYS - 1, None)
    assert forecast("disk", rising(GIB, LEAST_DAYS), GIB).state == "fills"
    assert forecast("disk", {}, GIB).used == 0


@given(TOTALS, ROOMS, ROOMS)
def test_never_in_the_past_and_sooner_with_less_room(
    totals: dict[int, float], one: int, two: int
) -> None:
    less, more = (forecast("disk", totals, room) for room in sorted((one, two)))
    for told in (less, more):
        if told.earliest is not None:
            assert 0 <= told.earliest <= HORIZON
            assert told.latest is None or told.earliest <= told.latest <= HORIZON
    if less.earliest is not None and more.earliest is not None:
        assert less.earliest <= more.earliest
    if more.state == "fills":
        assert less.state == "fills"


@given(TOTALS, st.integers(-1 << 30, 1 << 30))
def test_what_was_always_there_is_no_growth(totals: dict[int, float], shift: int) -> None:
    plain = forecast("disk", totals, GIB)
    moved = forecast("disk", {day: value + shift for day, value in totals.items()}, GIB)
    if plain.a_day is not None and moved.a_day is not None:
        assert moved.a_day == pytest.approx(plain.a_day, rel=1e-3, abs=64)


def test_a_young_machine_and_a_hole_are_no_growth() -> None:
    old, young = dict.fromkeys(range(10), 5.0), {0: 7.0, 1: 7.0}
    assert set(total([old, young]).values()) == {12.0}
    holed = {day: value for day, value in rising(1.0, 10, 50.0).items() if day not in (3, 4)}
    # As it was before the hole, until it was measured again.
    assert [total([holed, old])[day] for day in (2, 3, 4, 5)] == [53.0, 50.0, 50.0, 50.0]
    assert total([]) == total([{}]) == {}


def test_days_are_means_of_what_is_known() -> None:
    place = METRICS.index("disk_taken")

    def sample(value: float) -> tuple[float, ...]:
        return tuple(value if index == place else nan for index in range(len(METRICS)))

    moments = [NOW - DAY - 600, NOW - 1200, NOW - 600, NOW]
    found = daily(Series.of(moments, [sample(v) for v in (1.0, nan, 4.0, 6.0)]), "disk", NOW)
    assert found == {1: 1.0, 0: 5.0}
    assert daily(Series.of(moments, [sample(1.0)] * 4), "memory", NOW) == {}
