"""Plain English wishes of seven writers who had not seen the rules: right or asked, never another plan."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.gate.cases import load
from fuyajo.planner.gate.run import one

HERE = Path(__file__).parent
# Right answers of 240 (200, 220) at the last look. More is better; fewer is a step back.
LEAST = {"round5_en.jsonl": 239, "round6_en.jsonl": 239, "round7_en.jsonl": 230}
LEAST |= {"round8_en.jsonl": 239, "round9_en.jsonl": 237}
LEAST |= {"round10_en.jsonl": 200, "round11_en.jsonl": 215}


@pytest.mark.parametrize("name", LEAST)
def test_right_or_asked_and_never_another_plan(name: str, tmp_path: Path) -> None:
    async def every() -> list[tuple[str, bool, bool]]:
        found = []
        for case in load(HERE / name).cases:
            run, failure = await one(RulesBackend(), case, tmp_path)
            assert failure is None, case.id
            planned = any('"type": "config"' in reply for reply in run.replies)
            found.append((case.id, run.score.passed, planned))
        return found

    answers = asyncio.run(every())
    assert [case for case, right, planned in answers if planned and not right] == []
    assert sum(right for _, right, _ in answers) >= LEAST[name]
