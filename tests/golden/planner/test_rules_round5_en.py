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
LEAST |= {
    "round16_en.jsonl": 120,
    "round17_en.jsonl": 119,
    "round18_en.jsonl": 119,
    "round19_en.jsonl": 119,
}
LEAST |= {"round22_en.jsonl": 124, "round23_en.jsonl": 99, "round24_en.jsonl": 89}
LEAST |= {"round_u2_en.jsonl": 119, "round_u3_en.jsonl": 240}
LEAST |= {"round25_en.jsonl": 160, "round26_en.jsonl": 80}
LEAST |= {"round20_en.jsonl": 143, "round21_en.jsonl": 131}
LEAST |= {"round28_en.jsonl": 139}
LEAST |= {"round14_en.jsonl": 160, "round15_en.jsonl": 120}


@pytest.mark.parametrize("name", LEAST)
def test_right_or_asked_and_never_another_plan(name: str, tmp_path: Path) -> None:
    right, wrong = right_or_asked(HERE / name, tmp_path)
    assert wrong == []
    assert right >= LEAST[name]
