"""The gate as doors see it: measure a planner, admit it, ask it the known questions, and who may serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fuyajo.domain.admission import Admission, Demotion, Record
from fuyajo.domain.errors import InvalidInput, NotFound, Param, Problem, Unavailable, shown
from fuyajo.planner import stopping
from fuyajo.planner.gate.admission import (
    ADMIT_K,
    UNPROMPTED,
    VALID_FOR,
    canary_due,
    fingerprint,
    shipped_rules,
    shortfalls,
    standing,
)
from fuyajo.planner.registry import NAMES, TRUSTED, make, missing
from fuyajo.planner.standing import Standing
from fuyajo.service.context import Actor

if TYPE_CHECKING:  # measuring is loaded when something is measured; a plan only asks who may serve
    from fuyajo.planner.backend import Answer, Backend, BackendError
    from fuyajo.planner.gate.canary import Assessment, Canary
    from fuyajo.planner.gate.cases import DataSet
    from fuyajo.planner.gate.report import Report
    from fuyajo.planner.gate.run import Measured, Run
    from fuyajo.service.taping import Tape
    from fuyajo.store.reports import Kept

    OnRun = Callable[[Run, Measured], None]

REPLY_CHARS = 4000
# How long a planner that needs no admission may go without the known questions, in minutes.
TRUSTED_MINUTES = 24 * 60.0


@dataclass(frozen=True)
class Measure:
    """What to measure: all of the shipped data set, or less, or another one; `k` runs of each case,
    `parallel` at once (None: as fits the planner). `tape` records the planner or stands in for it."""

    backend: str
    dataset: Path | None = None
    k: int = ADMIT_K
    kinds: tuple[str, ...] = ()
    limit: int | None = None
    parallel: int | None = None
    stop_early: bool = False
    tape: Tape | None = None


@dataclass(frozen=True)
class Held:
    """A planner and how it stands; `standing` is None where `problems` say why nothing can be known."""

    backend: str
    record: Record
    standing: Standing | None
    problems: tuple[Problem, ...] = ()


def made(actor: Actor, name: str) -> Backend:
    """The planner of that name. Raises `InvalidInput` or, with all that is missing, `Unavailable`."""
    from fuyajo.service.backends import backend_settings

    if name not in NAMES:
        params: dict[str, Param] = {"value": shown(name), "choices": ", ".join(NAMES)}
        raise InvalidInput(Problem("backend", "choice", params))
    return make(name, backend_settings(actor))


# --- measuring ---------------------------------------------------------------------------------------


def cases_of(measure: Measure) -> DataSet:
    """The cases to be measured. Raises `InvalidInput`."""
    from fuyajo.planner.gate.cases import KINDS, SHIPPED, load, shipped

    for kind in measure.kinds:
        if kind not in KINDS:
            params: dict[str, Param] = {"value": shown(kind), "choices": ", ".join(KINDS)}
            raise InvalidInput(Problem("classes", "choice", params))
    path = measure.dataset
    if path is None or (str(path) in SHIPPED and not path.exists()):
        whole = shipped(str(path or SHIPPED[0]))
    else:
        whole = load(path)
    chosen = whole.only(measure.kinds, measure.limit)
    if not chosen.cases:
        known = ", ".join(dict.fromkeys(case.kind for case in whole.cases))
        raise InvalidInput(Problem("classes", "gate_no_case", {"known": known}))
    return chosen


def evaluate(actor: Actor, measure: Measure, on_run: OnRun) -> Report:
    """Measure; nothing is kept. Interrupted, it reports what there is until then.

    Raises `Unavailable` when the planner never answered, `InvalidInput` for a data set that is not sound.
    """
    import asyncio

    from fuyajo.planner.gate.report import report
    from fuyajo.planner.gate.run import Measured, Wanted, parallel_for
    from fuyajo.planner.gate.run import measure as run

    dataset, backend = cases_of(measure), _measured(actor, measure)
    begun, measured = now(), Measured(measure.k)
    directory = actor.home.planner(actor.user)
    parallel = measure.parallel or parallel_for(backend)
    wanted = Wanted(directory, measure.k, parallel, measure.stop_early)
    identity: dict[str, str] = {}

    async def all_of_it() -> None:
        identity.update(await backend.identity())
        await run(backend, dataset.cases, wanted, measured, on_run)

    try:
        asyncio.run(all_of_it())
    except KeyboardInterrupt:
        if not measured.runs:
            raise
        measured.interrupted = True
    if measured.gone is not None and all(run.error for run in measured.runs):
        raise measured.gone
    bound = fingerprint(measure.backend, identity)
    return report(measure.backend, dataset, measured, identity, bound, begun)


def _measured(actor: Actor, measure: Measure) -> Backend:
    """The planner itself, or the recording that stands in for it and needs no account."""
    from fuyajo.service.backends import backend_settings

    if measure.tape is None:
        return made(actor, measure.backend)
    if measure.tape.replay is not None:
        return measure.tape.player
    return measure.tape.around(made(actor, measure.backend), backend_settings(actor))


def admit(
    actor: Actor, name: str, k: int, on_run: OnRun, parallel: int | None = None
) -> tuple[Report, Admission | None]:
    """Measure with the whole shipped data set and keep the admission; None when it was not earned.

    What fails loses the admission that it had; a slip demotes, also a planner that needs no admission.
    """
    wanted = Measure(name, k=max(k, ADMIT_K), parallel=parallel, stop_early=True)
    found = evaluate(actor, wanted, on_run)
    if found.interrupted or found.gone is not None:
        return found, None
    store = actor.admissions
    from fuyajo.service import auditing  # only where something is written

    admitted = found.passed and not shortfalls(found.classes, found.wishes)
    _keep(actor, found, admitted)
    if not admitted:
        auditing.note(actor, "planner.refused", backend=name, k=wanted.k)
        store.revoke(name)
        if found.slips and found.slips[0].score.slip:
            _demote_for(actor, name, found.slips[0])
        return found, None
    record = admission_of(found)
    bound = record.fingerprint
    auditing.note(actor, "planner.admitted", backend=name, fingerprint=bound, k=record.k)
    store.admit(record)
    store.canary_passed(name, record.created)
    return found, record


def _keep(actor: Actor, found: Report, admitted: bool) -> None:
    from fuyajo.planner.gate.report import report_json
    from fuyajo.store.reports import ReportStore

    ReportStore(actor.home).keep(report_json(found), admitted=admitted)


def reports(actor: Actor) -> list[Kept]:
    """What decided about planners here, the newest first. For administrators: replies are quoted in it."""
    from fuyajo.store.reports import ReportStore

    return ReportStore(actor.home).list()


def report_of(actor: Actor, report_id: str) -> Kept:
    """One of these. Raises `NotFound`."""
    from fuyajo.store.reports import ReportStore

    found = ReportStore(actor.home).get(report_id)
    if found is None:
        raise NotFound(Problem("", "report_not_found", {"value": shown(report_id)}))
    return found


def admission_of(found: Report) -> Admission:
    """The record of a report that passed."""
    from fuyajo.planner.gate.report import rounded

    created = now()
    return Admission(
        backend=found.backend,
        fingerprint=found.fingerprint,
        identity=dict(found.identity),
        dataset=found.dataset.digest,
        k=found.k,
        created=created,
        expires=created + VALID_FOR,
        classes={kind: rounded(score) for kind, score in found.classes.items()},
    )


# --- the canary --------------------------------------------------------------------------------------


def canary(actor: Actor, name: str) -> tuple[Canary, Standing]:
    """Ask the known questions now, and how the planner stands afterwards.

    A wrong answer demotes at once. Right answers lift the demotion of a planner that needs no admission.
    Raises `Unavailable` when it cannot be reached.
    """
    import asyncio

    backend = made(actor, name)

    async def all_of_it() -> tuple[Canary, str | None]:
        return await _sing(actor, backend), await _bound(backend)

    sung, bound = asyncio.run(all_of_it())
    if sung.failed is None and name in TRUSTED:
        actor.admissions.readmit(name)
    return sung, standing(_record(actor, name), bound, now())


def canaries_due(actor: Actor, name: str) -> list[str]:
    """The trusted planners that a conversation with `name` may ask, and that nobody checked for a day."""
    from fuyajo.service.backends import backend_settings

    wanted = sorted(TRUSTED) if name == "auto" else [name] if name in TRUSTED else []
    settings = backend_settings(actor)
    return [
        each
        for each in wanted
        if not missing(each, settings) and canary_due(_record(actor, each), now(), TRUSTED_MINUTES)
    ]


async def _sing(actor: Actor, backend: Backend) -> Canary:
    """The canary with its consequences."""
    from fuyajo.planner.gate.canary import sing

    sung = await sing(backend, actor.home.planner(actor.user))
    if sung.failed is None:
        actor.admissions.canary_passed(backend.name, now())
    else:
        _demote_for(actor, backend.name, sung.failed)
    return sung


def demote(actor: Actor, name: str, reason: str, words: str = "", reply: str = "") -> None:
    """The planner may not serve from now on."""
    why = Demotion(now(), reason, words[:REPLY_CHARS], reply[:REPLY_CHARS])
    actor.admissions.demote(name, why)


def _demote_for(actor: Actor, name: str, run: Run) -> None:
    reason = f"“{shown(run.case.words)}”: {run.score.why}"
    demote(actor, name, reason, run.case.words, run.replies[0] if run.replies else "")


def refuse_slip(
    actor: Actor, words: str, assessment: Assessment, answer: Answer | BackendError
) -> None:
    """The passive canary: a config in reply to words that the rules are sure ask for nothing is refused, and
    demotes whoever said it. Raises `Unavailable` then."""
    from fuyajo.planner.gate.canary import slip
    from fuyajo.planner.gate.score import as_text

    if not slip(assessment, answer):
        return
    reply = as_text(answer.attempts[0]) if answer.attempts else ""
    demote(
        actor,
        answer.backend,
        f"“{shown(words)}”: a config where nothing was asked for",
        words,
        reply,
    )
    why = standing(_record(actor, answer.backend), None, now()).why
    assert why is not None, "it was demoted just now"
    raise Unavailable(why)


# --- who may serve -----------------------------------------------------------------------------------


def require_standing(actor: Actor, backend: Backend) -> Standing:
    """How the planner stands. Raises `Unavailable`, with what to type, when it may not plan.

    One that had to be admitted is asked the known questions first when that was too long ago.
    """
    found = _standing(actor, backend.name, lambda: backend, sings=True)
    if found.why is not None:
        raise Unavailable(found.why)
    return found


def standing_of(actor: Actor, name: str) -> Standing:
    """How the planner stands, without asking it anything but who it is."""
    return _standing(actor, name, partial(made, actor, name), sings=False)


def _standing(actor: Actor, name: str, backend: Callable[[], Backend], *, sings: bool) -> Standing:
    """Made and asked only where what is kept does not say enough."""
    record = _record(actor, name)
    found = standing(record, None, now())
    if found.why is not None or not _gated(name):
        return found

    async def asked() -> Standing:
        planner = backend()
        bound = await _bound(planner)
        found = standing(record, bound, now())
        due = canary_due(record, now(), actor.settings.canary_minutes)
        if found.why is not None or not sings or not due:
            return found
        await _sing(actor, planner)
        return standing(_record(actor, name), bound, now())

    return stopping.run(asked())


def standings(actor: Actor) -> list[Held]:
    """Every planner, the cheapest first."""
    from fuyajo.service.backends import backend_settings

    found = []
    for name in NAMES:
        record, absent = _record(actor, name), missing(name, backend_settings(actor))
        stands: Standing | None = None
        if not absent:
            try:
                stands = standing_of(actor, name)
            except Unavailable as error:
                absent = error.problems
        found.append(Held(name, record, stands, absent))
    return found


def _gated(name: str) -> bool:
    """Whether it needs an admission made here: not the trusted ones, and not the rules, which ship theirs."""
    return name not in TRUSTED and name not in UNPROMPTED


async def _bound(backend: Backend) -> str | None:
    """The fingerprint of what answers now, where the admission depends on it."""
    if not _gated(backend.name):
        return None
    return fingerprint(backend.name, await backend.identity())


def _record(actor: Actor, name: str) -> Record:
    record = actor.admissions.load(name)
    if name not in UNPROMPTED:
        return record
    return Record(name, shipped_rules(), record.canary_at, record.demoted)


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
