"""Never more than is left, and every kind that is short is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fuyajo.domain.context import Quota
from fuyajo.domain.machine import Machine
from fuyajo.domain.quota import KEYS, left, quota_problems

SMALL = st.integers(0, 8)
LIMIT = st.none() | SMALL


def machines(count: int) -> list[Machine]:
    return [Machine(f"m{n}", "u", "running", 2, 1024, 10) for n in range(count)]


def test_every_kind_that_is_short_is_told() -> None:
    cost = {"vms": 1, "cpus": 4, "memory_mib": 4096, "disk_gib": 1}
    problems = quota_problems(Quota(3, 4, 4096, 100), machines(1), cost)
    assert [problem.code for problem in problems] == ["over_quota_cpus", "over_quota_memory_mib"]
    assert "2 of 4" in problems[0].message()
    assert problems[0].message("ja") and problems[0].hint("ja")


def test_no_limit_and_nothing_added_are_fine() -> None:
    cost = dict.fromkeys(KEYS, 10**9)
    assert quota_problems(Quota(), machines(3), cost) == []
    assert quota_problems(Quota(0, 0, 0, 0), machines(3), dict.fromkeys(KEYS, -1)) == []


@given(st.builds(Quota, LIMIT, LIMIT, LIMIT, LIMIT), SMALL, st.integers(0, 9))
def test_what_is_left_can_be_used_and_no_more(quota: Quota, there: int, more: int) -> None:
    rest = left(quota, machines(there))
    for key in KEYS:
        free = getattr(rest, key)
        if free is None:
            continue
        assert free >= 0
        assert not quota_problems(quota, machines(there), {key: free})
        assert quota_problems(quota, machines(there), {key: free + 1 + more})
