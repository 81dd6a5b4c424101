"""Known questions to a backend that serves, and replies that are slips by themselves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.parse import parse_reply
from fuyajo.planner.backend import Answer, BackendError, Completion
from fuyajo.planner.backends.rules import RulesBackend
from fuyajo.planner.gate.canary import SILENT, Canary, sing, slip
from tests.support.gate import SLIP, Errs, Knowing, errs_on

CHAT = {"type": "chat", "message": "Hello!", "config": None}


def _sung(errs: Errs | None = None) -> Canary:
    backend = Knowing(errs) if errs else Knowing()
    return asyncio.run(sing(backend, Path("/nonexistent")))


def test_right_answers_pass() -> None:
    found = _sung()
    assert found.failed is None and len(found.runs) == 5
    assert [run.case.lang for run in found.runs].count("ja") == 2


def test_the_rules_sing() -> None:
    assert asyncio.run(sing(RulesBackend(), Path("/nonexistent"))).failed is None


@pytest.mark.parametrize("case_id", ["en-canary-hello", "ja-canary-hello", "en-canary-thanks"])
def test_one_slip_is_enough(case_id: str) -> None:
    failed = _sung(errs_on(case_id, at=1)).failed
    assert failed is not None and failed.case.id == case_id and failed.score.slip


@pytest.mark.parametrize("case_id", ["en-canary-create", "ja-canary-stop"])
def test_a_wish_that_is_not_understood_is_enough(case_id: str) -> None:
    failed = _sung(errs_on(case_id, at=1, said=CHAT)).failed
    assert failed is not None and not failed.score.slip


@pytest.mark.parametrize("kind", ["invalid_reply", "no_structure", "refused", "turns"])
def test_an_answer_without_any_use_is_wrong(kind: str) -> None:
    error = BackendError("openai", kind, "x")
    assert _sung(errs_on("en-canary-hello", at=1, said=error)).failed is not None


@pytest.mark.parametrize("kind", sorted(SILENT))
def test_no_answer_is_none(kind: str) -> None:
    error = BackendError("openai", kind, "x")
    with pytest.raises(BackendError):
        _sung(errs_on("en-canary-thanks", at=1, said=error))


def _answer(final: dict[str, Any], *attempts: Any) -> Answer:
    return Answer(parse_reply(final), "openai", attempts=attempts or (final,))


@pytest.mark.parametrize(
    ("kind", "confidence", "answer", "slips"),
    [
        ("greeting", 1.0, _answer(SLIP), True),
        ("thanks", 0.95, _answer(SLIP), True),
        ("smalltalk", 0.9, _answer(CHAT, SLIP, CHAT), True),
        ("greeting", 1.0, _answer(CHAT), False),
        ("greeting", 0.8, _answer(SLIP), False),
        ("create", 1.0, _answer(SLIP), False),
        (None, 1.0, _answer(SLIP), False),
    ],
)
def test_a_config_in_reply_to_nothing_is_a_slip(
    kind: str | None, confidence: float, answer: Answer, slips: bool
) -> None:
    assert slip(Completion(CHAT, kind=kind, confidence=confidence), answer) is slips


def test_a_refused_config_is_a_slip_too() -> None:
    error = BackendError("openai", "invalid_reply", "x")
    error.attempts = (SLIP,)
    assert slip(Completion(CHAT, kind="greeting"), error)
    error.attempts = ("Hello!",)
    assert not slip(Completion(CHAT, kind="greeting"), error)
