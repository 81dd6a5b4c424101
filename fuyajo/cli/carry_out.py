"""Run a plan from the terminal: confirm, show progress, show the result, survive Ctrl-C."""

from __future__ import annotations

import sys
from typing import Any

import click

from fuyajo.cli.options import Call
from fuyajo.cli.output import fail, note, say, say_json
from fuyajo.cli.progress import progress_for
from fuyajo.domain.errors import Exit, Problem, Refused
from fuyajo.domain.plan import Plan
from fuyajo.domain.texts import text
from fuyajo.service.applying import Applied, apply, failed_problem
from fuyajo.service.machines import list_vms
from fuyajo.store.runs import RunRecord
from fuyajo.views.machine import machine_json
from fuyajo.views.plan import plan_json
from fuyajo.views.result import result_lines


def carry_out(call: Call, plan: Plan, *, check: bool, yes: bool) -> int:
    """Exit code of applying this plan."""
    confirmed = yes or check or _confirm(call, plan)
    started: list[RunRecord] = []

    def on_start(record: RunRecord) -> None:
        started.append(record)
        if not call.as_json:
            note(text("ui.run_started", call.lang, id=record.id, plan=plan.id))

    try:
        with progress_for(call) as on_event:
            applied = apply(
                call.actor, plan, on_event, check=check, confirmed=confirmed, on_start=on_start
            )
    except KeyboardInterrupt:
        if not started:
            raise
        return fail([_stopped(plan, started[0])], Exit.INTERRUPTED, call.lang, call.as_json)
    return _finish(call, applied)


def _confirm(call: Call, plan: Plan) -> bool:
    """A person at a terminal types the name of what is destroyed; elsewhere the answer is no."""
    doomed = [change.name for change in plan.changes if change.action == "delete"]
    if not doomed or call.as_json or not sys.stdin.isatty():
        return not doomed
    from fuyajo.views.plan import plan_lines

    note(plan_lines(plan, call.lang))
    question = text("ui.confirm", call.lang, names=", ".join(doomed), name=doomed[0])
    if click.prompt(question, default="", show_default=False, err=True) != doomed[0]:
        raise Refused(Problem("", "not_confirmed"))
    return True


def _stopped(plan: Plan, record: RunRecord) -> Problem:
    names = " ".join(record.vms)
    return Problem("", "interrupted_run", {"value": record.id, "plan": plan.id, "names": names})


def _finish(call: Call, applied: Applied) -> int:
    record = applied.record
    if record is None:
        if call.as_json:
            say_json(
                {"plan": plan_json(applied.plan), "run": None, "vms": _vms(call, applied.plan)}
            )
        else:
            say(text("ui.nothing", call.lang))
        return Exit.DONE
    if record.status != "successful":
        return fail([failed_problem(record)], Exit.FAILED, call.lang, call.as_json)
    if call.as_json:
        run = record.model_dump(mode="json")
        say_json({"plan": plan_json(applied.plan), "run": run, "vms": _vms(call, applied.plan)})
    else:
        names = {change.name for change in applied.plan.changes}
        machines = [m for m in list_vms(call.actor) if m.name in names]
        say(result_lines(record, machines, call.actor.home.ssh(call.actor.user), call.lang))
    return Exit.DONE


def _vms(call: Call, plan: Plan) -> list[dict[str, Any]]:
    names = {change.name for change in plan.changes}
    return [machine_json(m) for m in list_vms(call.actor) if m.name in names]
