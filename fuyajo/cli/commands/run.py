"""`fuyajo run`: what was carried out."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.runs import cancel_run, events, get_run, list_runs
from fuyajo.views.machine import columns, run_rows


@click.group(
    epilog="""\b
Examples:
  fuyajo run list
  fuyajo run logs r-20261122-210455-1a2b
"""
)
def command() -> None:
    """What was carried out."""


@command.command("list")
@common
def list_command(call: Call) -> int:
    """List runs, newest first."""
    runs = list_runs(call.actor)
    if call.as_json:
        say_json([run.model_dump(mode="json") for run in runs])
    elif runs:
        say(columns(run_rows(runs)))
    else:
        say(text("ui.no_runs", call.lang))
    return Exit.DONE


@command.command("show")
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@common
def show_command(call: Call, run_id: str) -> int:
    """State, stages and outcome of one run."""
    record = get_run(call.actor, run_id).model_dump(mode="json")
    if call.as_json:
        say_json(record)
    else:
        stages = " · ".join(f"{stage} {spent:.1f} s" for stage, spent in record["stages"].items())
        rows = [*record.items(), ("stages", stages), ("vms", ", ".join(record["vms"]))]
        say(columns([[key, str(value)] for key, value in dict(rows).items() if value is not None]))
    return Exit.DONE


@command.command("logs")
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@common
def logs_command(call: Call, run_id: str) -> int:
    """Every event of one run, in order."""
    found = list(events(call.actor, run_id))
    if call.as_json:
        say_json(found)
    else:
        say(
            f"{event['time']}  {event['kind']:<8} {event.get('host') or '-':<16} {event['message']}"
            for event in found
        )
    return Exit.DONE


@command.command("cancel")
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@common
def cancel_command(call: Call, run_id: str) -> int:
    """Stop a run and everything that it started."""
    record = cancel_run(call.actor, run_id)
    if call.as_json:
        say_json(record.model_dump(mode="json"))
    else:
        say(text("ui.canceled", call.lang, id=record.id))
    return Exit.DONE
