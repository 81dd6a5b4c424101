"""Which copies are kept: examples of calendars, and what holds for every series."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.retention import Pattern, Point, outlived, reasons

MONDAY = datetime(2026, 1, 5, 3, tzinfo=UTC)


def _nightly(count: int) -> list[Point]:
    return [Point(f"n{i}", MONDAY + timedelta(days=i)) for i in range(count)]


def _kept(points: list[Point], pattern: Pattern) -> set[str]:
    return {name for name, why in reasons(points, pattern).items() if why}


def test_seven_daily_and_four_weekly_of_sixty_nights() -> None:
    points = _nightly(60)  # the last is Thursday, 5 March
    kept = _kept(points, Pattern(daily=7, weekly=4))
    # The newest of a week is its Sunday; this week's is the last night itself.
    assert kept == {f"n{i}" for i in range(53, 60)} | {"n41", "n48", "n55"}


def test_days_without_a_copy_do_not_count() -> None:
    old = [Point("january", MONDAY), Point("june", MONDAY + timedelta(days=150))]
    assert _kept(old, Pattern(daily=2)) == {"january", "june"}


def test_a_day_is_that_of_the_zone() -> None:
    # 14:30 and 15:30 UTC are of two days in Tokyo, of one in Greenwich.
    two = [
        Point("before", datetime(2026, 1, 5, 14, 30, tzinfo=UTC)),
        Point("after", datetime(2026, 1, 5, 15, 30, tzinfo=UTC)),
    ]
    assert _kept(two, Pattern(daily=2, zone="Asia/Tokyo")) == {"before", "after"}
    assert _kept(two, Pattern(daily=2)) == {"after"}


def test_an_hour_that_comes_twice_is_two_hours() -> None:
    first = datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )  # 02:30 summer time in Berlin, then 02:30 again
    two = [Point("first", first), Point("second", first + timedelta(hours=1))]
    assert _kept(two, Pattern(hourly=2, zone="Europe/Berlin")) == {"first", "second"}


def test_the_last_days_of_a_year_are_of_one_week() -> None:
    points = [
        Point("31", datetime(2026, 12, 31, tzinfo=UTC)),
        Point("1", datetime(2027, 1, 1, tzinfo=UTC)),
    ]
    assert _kept(points, Pattern(weekly=2)) == {"1"}
    assert _kept(points, Pattern(yearly=2)) == {"31", "1"}


def test_what_others_lie_on_is_kept_and_said_so() -> None:
    chain = [
        Point("full", MONDAY),
        Point("inc1", MONDAY + timedelta(days=1), "full"),
        Point("inc2", MONDAY + timedelta(days=2), "inc1"),
        Point("full2", MONDAY + timedelta(days=3)),
    ]
    why = reasons(chain, Pattern(last=2))
    assert why == {"full2": ["last"], "inc2": ["last"], "inc1": ["parent"], "full": ["parent"]}
    assert outlived(chain, Pattern(last=1)) == ["inc2", "inc1", "full"]


def test_a_child_with_a_wrong_clock_goes_before_its_parent() -> None:
    chain = [
        Point("new", MONDAY + timedelta(days=9)),
        Point("child", MONDAY - timedelta(days=9), "parent"),
        Point("parent", MONDAY),
    ]
    assert outlived(chain, Pattern(last=1)) == ["child", "parent"]


def test_a_circle_of_parents_ends() -> None:
    circle = [
        Point("a", MONDAY, "b"),
        Point("b", MONDAY, "a"),
        Point("c", MONDAY + timedelta(days=1)),
    ]
    assert sorted(outlived(circle, Pattern(last=1))) == ["a", "b"]


def test_nothing_is_no_pattern() -> None:
    with pytest.raises(ValueError, match="keeps nothing"):
        reasons([], Pattern())


_MOMENTS = st.lists(st.integers(0, 24 * 800), max_size=60, unique=True).map(
    lambda hours: [Point(f"p{h}", MONDAY + timedelta(hours=h)) for h in hours]
)
_PATTERNS = st.builds(
    Pattern,
    *[st.integers(0, 9)] * 6,
    zone=st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Pacific/Apia"]),
).filter(lambda pattern: not pattern.empty)


@given(_MOMENTS, _PATTERNS)
def test_for_every_series(points: list[Point], pattern: Pattern) -> None:
    kept, gone = _kept(points, pattern), outlived(points, pattern)
    assert kept.isdisjoint(gone)
    assert kept | set(gone) == {one.name for one in points}
    if points:  # the newest never goes
        assert max(points, key=lambda one: one.taken).name in kept
    assert len(kept) <= sum(pattern[:-1])
    # What was kept once is enough: asking again of what is left takes nothing more.
    left = [one for one in points if one.name in kept]
    assert outlived(left, pattern) == []


@given(_MOMENTS, _PATTERNS, st.integers(1, 3000))
def test_one_more_copy_never_brings_more_than_one_loss_of_each_kind(
    points: list[Point], pattern: Pattern, later: int
) -> None:
    if not points:
        return
    left = [one for one in points if one.name in _kept(points, pattern)]
    newest = max(one.taken for one in left)
    more = [*left, Point("new", newest + timedelta(hours=later))]
    assert len(outlived(more, pattern)) <= 6
