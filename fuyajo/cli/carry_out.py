"""Run a plan from the terminal: confirm, show progress, show the result, survive Ctrl-C."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fuyajo.cli.consenting import consent_for
from fuyajo.cli.options import Call
from fuyajo.cli.output import note, say, say_json
from fuyajo.cli.progress import progress_for
from fuyajo.domain.errors import Exit, FuyajoError, Problem
from fuyajo.domain.machine import Machine
from fuyajo.domain.plan import Plan
from fuyajo.domain.remains import Remain
from fuyajo.domain.texts import text
from fuyajo.service.applying import Applied, apply
from fuyajo.service.failing import remains_of
from fuyajo.service.machines import list_vms
from fuyajo.service.runs import failed_problem, get_run, keys
from fuyajo.store.runs import RunRecord
from fuyajo.views.machine import machine_json
from fuyajo.views.plan import plan_json
from fuyajo.views.problem import problem_lines
from fuyajo.views.remains import remains_json, remains_lines, standing_lines
from fuyajo.views.result import result_lines, state_lines

GONE = ("delete", "purge")


def carry_out(call: Call, plan: Plan, *, check: bool, yes: bool) -> int:
    """Exit code of applying this plan."""
    gc.enable()  # switched off for short commands; a run brings events for minutes
    consent = None if check else consent_for(call, plan, yes)
    started: list[RunRecord] = []

    def on_start(record: RunRecord) -> None:
        started.append(record)
        if not call.as_json:
            note(text("ui.run_started", call.lang, id=record.id, plan=plan.id))

    try:
        with progress_for(call) as on_event:
            applied = call.ask(
                apply, plan, on_event, check=check, consent=consent, on_start=on_start
            )
    except KeyboardInterrupt:
        if not started or check:
            raise
        with _undisturbed():
            return _interrupted(call, plan, started[0].id)
    return _finish(call, applied)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """An impatient second Ctrl-C must not hide what the first one left."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _interrupted(call: Call, plan: Plan, run_id: str) -> int:
    """What is there now, and the commands that continue or remove."""
    machines: list[Machine] = []
    run: RunRecord | None = None
    left: tuple[Remain, ...] = ()
    with suppress(FuyajoError):
        run, machines = call.ask(get_run, run_id), _machines(call, plan)
        left = call.ask(remains_of, plan, run)
    created = {c.name for c in plan.changes if c.object == "vm" and c.action == "create"}
    new = " ".join(machine.name for machine in machines if machine.name in created)
    code = "interrupted_run" if new else "interrupted_change"
    problem = Problem("", code, {"value": run_id, "plan": plan.id, "names": new})
    if call.as_json:
        _say_result(call, Applied(plan, run, remains=left), machines, [problem])
    else:
        states = state_lines(machines, call.lang)
        note([*standing_lines(left, call.lang), *states, *problem_lines([problem], call.lang)])
    return Exit.INTERRUPTED


def _finish(call: Call, applied: Applied) -> int:
    plan, record = applied.plan, applied.record
    failed = record is not None and record.status != "successful"
    problems = [failed_problem(record), *applied.problems] if failed and record else []
    if call.as_json:
        _say_result(call, applied, _machines(call, plan), problems)
    elif problems:
        note(problem_lines(problems, call.lang))
        if applied.remains:
            note(remains_lines(plan, applied.remains, applied.undone, call.lang))
    elif record is None:
        from fuyajo.views.plan import plan_lines

        say(plan_lines(plan, call.lang))
    else:
        machines = _machines(call, plan)
        there = {machine.uuid for machine in machines}
        gone = [c for c in plan.changes if c.action in GONE and c.uuid not in there]
        where = call.ask(keys)
        say(result_lines(record, machines, gone, where, call.lang))
        if not record.check and any(c.undo in ("yes", "part") for c in plan.changes):
            note(text("ui.undo_with", call.lang, id=record.id))
    return Exit.FAILED if problems else Exit.DONE


def _say_result(
    call: Call, applied: Applied, machines: list[Machine], problems: list[Problem]
) -> None:
    record, undone = applied.record, applied.undone
    say_json(
        {
            "plan": plan_json(applied.plan),
            "run": record.model_dump(mode="json") if record else None,
            "remains": remains_json(applied.remains),
            "undone": undone.model_dump(mode="json") if undone else None,
            "vms": [machine_json(machine) for machine in machines],
            "problems": [problem.as_json(call.lang) for problem in problems],
        }
    )


def _machines(call: Call, plan: Plan) -> list[Machine]:
    names = {change.name for change in plan.changes}
    return [machine for machine in call.ask(list_vms) if machine.name in names]
