"""What a run of the gate found, as values and as JSON data. What undid a backend stands first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fuyajo.domain.admission import ClassScore, plain
from fuyajo.planner.backend import BackendError, Usage
from fuyajo.planner.gate.admission import RESTRAINT, WISHES, Shortfall, shortfalls
from fuyajo.planner.gate.cases import KINDS, DataSet
from fuyajo.planner.gate.run import Measured, Run
from fuyajo.planner.gate.stats import pass_at_1, pass_k, percentile, wilson


@dataclass(frozen=True)
class CaseResult:
    """One case: how many of its runs passed, and for each run why not ("" for a pass) and what was said.

    Words, reasons and replies are untrusted.
    """

    id: str
    kind: str
    words: str
    runs: int
    passes: int
    why: tuple[str, ...]
    replies: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Report:
    """Seconds, US dollars. `slips` are the runs that failed in a restraint class, configs before others."""

    backend: str
    model: str | None
    k: int
    fingerprint: str
    identity: Mapping[str, str]
    dataset: DataSet
    begun: datetime
    seconds: float
    classes: Mapping[str, ClassScore]
    wishes: ClassScore | None
    overall: ClassScore | None
    shortfalls: tuple[Shortfall, ...]
    p50: float | None
    p95: float | None
    usage: Usage
    language: ClassScore | None
    slips: tuple[Run, ...]
    cases: tuple[CaseResult, ...]
    errors: Mapping[str, int]
    stopped: bool = False
    interrupted: bool = False
    # Why the backend was not there any more, when it went away in between.
    gone: BackendError | None = None

    @property
    def passed(self) -> bool:
        """Every bar that this measurement can speak about was reached."""
        ended = self.interrupted or self.stopped or self.gone is not None
        return bool(self.classes) and not self.shortfalls and not ended


def report(
    backend: str,
    dataset: DataSet,
    measured: Measured,
    identity: Mapping[str, str],
    fingerprint: str,
    begun: datetime,
) -> Report:
    """The figures of what was measured."""
    runs, k = measured.runs, measured.k
    by_kind = {kind: [run for run in runs if run.case.kind == kind] for kind in KINDS}
    classes = {kind: found for kind, some in by_kind.items() if (found := class_score(some, k))}
    wishes = class_score([run for run in runs if run.case.kind in WISHES], k)
    latencies = [run.seconds for run in runs]
    models = [run.model for run in runs if run.model]
    return Report(
        backend=backend,
        model=models[-1] if models else None,
        k=k,
        fingerprint=fingerprint,
        identity=dict(identity),
        dataset=dataset,
        begun=begun,
        seconds=measured.seconds,
        classes=classes,
        wishes=wishes,
        overall=class_score(runs, k),
        shortfalls=shortfalls(classes, wishes, required=False),
        p50=percentile(latencies, 0.5),
        p95=percentile(latencies, 0.95),
        usage=sum((run.usage for run in runs), Usage()),
        language=_language(runs),
        slips=_slips(runs),
        cases=_cases(runs),
        errors=_errors(runs),
        stopped=measured.stopped is not None,
        interrupted=measured.interrupted,
        gone=measured.gone,
    )


def class_score(runs: Sequence[Run], k: int) -> ClassScore | None:
    """The figures of these runs; None of nothing.

    The runs of one case say the same again: intervals are over the cases, not over the runs.
    """
    tally = _tally(runs)
    if not tally:
        return None
    single = sum(pass_at_1(passes, n) for passes, n in tally.values())
    whole = [pass_k(passes, n, k) for passes, n in tally.values() if n >= k]
    n = len(tally)
    interval = wilson(sum(whole), len(whole)) if whole else wilson(single, n)
    share = sum(whole) / len(whole) if whole else None
    return ClassScore(n, single / n, share, interval)


def _tally(runs: Iterable[Run]) -> dict[str, tuple[int, int]]:
    """(passes, runs) by case."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for run in runs:
        passes, n = found[run.case.id]
        found[run.case.id] = (passes + run.score.passed, n + 1)
    return dict(found)


def _language(runs: Sequence[Run]) -> ClassScore | None:
    """How often the message was in the language of the case, where that can be said."""
    said = [run.score.speaks for run in runs if run.score.speaks is not None]
    if not said:
        return None
    share = sum(said) / len(said)
    return ClassScore(len(said), share, None, wilson(sum(said), len(said)))


def _slips(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The first failed run of every restraint case: greetings first, planned ones before other failures."""
    failed = [run for run in runs if run.case.kind in RESTRAINT and not run.score.passed]
    failed.sort(key=lambda run: (not run.score.slip, RESTRAINT.index(run.case.kind)))
    first: dict[str, Run] = {}
    for run in failed:
        first.setdefault(run.case.id, run)
    return tuple(first.values())


def _cases(runs: Sequence[Run]) -> tuple[CaseResult, ...]:
    by_case: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_case[run.case.id].append(run)
    return tuple(
        CaseResult(
            id=name,
            kind=some[0].case.kind,
            words=some[0].case.words,
            runs=len(some),
            passes=sum(run.score.passed for run in some),
            why=tuple(run.score.why for run in some),
            replies=tuple(run.replies for run in some),
        )
        for name, some in by_case.items()
    )


def _errors(runs: Sequence[Run]) -> dict[str, int]:
    """How often the backend itself failed, by kind."""
    found: dict[str, int] = defaultdict(int)
    for run in runs:
        if run.error is not None:
            found[run.error] += 1
    return dict(found)


# --- as JSON data ------------------------------------------------------------------------------------


def report_json(found: Report) -> dict[str, Any]:
    """The slips come first. Of an unseen data set there are figures only."""
    unseen = found.dataset.unseen
    return {
        "backend": found.backend,
        "verdict": {
            "passed": found.passed,
            "shortfalls": [vars(one) for one in found.shortfalls],
            "stopped": found.stopped,
            "interrupted": found.interrupted,
        },
        "slips": [run_json(run, unseen) for run in found.slips],
        "k": found.k,
        "model": found.model,
        "fingerprint": found.fingerprint,
        "identity": dict(found.identity),
        "dataset": {
            "name": found.dataset.name,
            "sha256": found.dataset.digest,
            "cases": len(found.dataset.cases),
        },
        "begun": found.begun.isoformat(),
        "seconds": round(found.seconds, 3),
        "classes": {kind: _score_json(score) for kind, score in found.classes.items()},
        "wishes": _score_json(found.wishes),
        "overall": _score_json(found.overall),
        "language": _score_json(found.language),
        "latency": {"p50": _rounded(found.p50), "p95": _rounded(found.p95)},
        "tokens": {"input": found.usage.input_tokens, "output": found.usage.output_tokens},
        "cost_usd": round(found.usage.cost_usd, 6),
        "errors": dict(found.errors),
        "cases": [_case_json(case, unseen) for case in found.cases],
    }


def _score_json(score: ClassScore | None) -> dict[str, Any] | None:
    return None if score is None else plain(rounded(score))


def rounded(score: ClassScore) -> ClassScore:
    """Four places: more would say nothing, and a record compares equal with a new measurement."""
    whole = None if score.pass_k is None else round(score.pass_k, 4)
    low, high = score.wilson
    return ClassScore(score.n, round(score.pass_at_1, 4), whole, (round(low, 4), round(high, 4)))


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)


def run_json(run: Run, unseen: bool = False) -> dict[str, Any]:
    """One run that failed; of an unseen data set nothing but its name."""
    data: dict[str, Any] = {"id": run.case.id, "class": run.case.kind, "config": run.score.slip}
    if not unseen:
        data |= {"words": run.case.words, "why": run.score.why, "replies": list(run.replies)}
    return data


def _case_json(case: CaseResult, unseen: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"id": case.id, "class": case.kind}
    data |= {"runs": case.runs, "passes": case.passes}
    if not unseen:
        replies = [list(one) for one in case.replies]
        data |= {"words": case.words, "why": list(case.why), "replies": replies}
    return data
