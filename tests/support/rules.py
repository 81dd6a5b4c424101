"""The rules planner as a function of words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from fuyajo.domain.context import Turn, VmBrief
from fuyajo.domain.request import Reply
from fuyajo.domain.texts import Lang
from fuyajo.planner.backend import Answer, Completion, PlannerRequest
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.backends.rules.plan import plan as complete
from fuyajo.planner.dialogue import ask
from fuyajo.planner.gate.cases import load
from fuyajo.planner.gate.run import one

HOME = Path("/nonexistent")


def right_or_asked(file: Path, directory: Path) -> tuple[int, list[str]]:
    """How many cases of a data set the rules get right, and the ids of those that they plan wrongly."""

    async def every() -> list[tuple[str, bool, bool]]:
        found = []
        for case in load(file).cases:
            run, failure = await one(RulesBackend(), case, directory)
            assert failure is None, case.id
            planned = any('"type": "config"' in reply for reply in run.replies)
            found.append((case.id, run.score.passed, planned))
        return found

    answers = asyncio.run(every())
    wrong = [case for case, right, planned in answers if planned and not right]
    return sum(right for _, right, _ in answers), wrong


def completion(
    text: str, lang: Lang, vms: Sequence[VmBrief] = (), turns: Sequence[Turn] = ()
) -> Completion:
    """Everything the rules say about these words."""
    return complete(PlannerRequest(text, lang, HOME, tuple(vms), tuple(turns)))


def plan(text: str, lang: Lang, vms: Sequence[VmBrief] = (), turns: Sequence[Turn] = ()) -> Reply:
    """What the rules reply to these words; references are not resolved yet."""
    said = completion(text, lang, vms, turns).said
    assert isinstance(said, Reply)
    return said


def answer(
    text: str, lang: Lang, vms: Sequence[VmBrief] = (), turns: Sequence[Turn] = ()
) -> Answer:
    """The same after the dialogue has looked up who is meant."""
    request = PlannerRequest(text, lang, HOME, tuple(vms), tuple(turns))
    return ask(RulesBackend(), request)
