"""Times inside of sentences are shown as all others: in the visitor's zone, and as `<time>`."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from fuyajo.http.pages.render import timed

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize("said", ["2026-11-23T21:00:00Z", "2026-11-24T06:00:00.123+09:00"])
def test_a_time_is_the_visitors(said: str) -> None:
    told = timed(f"kept until {said}, <b>", TOKYO)
    assert told.startswith('kept until <time datetime="2026-11-2')
    assert told.endswith(">2026-11-24 06:00:00</time>, &lt;b&gt;")


@pytest.mark.parametrize(
    "said", ["9999-99-99T99:99:99Z", "0001-01-01T00:00:00+23:59", "2026-11-23 21:00", "", "\u202e"]
)
def test_what_only_looks_like_one_stays_text(said: str) -> None:
    told = timed(said, TOKYO)
    assert "<time" not in told
    assert "\u202e" not in told
