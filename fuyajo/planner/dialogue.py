"""One wish put to one backend and judged: shape, references, grounding, host and quota; once more if wrong.

The same for every backend, so that none of them can be judged more kindly than another.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.parse import parse_reply
from fuyajo.domain.references import Known, Reference, Unclear, resolve
from fuyajo.domain.request import Config, Reply
from fuyajo.planner.backend import (
    Answer,
    Backend,
    BackendError,
    Completion,
    Partial,
    PlannerRequest,
    Repair,
    Usage,
)
from fuyajo.planner.grounding import Guess, guesses, problems, shared_unsaid
from fuyajo.planner.stopping import run

TRIES = 2
SAID_CHARS = 8000

ResultT = TypeVar("ResultT")
Check = Callable[[Config], Sequence[Problem]]


class Again(NamedTuple):
    """The reply was refused and is asked for once more; pieces that were shown mean nothing."""

    problems: tuple[Problem, ...]


OnEvent = Callable[[Partial | Again], None]


def ignore(_event: Partial | Again) -> None:
    """For callers that show nothing until the end."""


def no_check(_config: Config) -> Sequence[Problem]:
    """For callers without a host to hold the config against."""
    return ()


@dataclass
class _Said:
    """What came so far, over all tries."""

    attempts: list[Any] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


async def answer(
    backend: Backend, request: PlannerRequest, check: Check = no_check, on_event: OnEvent = ignore
) -> Answer:
    """The checked answer. Raises `BackendError` (no usable reply) or `Impossible` (a sound wish that
    cannot be). Cancelling leaves nothing behind."""
    if not backend.waits:
        return await _answer(backend, request, check, on_event)
    import asyncio

    try:
        async with asyncio.timeout(backend.deadline_s):
            return await _answer(backend, request, check, on_event)
    except TimeoutError:
        raise BackendError(backend.name, "timeout", f"{backend.deadline_s:g} s") from None


async def _answer(
    backend: Backend, request: PlannerRequest, check: Check, on_event: OnEvent
) -> Answer:
    begin, said = time.monotonic(), _Said()
    for attempt in range(1, TRIES + 1):
        completion = await _completion(backend, request, on_event)
        said.attempts.append(completion.said)
        said.usage += completion.usage
        try:
            judged = judge(completion.said, request, check)
        except InvalidInput as error:
            if attempt == TRIES or not backend.repairs:
                raise _failure(backend, error, said.attempts) from None
            on_event(Again(error.problems))
            repair = Repair(_as_text(completion.said), error.problems)
            request = replace(request, repair=repair)
            continue
        return Answer(
            reply=judged.reply,
            backend=backend.name,
            model=completion.model,
            usage=said.usage,
            references=judged.references,
            unclear=judged.unclear,
            seconds=round(time.monotonic() - begin, 3),
            kind=completion.kind,
            confidence=completion.confidence,
            attempts=tuple(said.attempts),
            looked=completion.looked,
        )
    raise AssertionError("the last try either answers or raises")


async def _completion(backend: Backend, request: PlannerRequest, on_event: OnEvent) -> Completion:
    stream: AsyncGenerator[Partial | Completion] = backend.complete(request)
    async with aclosing(stream):
        async for item in stream:
            if isinstance(item, Completion):
                return item
            on_event(item)
    raise BackendError(backend.name, "no_structure", "no reply came")


class WrongShape(InvalidInput):
    """The reply is not what a reply may look like; its sender's fault, not the wish's."""


class Impossible(InvalidInput):
    """A sound wish that host or quota refuse. `attempts`: as in `Answer`."""

    def __init__(self, problems: Sequence[Problem], attempts: tuple[Any, ...] = ()) -> None:
        super().__init__(problems)
        self.attempts = attempts


class Judged(NamedTuple):
    """`unclear`: the reply is our own question about a reference."""

    reply: Reply
    references: tuple[Reference, ...] = ()
    unclear: bool = False


def judge(said: Any, request: PlannerRequest, check: Check) -> Judged:
    """The reply with plain names; one that is a `Reply` was made by our own code.

    Raises `WrongShape`, or `InvalidInput` for what host or quota refuse.
    """
    try:
        reply = said if isinstance(said, Reply) else parse_reply(said)
    except InvalidInput as error:
        raise WrongShape(error.problems) from None
    if reply.config is None:
        return Judged(reply)
    pointed: tuple[Reference, ...] = ()
    if reply is not said and (guessed := guesses(reply.config, request)):
        ours = _own_reading(guessed, request)
        if ours.reply.config is None:
            return ours
        pointed = ours.references
    try:
        config, references = resolve(reply.config, Known(request.vms, request.turns))
    except Unclear as unclear:
        return Judged(_question(unclear, request), unclear=True)
    if unsaid := shared_unsaid(config, request):
        return Judged(_question(Unclear(unsaid[:1]), request), unclear=True)
    references += pointed
    found = tuple(check(config))
    if found:
        raise InvalidInput(found)
    return Judged(reply.model_copy(update={"config": config}), references)


# The rules' questions about which VM is meant; any other answer of theirs says nothing about a name.
_ASKS_WHICH = frozenset({"underspecified", "wrong-target", "context"})
_SURE = 0.7


def _own_reading(guessed: Sequence[Guess], request: PlannerRequest) -> Judged:
    """What the rules understand where a model names a VM that nobody said ("stop the web server", "it").

    The model's choice counts only where they come to the same VM by looking it up; where they find several,
    their question is the answer. Raises `WrongShape` for a name that remains a guess.
    """
    from fuyajo.planner.backends.rules import RulesBackend

    completion = completed(RulesBackend(), request)
    ours = judge(completion.said, request, no_check)
    if ours.reply.config is None:
        asks = completion.kind in _ASKS_WHICH and completion.confidence >= _SURE
        if ours.unclear or asks:
            return Judged(ours.reply, unclear=True)
        raise WrongShape(problems(guessed))
    meant = {operation.vm for operation in ours.reply.config.operations}
    meant |= {vm.name for reference in ours.references for vm in reference.vms}
    if left := [guess for guess in guessed if guess[1] not in meant]:
        raise WrongShape(problems(left))
    names = {name for _, name in guessed}
    return ours._replace(
        references=tuple(
            reference
            for reference in ours.references
            if names.intersection(vm.name for vm in reference.vms)
        )
    )


def _question(unclear: Unclear, request: PlannerRequest) -> Reply:
    """A reference that is not certain is asked about, with the candidates."""
    problem = unclear.problems[0]
    message = f"{problem.message(request.lang)} {problem.hint(request.lang)}"
    return Reply(type="chat", message=message)


def _failure(backend: Backend, error: InvalidInput, attempts: list[Any]) -> Exception:
    if not isinstance(error, WrongShape):
        return Impossible(error.problems, tuple(attempts))
    detail = "; ".join(
        f"{problem.path}: {problem.message()}" if problem.path else problem.message()
        for problem in error.problems[:5]
    )
    failure = BackendError(backend.name, "invalid_reply", shown(detail, 400))
    failure.attempts = tuple(attempts)
    return failure


def _as_text(said: Any) -> str:
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
    return text[:SAID_CHARS]


def ask(
    backend: Backend, request: PlannerRequest, check: Check = no_check, on_event: OnEvent = ignore
) -> Answer:
    """The answer, for a caller without an event loop.

    A backend that never waits is done at its first step; loading an event loop for it costs more than it.
    """
    coming: Coroutine[Any, Any, Answer] = answer(backend, request, check, on_event)
    if backend.waits:
        return run(coming)
    return _at_once(coming, backend.name)


def completed(backend: Backend, request: PlannerRequest) -> Completion:
    """What a backend that never waits says, judged by nobody yet."""
    return _at_once(_completion(backend, request, ignore), backend.name)


def _at_once(coming: Coroutine[Any, Any, ResultT], name: str) -> ResultT:
    try:
        coming.send(None)
    except StopIteration as done:
        result: ResultT = done.value
        return result
    raise AssertionError(f"{name} waited")
