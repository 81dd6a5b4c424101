"""`fuyajo backup-state`: everything that cannot be made again, as one file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text


@click.command(
    epilog=examples(
        "fuyajo backup-state /var/backups/fuyajo-$(date +%F).tar.gz",
        "fuyajo backup-state - | age --recipient age1… > state.tar.gz.age",
    )
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@common
def command(call: Call, file: Path) -> int:
    """Write the state of this installation to FILE, - for stdout. Nothing has to stop for it.

    In it: database, plans, runs with their events, conversations, policy, settings and the users' SSH keys,
    so keep it like a password. Not in it: images and the machines themselves.
    """
    from fuyajo.service.backing_up import back_up, back_up_to

    piped = str(file) == "-"
    if piped and sys.stdout.isatty():
        raise click.UsageError("- is for a pipe or a file, not for a terminal")
    made = back_up(call.actor, sys.stdout.buffer) if piped else back_up_to(call.actor, file)
    rows = sum(made.rows.values())
    if piped:
        sys.stdout.buffer.flush()
        note(text("ui.state.piped", call.lang, members=made.members, rows=rows))
    elif call.as_json:
        say_json({"file": str(file), **made._asdict()})
    else:
        params = {"members": made.members, "rows": rows}
        say(text("ui.state.backed_up", call.lang, file=str(file), **params))
    return Exit.DONE
