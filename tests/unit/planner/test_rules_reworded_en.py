"""Every row of the table of turns can be compiled, and fills only the slots that its pattern has."""

from __future__ import annotations

import re

from fuyajo.planner.backends.rules.again_frames_en import pattern
from fuyajo.planner.backends.rules.reworded_en import reworded, rows


def test_every_row_is_whole() -> None:
    assert len(rows()) > 100
    for hints, said, plain in rows():
        groups = pattern(said).groupindex
        assert all(hints)
        assert set(re.findall(r"\{(\w+)!?\}", plain)) <= set(groups), said


def test_what_no_row_knows_stays_as_it_is() -> None:
    assert reworded("stop web", ("web",), "not_understood") is None
    assert reworded("", (), "empty") is None


def test_what_was_refused_is_not_said_again() -> None:
    said = "web -> off"
    assert reworded(said, ("web",), "not_understood") == "please stop web"
    assert reworded(said, ("web",), "injection") is None
