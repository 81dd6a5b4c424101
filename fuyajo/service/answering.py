"""One wish → the answer of the backend that was asked for, or of the one that `auto` finds."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fuyajo.domain.errors import Unavailable
from fuyajo.domain.plan import PlannerNote
from fuyajo.domain.texts import text
from fuyajo.planner.backend import (
    Answer,
    Backend,
    BackendError,
    Completion,
    Partial,
    PlannerRequest,
    ToolServer,
)
from fuyajo.planner.dialogue import Again, Check, Impossible, OnEvent, ask, completed
from fuyajo.planner.registry import BackendSettings, make, make_looking, set_up
from fuyajo.planner.router import RULES, Choice, decide
from fuyajo.planner.standing import Standing
from fuyajo.service.looking import GUEST_TEXT

if TYPE_CHECKING:
    from fuyajo.service.taping import Tape


#: Who can be given tools to look with.
LOOKS = "claude"


class Gate(Protocol):
    """Who may answer; see `serving.py`."""

    @property
    def standings(self) -> Mapping[str, Standing]: ...

    def require(self, backend: Backend) -> None: ...

    def refuse_slip(
        self, words: str, assessed: Completion, said: Answer | BackendError
    ) -> None: ...


class Answered(NamedTuple):
    """`notices` are sentences that a person must see: who failed, or that nobody better is there."""

    answer: Answer
    note: PlannerNote
    notices: tuple[str, ...] = ()


#: Opens tools that look, for as long as one question takes.
Tools = Callable[[], AbstractContextManager[ToolServer]]


class Asking(NamedTuple):
    """One wish with everything that is needed to have it answered."""

    request: PlannerRequest
    check: Check
    on_event: OnEvent
    settings: BackendSettings
    gate: Gate
    tape: Tape | None = None
    tools: Tools | None = None

    def answered(self, name: str) -> Answered:
        """By the recording if there is one, else by that backend; `auto` finds one."""
        lang = self.request.lang
        if self.tape is not None and self.tape.replay is not None:
            why = text("planner.replayed", lang, file=self.tape.replay.name)
            answer = ask(self.tape.player, self.request, self.check, self.on_event)
            return Answered(answer, planner_note(answer, why))
        if name == "auto":
            return self.automatically()
        return self.by_name(name, text("planner.asked", lang, backend=name))

    def by_name(self, name: str, why: str) -> Answered:
        """That backend or its failure; nobody takes its place."""
        backend = make(name, self.settings)
        rules = backend if name == RULES else make(RULES, self.settings)
        assessed = completed(rules, self.request)
        failed: list[str] = []
        if name == LOOKS and (looked := self._looked(assessed, failed)):
            return looked
        outcome = self._outcome(backend, assessed, self.on_event)
        if isinstance(outcome, Unavailable):
            raise outcome
        return Answered(outcome, planner_note(outcome, "; ".join([*failed, why])), tuple(failed))

    def automatically(self) -> Answered:
        """The rules read the wish, which decides who answers; who fails is replaced, and that is said."""
        begin, lang = time.monotonic(), self.request.lang
        rules = make(RULES, self.settings)
        assessed = completed(rules, self.request)
        failed: list[str] = []
        if looked := self._looked(assessed, failed):
            return looked
        # Whether the cheapest one will do is known without looking at what else is set up.
        choice = decide(assessed, self.gate.standings, (RULES,))
        available = [RULES] if choice.sure else set_up(self.settings)
        while True:
            choice = decide(assessed, self.gate.standings, available)
            backend = rules if choice.backend == RULES else make(choice.backend, self.settings)
            pieces = _Pieces(self.on_event)
            outcome = self._outcome(backend, assessed, pieces)
            if not isinstance(outcome, Unavailable):
                answer = replace(outcome, seconds=round(time.monotonic() - begin, 3))
                return self._answered(answer, choice, available, failed)
            if choice.backend == RULES:
                raise outcome
            pieces.void()
            available.remove(choice.backend)
            why = outcome.problems[0].message(lang)
            failed.append(text("planner.failed", lang, backend=choice.backend, why=why))

    def _looked(self, assessed: Completion, failed: list[str]) -> Answered | None:
        """The answer to a question by whoever can look for it; None where that is nobody, and for a wish.

        What went wrong with it is added to `failed`, and others answer.
        """
        if self.tools is None or assessed.kind != "question":
            return None
        lang, pieces = self.request.lang, _Pieces(self.on_event)
        try:
            self.gate.require(make(LOOKS, self.settings))
        except Unavailable:
            return None  # whoever answers instead says why
        try:
            with self.tools() as server:
                backend = make_looking(self.settings, server)
                answer = ask(backend, self.request, on_event=pieces)
        except Unavailable as error:
            pieces.void()
            why = error.problems[0].message(lang)
            failed.append(text("planner.failed", lang, backend=LOOKS, why=why))
            return None
        if answer.kind != "question":
            pieces.void()
            return None
        used = ", ".join(dict.fromkeys(answer.looked)) or "-"
        return Answered(answer, planner_note(answer, text("planner.looked", lang, tools=used)))

    def _answered(
        self, answer: Answer, choice: Choice, available: list[str], failed: list[str]
    ) -> Answered:
        """With what a person must know: who failed, and why nobody better answered."""
        lang = self.request.lang
        if choice.reason == "only" and failed:
            choice = choice._replace(reason="left")
        why, notices = choice.why(lang), list(failed)
        if not choice.sure:
            stands = (self.gate.standings.get(name) for name in available)
            notices += [s.why.message(lang) for s in stands if s is not None and s.why is not None]
            notices.append(why)
        return Answered(answer, planner_note(answer, "; ".join([*failed, why])), tuple(notices))

    def _outcome(
        self, backend: Backend, assessed: Completion, on_event: OnEvent
    ) -> Answer | Unavailable:
        """Its answer, or why there is none. What the host says, or does not say, is raised."""
        own = backend.name == RULES
        try:
            self.gate.require(backend)
        except Unavailable as error:
            return error
        backend = Given(backend, assessed) if own else backend
        backend = self.tape.around(backend, self.settings) if self.tape else backend
        said: Answer | BackendError
        try:
            said = ask(backend, self.request, self.check, on_event)
        except BackendError as error:
            said = error
        except Impossible as error:
            if (slip := None if own else self._slip(assessed, _refused(backend, error))) is None:
                raise
            return slip
        return (None if own else self._slip(assessed, said)) or said

    def _slip(self, assessed: Completion, said: Answer | BackendError) -> Unavailable | None:
        """Why its backend is out from now on: it planned where nothing was asked for."""
        try:
            self.gate.refuse_slip(self.request.text, assessed, said)
        except Unavailable as error:
            return error
        return None


def _refused(backend: Backend, error: Impossible) -> BackendError:
    """A plan that cannot be, as the gate wants to see it."""
    failure = BackendError(backend.name, "invalid_reply", str(error))
    failure.attempts = error.attempts
    return failure


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
        looked=answer.looked,
        guest_text=bool(GUEST_TEXT.intersection(answer.looked)),
    )
