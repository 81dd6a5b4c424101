"""Japanese wishes and talk of people whom the rules had not seen, with their conversations."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.gate.cases import Case, load
from fuyajo.planner.gate.run import Run, one
from tests.support.rules import answer

HERE = Path(__file__).parent
#: Too much is left to guess, or nothing in a plan can say it (the oldest VM): these are asked about.
ASKED = {"ja-power-r3-028", "ja-delete-r3-028"}
ASKED |= {
    "ja-power-r4-022",
    "ja-power-r4-003",
    "ja-snapshot-r4-109",
    "ja-delete-r4-138",
}
OWN = tuple(
    VmBrief(name, state, kind, 1, 1024, 10)
    for name, state, kind in (
        ("web", "running", "web-server"),
        ("db", "running", "basic-server"),
        ("cache", "stopped", "basic-server"),
    )
)


def cases(name: str) -> list[object]:
    return [pytest.param(case, id=case.id) for case in load(HERE / name).cases]


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def answered(case: Case, directory: Path) -> Run:
    run, failure = asyncio.run(one(RulesBackend(), case, directory))
    assert failure is None
    return run


@pytest.mark.parametrize("case", [*cases("round3_ja.jsonl"), *cases("round4_ja.jsonl")])
def test_wish(case: Case, tmp_path: Path) -> None:
    run = answered(case, tmp_path)
    if case.id in ASKED:
        assert '"type": "chat"' in run.replies[-1]
        return
    assert run.score.passed, (run.score.why, run.replies)


@pytest.mark.parametrize("case", cases("round3_talk_ja.jsonl"))
def test_talk_stays_talk(case: Case, tmp_path: Path) -> None:
    run = answered(case, tmp_path)
    assert run.score.passed, (run.score.why, run.replies)


@pytest.mark.parametrize("talk", lines("round4_talk_ja.txt"))
def test_talk_plans_nothing(talk: str) -> None:
    assert answer(talk, "ja", OWN).reply.type == "chat"
