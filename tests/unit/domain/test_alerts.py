"""Alert rules: what fires and clears, and what fluttering, holes and restarts cannot do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.alerts import Event, Rule, Sample, State, faults, run, step

EVERY = 10  # seconds
RULE = Rule("cpu", 80, lasting=30, clear=60, clear_lasting=20)
values = st.lists(st.one_of(st.none(), st.floats(0, 100)), max_size=80)
rules = st.builds(
    Rule,
    metric=st.just("cpu"),
    threshold=st.floats(40, 100),
    lasting=st.integers(0, 100),
    clear=st.one_of(st.none(), st.floats(0, 40)),
    clear_lasting=st.integers(0, 100),
)


def series(*said: float | None, begin: int = 1_000) -> list[Sample]:
    return [Sample(begin + EVERY * place, value) for place, value in enumerate(said)]


def events(rule: Rule, samples: list[Sample]) -> list[Event]:
    return [event for _, event in run(rule, samples, EVERY) if event is not None]


def test_it_fires_once_after_its_time_and_clears_after_the_other() -> None:
    said = events(RULE, series(50, 90, 90, 90, 95, 99, 70, 61, 50, 50, 50, 50))
    assert said == [Event("fired", 1_040, 95), Event("cleared", 1_100, 50)]


def test_between_the_two_thresholds_nothing_changes() -> None:
    assert events(RULE, series(*[70] * 30)) == []
    assert [e.kind for e in events(RULE, series(*[90] * 4, *[70] * 30))] == ["fired"]


def test_a_short_peak_says_nothing() -> None:
    assert events(RULE, series(90, 90, 90, 50, 90, 90, 90, 50)) == []


def test_below_is_the_mirror_of_above() -> None:
    low = replace(RULE, side="below", threshold=20, clear=40)
    said = events(low, series(10, 10, 10, 10, 30, 30, 30, 50, 50, 50))
    assert [(e.kind, e.value) for e in said] == [("fired", 10), ("cleared", 50)]


def test_a_time_of_nothing_fires_at_once() -> None:
    assert events(replace(RULE, lasting=0), series(90)) == [Event("fired", 1_000, 90)]


def test_across_a_hole_a_duration_begins_anew() -> None:
    torn = series(90, 90, 90) + series(90, 90, 90, begin=2_000)
    assert events(RULE, torn) == []
    assert [e.at for e in events(RULE, torn + series(90, begin=2_030))] == [2_030]
    fired = series(90, 90, 90, 90)
    cleared = fired + series(50, 50, begin=2_000)
    assert [e.kind for e in events(RULE, cleared)] == ["fired"]


def test_what_is_not_newer_changes_nothing() -> None:
    state = State("pending", 1_000, 1_020)
    for at in (1_020, 900):
        assert step(RULE, state, Sample(at, 99.0), EVERY) == (state, None)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (RULE, []),
        (replace(RULE, threshold=101), [("threshold", "alert_per_cent")]),
        (replace(RULE, clear=90), [("clear", "alert_clear")]),
        (replace(RULE, clear=80), []),
        (
            replace(RULE, lasting=-1, clear_lasting=86_401),
            [("lasting", "alert_seconds"), ("clear_lasting", "alert_seconds")],
        ),
    ],
)
def test_everything_wrong_with_a_rule_is_said(rule: Rule, said: list[tuple[str, str]]) -> None:
    assert [(one.path, one.code) for one in faults(rule)] == said


@given(rules, values)
def test_it_is_said_by_turns_and_never_more_often_than_its_times_allow(
    rule: Rule, said: list[float | None]
) -> None:
    found = events(rule, series(*said))
    assert [e.kind for e in found] == ["fired", "cleared"] * (len(found) // 2) + ["fired"] * (
        len(found) % 2
    )
    for before, after in pairwise(found):
        least = rule.clear_lasting if after.kind == "cleared" else rule.lasting
        assert after.at - before.at >= max(least, EVERY)


@given(rules, values, st.integers(0, 80))
def test_a_restart_in_between_changes_nothing(
    rule: Rule, said: list[float | None], place: int
) -> None:
    whole = list(run(rule, series(*said), EVERY))
    state = whole[place - 1][0] if 0 < place <= len(whole) else State()
    if not 0 < place <= len(whole):
        place = 0
    assert list(run(rule, series(*said)[place:], EVERY, state)) == whole[place:]


@given(rules, values)
def test_what_nobody_knows_says_nothing(rule: Rule, said: list[float | None]) -> None:
    known = [sample for sample in series(*said) if sample.value is not None]
    assert events(rule, series(*said)) == events(rule, known)


@given(rules)
def test_what_stays_above_fires_exactly_once(rule: Rule) -> None:
    high = replace(rule, threshold=min(rule.threshold, 99.0))
    assert [e.kind for e in events(high, series(*[100.0] * 40))] == ["fired"]
