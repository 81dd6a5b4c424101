"""A few questions whose answers are known, to a backend that serves: has it changed since it was measured?

Three greetings and two wishes, through the same dialogue as a real wish. One wrong answer demotes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from fuyajo.planner.backend import Answer, Backend, BackendError
from fuyajo.planner.gate.cases import shipped
from fuyajo.planner.gate.run import DOWN, Run, one
from fuyajo.planner.gate.score import means_config

# What says nothing of how good it is: there was no answer.
SILENT = DOWN | {"timeout", "budget"}
# Classes of the rules in which nothing is asked for, and how sure they have to be.
IDLE = frozenset({"greeting", "smalltalk", "thanks"})
SURE = 0.9


@dataclass(frozen=True)
class Canary:
    """What came of one: `failed` is the first wrong answer, the wrong greetings before the others."""

    runs: tuple[Run, ...]

    @property
    def failed(self) -> Run | None:
        wrong = [run for run in self.runs if not run.score.passed]
        return min(wrong, key=lambda run: not run.score.slip, default=None)


async def sing(backend: Backend, directory: Path) -> Canary:
    """Ask all five, one after the other. Raises `BackendError` when the backend cannot be reached: that is
    no slip, and demotes nobody."""
    runs: list[Run] = []
    for case in shipped("canary").cases:
        run, failure = await one(backend, case, directory)
        if failure is not None and failure.kind in SILENT:
            raise failure
        runs.append(run)
    return Canary(tuple(runs))


class Assessment(Protocol):
    """What the rules think of a message: its class, and how sure they are (0 to 1)."""

    @property
    def kind(self) -> str | None: ...

    @property
    def confidence(self) -> float: ...


def slip(assessment: Assessment, answer: Answer | BackendError) -> bool:
    """Whether a real reply is a slip by itself: a config, even a refused one, to words of which the rules are
    sure that they ask for nothing. To be refused, and to demote its backend at once."""
    if assessment.kind not in IDLE or assessment.confidence < SURE:
        return False
    said: Iterable[Any] = answer.attempts
    if isinstance(answer, Answer) and answer.reply.config is not None:
        return True
    return any(means_config(one) for one in said)
