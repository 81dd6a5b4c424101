"""Every case k times: in which order, how many at once, when it ends, and that nothing stays behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fuyajo.planner.backend import BackendError
from fuyajo.planner.gate.admission import RESTRAINT
from fuyajo.planner.gate.cases import DataSet, shipped
from fuyajo.planner.gate.run import Measured, Run, Wanted, measure, schedule
from tests.support.gate import SLIP, Errs, Knowing, errs_on
from tests.support.scripted_backend import ScriptedBackend

HERE = Path("/nonexistent")
FEW = shipped().only(("greeting", "question", "create"), 3)


def _measured(backend: Knowing, dataset: DataSet = FEW, **how: object) -> Measured:
    wanted = Wanted(HERE, **{"k": 5, "parallel": 2, **how})  # type: ignore[arg-type]
    measured = Measured(wanted.k)
    asyncio.run(measure(backend, dataset.cases, wanted, measured, lambda _r, _m: None))
    return measured


def test_everything_runs_k_times() -> None:
    measured = _measured(Knowing())
    assert len(measured.runs) == 5 * len(FEW.cases) == measured.expected.total()
    assert all(run.score.passed for run in measured.runs)
    run = measured.runs[0]
    assert (run.usage.input_tokens, run.model) == (10, "knowing-1") and run.seconds > 0


def test_restraint_comes_first_and_in_rounds() -> None:
    order = [case.id for case in schedule(FEW.cases, 2)]
    first = [case.id for case in FEW.cases if case.kind in RESTRAINT]
    assert order[: 2 * len(first)] == first * 2
    assert [case.kind for case in schedule(FEW.cases, 1)][:3] == ["greeting"] * 3


@pytest.mark.parametrize("parallel", [1, 3])
def test_never_more_at_once_than_wanted(parallel: int) -> None:
    backend = Knowing()
    _measured(backend, parallel=parallel)
    assert backend.most_at_once == parallel


def test_it_ends_at_the_first_slip_when_that_decides() -> None:
    backend = Knowing(errs_on("en-greeting-002", at=2))
    measured = _measured(backend, stop_early=True, parallel=1)
    assert measured.stopped is not None and measured.stopped.case.id == "en-greeting-002"
    assert len(measured.runs) == 6 + 2
    assert len(_measured(Knowing(errs_on("en-greeting-002"))).runs) == 45


def test_other_failures_of_restraint_end_it_too_when_they_are_several() -> None:
    late = BackendError("openai", "timeout", "5 s")
    backend = Knowing(lambda case, n: late if case.kind == "greeting" and n == 2 else None)
    measured = _measured(backend, stop_early=True, parallel=1)
    assert measured.stopped is not None and not measured.stopped.score.slip
    assert [run.error for run in measured.runs] == [None] * 6 + ["timeout"] * 3


@pytest.mark.parametrize("kind", ["not_installed", "auth", "quota"])
def test_a_backend_that_went_away_ends_it(kind: str) -> None:
    measured = _measured(Knowing(_fails("en-question-001", kind)))
    assert measured.gone is not None and measured.gone.kind == kind
    assert len(measured.runs) < 45


def _fails(case_id: str, kind: str) -> Errs:
    return errs_on(case_id, at=1, said=BackendError("openai", kind, "gone"))


def test_one_that_never_answered_is_not_measured() -> None:
    measured = _measured(Knowing(lambda _c, _n: BackendError("openai", "api", "refused")))
    assert measured.gone is not None
    # Once it has answered, the same is a failed case.
    measured = _measured(Knowing(_fails("en-question-001", "api")))
    assert measured.gone is None
    assert [run.error for run in measured.runs if run.error] == ["api"]


def test_what_a_failed_answer_cost_counts() -> None:
    broken = {"type": "config", "message": "", "config": {"vms": [{"name": "NO NAME"}]}}
    measured = _measured(Knowing(errs_on("en-create-001", at=1, said=broken)), parallel=1)
    (failed,) = [run for run in measured.runs if run.error]
    assert (failed.error, len(failed.replies), failed.usage.input_tokens) == (
        "invalid_reply",
        2,
        20,
    )


def test_a_repaired_slip_is_a_slip() -> None:
    foreign = {**SLIP, "config": {"operations": [{"op": "stop", "vm": "guessed"}]}}
    replies = ScriptedBackend(foreign, {"type": "chat", "message": "Hello", "config": None})
    measured = Measured(1)
    wanted, one = Wanted(HERE, k=1), shipped().only(("greeting",), 1)
    asyncio.run(measure(replies, one.cases, wanted, measured, lambda _r, _m: None))
    (run,) = measured.runs
    assert run.score.slip and len(run.replies) == 2


def test_cancelling_leaves_nothing_and_keeps_what_was_measured() -> None:
    backend = ScriptedBackend(hangs=True)
    measured = Measured(5)

    async def cancelled() -> set[asyncio.Task[object]]:
        wanted = Wanted(HERE, parallel=3)
        task = asyncio.create_task(
            measure(backend, FEW.cases, wanted, measured, lambda _r, _m: None)
        )
        while len(backend.requests) < 3:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]

    assert asyncio.run(cancelled()) == set()
    assert (backend.closed, measured.runs) == (3, [])


def test_each_run_is_told() -> None:
    told: list[Run] = []
    measured = Measured(1)
    wanted = Wanted(HERE, k=1)
    asyncio.run(measure(Knowing(), FEW.cases, wanted, measured, lambda run, _m: told.append(run)))
    assert told == measured.runs
