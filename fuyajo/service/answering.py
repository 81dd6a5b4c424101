"""One wish → the answer of the backend that was asked for, or of the one that `auto` finds."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.texts import text
from fuyajo.planner.backend import (
    Answer,
    Backend,
    BackendError,
    Completion,
    Partial,
    PlannerRequest,
)
from fuyajo.planner.dialogue import Again, Check, OnEvent, ask, completed
from fuyajo.planner.registry import BackendSettings, make, set_up
from fuyajo.planner.router import RULES, Choice, decide
from fuyajo.planner.standing import Standing

if TYPE_CHECKING:
    from fuyajo.service.taping import Tape

Standings = Callable[[Sequence[str]], Mapping[str, Standing]]


@dataclass(frozen=True)
class Answered:
    """`notices` are sentences that a person must see: who failed, or that nobody better is there."""

    answer: Answer
    note: PlannerNote
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asking:
    """One wish with everything that is needed to have it answered."""

    request: PlannerRequest
    check: Check
    on_event: OnEvent
    settings: BackendSettings
    standings: Standings
    tape: Tape | None = None

    def answered(self, name: str) -> Answered:
        """By the recording if there is one, else by that backend; `auto` finds one."""
        if self.tape is not None and self.tape.replay is not None:
            why = text("planner.replayed", self.request.lang, file=self.tape.replay.name)
            return self.by(self.tape.player, why)
        return self.automatically() if name == "auto" else self.by_name(name)

    def by_name(self, name: str) -> Answered:
        """That backend or its failure; nobody takes its place."""
        why = text("planner.asked", self.request.lang, backend=name)
        return self.by(make(name, self.settings), why)

    def by(self, backend: Backend, why: str) -> Answered:
        answer = ask(self._taped(backend), self.request, self.check, self.on_event)
        return Answered(answer, planner_note(answer, why))

    def _taped(self, backend: Backend) -> Backend:
        return self.tape.around(backend, self.settings) if self.tape else backend

    def automatically(self) -> Answered:
        """The rules read the wish, which decides who answers; who fails is replaced, and that is said."""
        begin, lang = time.monotonic(), self.request.lang
        rules = make(RULES, self.settings)
        assessed = completed(rules, self.request)
        available = set_up(self.settings)
        failed: list[str] = []
        while True:
            choice = decide(assessed, self.standings(available), available)
            chosen = Given(rules, assessed) if choice.backend == RULES else None
            pieces = _Pieces(self.on_event)
            try:
                backend = self._taped(chosen or make(choice.backend, self.settings))
                answer = ask(backend, self.request, self.check, pieces)
            except BackendError as error:
                if choice.backend == RULES:
                    raise
                pieces.void()
                available.remove(choice.backend)
                why = error.problems[0].message(lang)
                failed.append(text("planner.failed", lang, backend=choice.backend, why=why))
                continue
            answer = replace(answer, seconds=round(time.monotonic() - begin, 3))
            return _answered(answer, choice, failed, self.request)


def _answered(
    answer: Answer, choice: Choice, failed: list[str], request: PlannerRequest
) -> Answered:
    why = choice.why(request.lang)
    notices = [*failed, *([] if choice.sure else [why])]
    return Answered(answer, planner_note(answer, "; ".join([*failed, why])), tuple(notices))


class Given:
    """A backend whose answer is known already: nothing is read twice."""

    def __init__(self, backend: Backend, completion: Completion) -> None:
        self.name, self.deadline_s = backend.name, backend.deadline_s
        self.waits, self.repairs = False, False
        self._backend, self._completion = backend, completion

    async def complete(self, _request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        yield self._completion

    async def identity(self) -> dict[str, str]:
        return await self._backend.identity()


class _Pieces:
    """Passes pieces on, and takes them back when their backend fails after some of them."""

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event
        self._shown = False

    def __call__(self, event: Partial | Again) -> None:
        self._shown = True
        self._on_event(event)

    def void(self) -> None:
        if self._shown:
            self._on_event(Again(()))


def planner_note(answer: Answer, why: str) -> PlannerNote:
    """Who answered, why, how long it took and what it cost: kept with the plan."""
    return PlannerNote(
        backend=answer.backend,
        model=answer.model,
        why=why,
        seconds=answer.seconds,
        input_tokens=answer.usage.input_tokens,
        output_tokens=answer.usage.output_tokens,
        cost_usd=answer.usage.cost_usd,
    )
