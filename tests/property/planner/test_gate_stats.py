"""The figures of the gate are what their names say, for all numbers of runs and passes."""

from __future__ import annotations

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuyajo.planner.gate.stats import pass_at_1, pass_k, percentile, wilson


@st.composite
def tallies(draw: st.DrawFn, most: int = 60) -> tuple[int, int]:
    """(passes, runs)"""
    runs = draw(st.integers(1, most))
    return draw(st.integers(0, runs)), runs


@given(tallies(8), st.integers(1, 8))
def test_pass_k_is_the_share_of_all_ways_to_pick_k_runs(tally: tuple[int, int], k: int) -> None:
    passes, runs = tally
    if k > runs:
        with pytest.raises(ValueError, match="runs"):
            pass_k(passes, runs, k)
        return
    outcomes = [True] * passes + [False] * (runs - passes)
    ways = [all(some) for some in combinations(outcomes, k)]
    assert pass_k(passes, runs, k) == pytest.approx(sum(ways) / comb(runs, k))


@given(tallies())
def test_pass_k_never_rises_with_k(tally: tuple[int, int]) -> None:
    passes, runs = tally
    values = [pass_k(passes, runs, k) for k in range(1, runs + 1)]
    assert values == sorted(values, reverse=True)
    assert values[0] == pytest.approx(pass_at_1(passes, runs))
    assert values[-1] == (passes == runs)


@given(tallies(400))
def test_wilson_holds_the_share_and_stays_a_share(tally: tuple[int, int]) -> None:
    successes, trials = tally
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    assert low < high


@given(tallies(400))
def test_wilson_is_symmetric(tally: tuple[int, int]) -> None:
    successes, trials = tally
    low, high = wilson(successes, trials)
    other = wilson(trials - successes, trials)
    assert (low, high) == pytest.approx((1 - other[1], 1 - other[0]))


@given(tallies(100), st.integers(2, 20))
def test_wilson_narrows_with_more_trials(tally: tuple[int, int], more: int) -> None:
    successes, trials = tally
    low, high = wilson(successes, trials)
    nearer = wilson(successes * more, trials * more)
    assert nearer[1] - nearer[0] < high - low


def test_wilson_against_known_values() -> None:
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)
    assert wilson(1, 29) == pytest.approx((0.0061, 0.1718), abs=5e-5)
    assert wilson(0, 0) == (0, 1)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_enough_lie_below(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_nothing_has_no_percentile() -> None:
    assert percentile([], 0.5) is None


@pytest.mark.parametrize("bad", [(-1, 5), (6, 5), (0, 0)])
def test_impossible_tallies_are_errors(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="runs"):
        pass_at_1(*bad)
