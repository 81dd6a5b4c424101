"""English wishes and talk of people whom the rules had not seen, with their conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from fuyajo.domain.context import VmBrief
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.gate.cases import Case, load
from fuyajo.planner.gate.run import one
from tests.support.rules import answer
from tests.support.wishes import result_of

HERE = Path(__file__).parent
#: The VMs of `round4_en.txt` and `round4_talk_en.txt`, the oldest first.
OWN = tuple(
    VmBrief(name, state, kind, 2, 1024, 10, f"u{i}", f"2026-11-0{i}T00:00:00Z")
    for i, (name, state, kind) in enumerate(
        (
            ("gull", "running", "web-server"),
            ("heath", "stopped", "basic-server"),
            ("ridge-1", "running", "basic-server"),
            ("ridge-2", "running", "basic-server"),
            ("shop", "running", "web-server"),
        ),
        1,
    )
)


def cases(name: str) -> list[object]:
    return [pytest.param(case, id=case.id) for case in load(HERE / name).cases]


def lines(name: str) -> Iterator[str]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


@pytest.mark.parametrize("case", [*cases("round3_en.jsonl"), *cases("round3_talk_en.jsonl")])
def test_case(case: Case, tmp_path: Path) -> None:
    run, failure = asyncio.run(one(RulesBackend(), case, tmp_path))
    assert failure is None
    assert run.score.passed, (run.score.why, run.replies)


@pytest.mark.parametrize("line", list(lines("round4_en.txt")))
def test_wish(line: str) -> None:
    text, _, result = line.rpartition(" → ")
    reply = answer(text, "en", OWN).reply
    assert result_of(reply, "en") == result, reply.message


@pytest.mark.parametrize("talk", list(lines("round4_talk_en.txt")))
def test_talk_plans_nothing(talk: str) -> None:
    assert answer(talk, "en", OWN).reply.type == "chat"
