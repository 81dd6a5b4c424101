"""`fuyajo schedule`: runs that begin by themselves."""

from __future__ import annotations

import os
from dataclasses import replace

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.cli.source import read_text
from fuyajo.domain.consent import assistant_in
from fuyajo.domain.errors import Exit, InvalidInput
from fuyajo.domain.texts import text
from fuyajo.service import scheduling
from fuyajo.views.machine import columns
from fuyajo.views.schedule import schedule_json, schedule_rows, when

_ID = click.argument("schedule_id", metavar="SCHEDULE", shell_complete=complete.schedules)


@click.group(
    cls=Group,
    epilog=examples(
        'fuyajo schedule add "0 3 * * *" -f snapshot.yml --zone Asia/Tokyo',
        "fuyajo schedule list",
        "fuyajo schedule disable s-1a2b3c4d",
    ),
)
def command() -> None:
    """Runs that begin by themselves, carried out by `fuyajo worker` or `fuyajo serve`."""


@command.command(
    "add",
    epilog=examples(
        'fuyajo schedule add "0 3 * * *" -f snapshot.yml --zone Asia/Tokyo --title "every night"',
        'fuyajo schedule add "30 19 * * mon-fri" -f stop-dev.yml',
    ),
)
@click.argument("cron")
@click.option(
    "-f",
    "--file",
    "file",
    required=True,
    metavar="FILE",
    help="The request, in YAML or JSON; - for stdin.",
)
@click.option(
    "--zone",
    default="UTC",
    show_default=True,
    metavar="ZONE",
    shell_complete=complete.zones,
    help="Whose clock, such as Asia/Tokyo.",
)
@click.option("--title", default="", metavar="TEXT", help="What it is for.")
@common
def add_command(call: Call, cron: str, file: str, zone: str, title: str) -> int:
    """Plan a request at certain times: minute, hour, day, month, day of the week.

    The plan is carried out where policy asks for no more than your own apply; otherwise it waits for you.
    """
    request, agrees = _request(file, cron, zone, title), assistant_in(os.environ) is None
    made = call.ask(scheduling.add, cron, zone, request, title, agrees=agrees)
    if call.as_json:
        say_json(schedule_json(made, call.lang))
    else:
        moment = when(made.next, made.zone)
        say(text("ui.schedule.added", call.lang, id=made.id, when=moment))
    return Exit.DONE


def _request(file: str, cron: str, zone: str, title: str) -> str:
    """Raises `InvalidInput`, with what is wrong with the rest as well."""
    try:
        return read_text(file)
    except InvalidInput as error:
        unread = [replace(problem, path="file") for problem in error.problems]
        raise InvalidInput([*scheduling.faults(cron, zone, title), *unread]) from error


@command.command("list", epilog=examples("fuyajo schedule list", "fuyajo schedule list --json"))
@common
def list_command(call: Call) -> int:
    """Your schedules, when they are due, and what came of them the last time."""
    found = call.ask(scheduling.of)
    if call.as_json:
        say_json([schedule_json(one, call.lang) for one in found])
    elif found:
        say(columns(schedule_rows(found, call.lang)))
    else:
        say(text("ui.schedule.none", call.lang))
    return Exit.DONE


@command.command("remove", epilog=examples("fuyajo schedule remove s-1a2b3c4d"))
@_ID
@common
def remove_command(call: Call, schedule_id: str) -> int:
    """Remove a schedule. Runs that it asked for go on."""
    call.ask(scheduling.remove, schedule_id)
    if call.as_json:
        say_json({"id": schedule_id})
    else:
        say(text("ui.schedule.removed", call.lang, id=schedule_id))
    return Exit.DONE


@command.command("enable", epilog=examples("fuyajo schedule enable s-1a2b3c4d"))
@_ID
@common
def enable_command(call: Call, schedule_id: str) -> int:
    """Let a schedule begin runs again. What it missed is not made up for."""
    return _enabled(call, schedule_id, True)


@command.command("disable", epilog=examples("fuyajo schedule disable s-1a2b3c4d"))
@_ID
@common
def disable_command(call: Call, schedule_id: str) -> int:
    """Keep a schedule, but let it begin nothing."""
    return _enabled(call, schedule_id, False)


def _enabled(call: Call, schedule_id: str, enabled: bool) -> int:
    found = call.ask(scheduling.set_enabled, schedule_id, enabled)
    if call.as_json:
        say_json(schedule_json(found, call.lang))
    elif enabled:
        moment = when(found.next, found.zone)
        say(text("ui.schedule.is_enabled", call.lang, id=found.id, when=moment))
    else:
        say(text("ui.schedule.is_disabled", call.lang, id=found.id))
    return Exit.DONE
