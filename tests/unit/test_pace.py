"""The watch of tests of promises in seconds is strict where the machine is free, and only there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import pace


@pytest.mark.parametrize(
    ("took", "lost", "kept"),
    [(4, 0, True), (6, 0, False), (30, 26, True), (30, 24, False), (61, 61, False)],
)
def test_what_is_late(took: int, lost: int, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Iterator[float] = iter([100.0, 100.0 + took])
    waited: Iterator[float] = iter([7.0, 7.0 + lost])
    monkeypatch.setattr(pace, "monotonic", lambda: next(clock))
    monkeypatch.setattr(pace, "held_up", lambda: next(waited))
    try:
        with pace.within(5):
            pass
    except AssertionError:
        assert not kept
    else:
        assert kept


def test_what_the_kernel_counts() -> None:
    """It never goes back."""
    before = pace.held_up()
    assert 0 <= before <= pace.held_up()
