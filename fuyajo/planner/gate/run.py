"""Every case k times through the same dialogue as a real wish, several at once, restraint first."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from fuyajo.domain.errors import InvalidInput
from fuyajo.planner.backend import (
    Answer,
    Backend,
    BackendError,
    Completion,
    Partial,
    PlannerRequest,
    Usage,
)
from fuyajo.planner.dialogue import answer
from fuyajo.planner.gate.admission import RESTRAINT
from fuyajo.planner.gate.cases import Case
from fuyajo.planner.gate.score import Score, as_text, score
from fuyajo.planner.gate.world import check_of, request_of

K = 5
# At once. A model server on one's own machine may answer one at a time: the others would wait in its queue
# until their deadline is over, and fail for nothing.
PARALLEL = {"claude": 4, "anthropic": 8}
# Restraint runs that failed without a config. So many end it too: nothing can be admitted any more, and
# each of them may have taken a whole deadline.
FAILURES = 3
# The backend is not there: nothing was measured. The others only before it ever answered.
GONE = frozenset({"not_installed", "auth", "quota"})
DOWN = GONE | {"usage", "crashed", "overloaded", "api"}


@dataclass(frozen=True)
class Run:
    """One case once. `replies` as they were given (untrusted); `error` is the kind of a backend's failure."""

    case: Case
    score: Score
    replies: tuple[str, ...]
    seconds: float
    usage: Usage
    model: str | None = None
    error: str | None = None


@dataclass
class Measured:
    """What was measured so far; whole whenever the measuring ends, however it ends."""

    k: int
    # Runs of each class that are meant to be.
    expected: Counter[str] = field(default_factory=Counter)
    runs: list[Run] = field(default_factory=list)
    seconds: float = 0.0
    # The restraint run after which nothing could be made good any more.
    stopped: Run | None = None
    gone: BackendError | None = None
    interrupted: bool = False


OnRun = Callable[[Run, Measured], None]


class _End(Exception):
    """Nothing more is to be measured."""


@dataclass(frozen=True)
class Wanted:
    """How to measure: runs of each case, how many at once, whether failing at restraint ends it (the first
    slip, or `FAILURES` runs that failed in another way). `directory` is the user's own planner directory."""

    directory: Path
    k: int = K
    parallel: int = 1
    stop_early: bool = False


def parallel_for(backend: Backend) -> int:
    return PARALLEL.get(backend.name, 1) if backend.waits else 1


def schedule(cases: Sequence[Case], k: int) -> Iterator[Case]:
    """Restraint in rounds, so that a slip shows soon; then case by case, so that what was measured when
    somebody interrupts it is whole."""
    restraint = [case for case in cases if case.kind in RESTRAINT]
    restraint.sort(key=lambda case: RESTRAINT.index(case.kind))
    for _ in range(k):
        yield from restraint
    for case in cases:
        if case.kind not in RESTRAINT:
            yield from [case] * k


async def measure(
    backend: Backend, cases: Sequence[Case], wanted: Wanted, measured: Measured, on_run: OnRun
) -> None:
    """Fill `measured`. Cancelling ends all runs under way and leaves nothing behind."""
    begin, coming = time.monotonic(), schedule(cases, wanted.k)
    measured.expected.update(case.kind for case in schedule(cases, wanted.k))

    async def worker() -> None:
        for case in coming:
            run, failure = await one(backend, case, wanted.directory)
            measured.runs.append(run)
            measured.seconds = time.monotonic() - begin
            on_run(run, measured)
            if failure is not None and _gone(failure, measured):
                measured.gone = failure
                raise _End
            if wanted.stop_early and _hopeless(run, measured):
                measured.stopped = run
                raise _End
            # A backend that never waits would let nobody interrupt it.
            await asyncio.sleep(0)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(wanted.parallel):
                group.create_task(worker())
    except* _End:
        pass
    finally:
        measured.seconds = time.monotonic() - begin


def _hopeless(run: Run, measured: Measured) -> bool:
    """Whether this run of a restraint case was one too many."""
    if run.score.passed or run.case.kind not in RESTRAINT:
        return False
    failed = [r for r in measured.runs if r.case.kind in RESTRAINT and not r.score.passed]
    return run.score.slip or len(failed) >= FAILURES


def _gone(failure: BackendError, measured: Measured) -> bool:
    answered = any(run.error is None for run in measured.runs)
    return failure.kind in GONE or (failure.kind in DOWN and not answered)


async def one(backend: Backend, case: Case, directory: Path) -> tuple[Run, BackendError | None]:
    """One case once, and how the backend failed, if it did."""
    heard = _Heard(backend)
    outcome: Answer | BackendError | InvalidInput
    begin = time.perf_counter()
    try:
        outcome = await answer(heard, request_of(case, directory), check_of(case))
    except (BackendError, InvalidInput) as error:
        outcome = error
    seconds = time.perf_counter() - begin
    failure = outcome if isinstance(outcome, BackendError) else None
    said = [completion.said for completion in heard.completions]
    run = Run(
        case=case,
        score=score(case, outcome, said),
        replies=tuple(as_text(one) for one in said),
        seconds=seconds,
        usage=sum((c.usage for c in heard.completions), Usage()),
        model=heard.completions[-1].model if heard.completions else None,
        error=failure.kind if failure else None,
    )
    return run, failure


class _Heard:
    """The backend itself, but what it says is kept: also what was refused afterwards, with what it cost."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.name, self.waits = backend.name, backend.waits
        self.repairs, self.deadline_s = backend.repairs, backend.deadline_s
        self.completions: list[Completion] = []

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        async with aclosing(self._backend.complete(request)) as stream:
            async for item in stream:
                if isinstance(item, Completion):
                    self.completions.append(item)
                yield item

    async def identity(self) -> dict[str, str]:
        return await self._backend.identity()
