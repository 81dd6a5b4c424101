"""Very free speech: what the rules do not understand yet they ask about, and never plan wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rules import right_or_asked

HERE = Path(__file__).parent
# Right answers of 260 at the last look. More is better; fewer is a step back.
LEAST = {"free_en.jsonl": 100, "free_ja.jsonl": 165}


@pytest.mark.parametrize("name", LEAST)
def test_right_or_asked_and_never_another_plan(name: str, tmp_path: Path) -> None:
    right, wrong = right_or_asked(HERE / name, tmp_path)
    assert wrong == []
    assert right >= LEAST[name]
