"""Plain English wishes of ten writers who had not seen the rules: right or asked, never another plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rules import right_or_asked

HERE = Path(__file__).parent
# Right answers of 240 (200, 220, 160) at the last look. More is better; fewer is a step back.
LEAST = {"round5_en.jsonl": 239, "round6_en.jsonl": 239, "round7_en.jsonl": 230}
LEAST |= {"round8_en.jsonl": 239, "round9_en.jsonl": 237}
LEAST |= {"round10_en.jsonl": 200, "round11_en.jsonl": 216}
LEAST |= {"round12_en.jsonl": 198, "round13_en.jsonl": 119}
LEAST |= {"round14_en.jsonl": 160, "round15_en.jsonl": 120}


@pytest.mark.parametrize("name", LEAST)
def test_right_or_asked_and_never_another_plan(name: str, tmp_path: Path) -> None:
    right, wrong = right_or_asked(HERE / name, tmp_path)
    assert wrong == []
    assert right >= LEAST[name]
