"""`fuyajo trash`: what was deleted and is still there."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from fuyajo.cli import complete
from fuyajo.cli.carry_out import carry_out
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.domain.trash import expired
from fuyajo.service.trashing import list_trash, plan_empty, plan_restore
from fuyajo.views.machine import columns
from fuyajo.views.trash import trash_json, trash_rows


@click.group(
    cls=Group,
    epilog="""\b
Examples:
  fuyajo trash list
  fuyajo trash restore hello
  fuyajo trash empty --expired
""",
)
def command() -> None:
    """Machines that were deleted and are still kept."""


@command.command("list", epilog=examples("fuyajo trash list", "fuyajo trash list --json"))
@common
def list_command(call: Call) -> int:
    """List what is in your trash, the oldest first, and until when it is kept."""
    now = datetime.now(UTC)
    machines = call.ask(list_trash)
    if call.as_json:
        say_json([trash_json(machine, now) for machine in machines])
    elif not machines:
        say(text("ui.trash_empty", call.lang))
    else:
        say(columns(trash_rows(machines, now, call.lang)))
        over = sum(expired(machine, now) for machine in machines)
        if over:
            note(text("ui.trash_expired", call.lang, count=over))
    return Exit.DONE


@command.command(
    "restore",
    epilog=examples(
        "fuyajo trash restore hello", "fuyajo trash restore --start trash-0a1b2c3d4e5f"
    ),
)
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=complete.trash)
@click.option("--start", is_flag=True, help="Start them again; without it they are off.")
@common
def restore_command(call: Call, names: tuple[str, ...], start: bool) -> int:
    """Bring machines back with their disks and snapshots, under the names that they had."""
    return carry_out(call, call.ask(plan_restore, names, start=start), check=False, yes=False)


@command.command(
    "empty",
    epilog=examples(
        "fuyajo trash empty", "fuyajo trash empty hello --yes", "fuyajo trash empty --expired"
    ),
)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=complete.trash)
@click.option("--expired", "only_expired", is_flag=True, help="Only what is kept no longer.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@common
def empty_command(call: Call, names: tuple[str, ...], only_expired: bool, yes: bool) -> int:
    """End machines of the trash for good: these, or all of them. Cannot be undone."""
    plan = call.ask(plan_empty, names, only_expired=only_expired)
    return carry_out(call, plan, check=False, yes=yes)
