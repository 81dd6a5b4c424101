"""`fuyajo run`: what was carried out."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit, NotFound
from fuyajo.domain.texts import text
from fuyajo.service.runs import cancel_run, events, failed_problem, get_run, list_runs
from fuyajo.views.machine import columns, run_rows
from fuyajo.views.problem import problem_lines
from fuyajo.views.run import event_lines, queued_fields, run_fields, run_json

LINES = 200


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  fuyajo run list
  fuyajo run logs r-20261122-210455-1a2b
""",
)
def command() -> None:
    """What was carried out."""


@command.command("list", epilog=examples("fuyajo run list"))
@common
def list_command(call: Call) -> int:
    """List runs, newest first."""
    runs = call.ask(list_runs)
    if call.as_json:
        say_json([run.model_dump(mode="json") for run in runs])
    elif runs:
        say(columns(run_rows(runs)))
    else:
        say(text("ui.no_runs", call.lang))
    return Exit.DONE


@command.command("show", epilog=examples("fuyajo run show r-20261122-210455-1a2b"))
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@common
def show_command(call: Call, run_id: str) -> int:
    """State, stages and outcome of one run."""
    try:
        record = call.ask(get_run, run_id)
    except NotFound:
        if call.server is not None or not call.actor.database.exists:
            raise
        return _show_job(call, run_id)
    if call.as_json:
        say_json(record.model_dump(mode="json"))
        return Exit.DONE
    say(columns(run_fields(record)))
    if record.status not in {"running", "successful"}:
        note(problem_lines([failed_problem(record)], call.lang)[1:])
    return Exit.DONE


def _show_job(call: Call, run_id: str) -> int:
    """One that waits for a worker: there is no record of it yet. Raises `NotFound`."""
    from fuyajo.service.following import seen

    found = seen(call.actor, run_id)
    if call.as_json:
        say_json(run_json(found))
    else:
        say(columns(queued_fields(found, call.lang)))
    return Exit.DONE


@command.command(
    "logs",
    epilog=examples(
        "fuyajo run logs r-20261122-210455-1a2b", "fuyajo run logs -n 0 -v r-20261122-210455-1a2b"
    ),
)
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@click.option(
    "-n",
    "--lines",
    type=click.IntRange(min=0),
    default=LINES,
    show_default=True,
    help="At most so many lines, the last ones; 0 for all.",
)
@common
def logs_command(call: Call, run_id: str, lines: int) -> int:
    """What happened in one run, in order. --json prints every event."""
    found = call.ask(events, run_id)
    if call.as_json:
        say_json(list(found))
        return Exit.DONE
    story = event_lines(found, call.lang, verbose=call.verbose > 0)
    left_out = max(0, len(story) - lines) if lines else 0
    if left_out:
        note(text("ui.left_out", call.lang, count=left_out))
    say(story[left_out:])
    return Exit.DONE


@command.command("cancel", epilog=examples("fuyajo run cancel r-20261122-210455-1a2b"))
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@common
def cancel_command(call: Call, run_id: str) -> int:
    """Stop a run and everything that it started."""
    record = call.ask(cancel_run, run_id)
    if call.as_json:
        say_json(record.model_dump(mode="json"))
    else:
        say(text("ui.canceled", call.lang, id=record.id))
    return Exit.DONE
