"""The rules planner as a function of words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.domain.request import Reply
from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import PlannerRequest
from fuyajo.planner.backends.rules.plan import plan as complete

HOME = Path("/nonexistent")


def plan(text: str, lang: Lang, vms: Sequence[VmBrief] = (), turns: Sequence[Turn] = ()) -> Reply:
    """What the rules reply to these words; references are not resolved yet."""
    said = complete(PlannerRequest(text, lang, HOME, tuple(vms), tuple(turns))).said
    assert isinstance(said, Reply)
    return said
