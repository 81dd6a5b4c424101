"""`fuyajo restore-state`: what `backup-state` wrote becomes the state again."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import BinaryIO

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text


@click.command(
    epilog=examples(
        "fuyajo restore-state /var/backups/fuyajo-2026-11-23.tar.gz",
        "fuyajo restore-state --replace state.tar.gz",
        "age --decrypt state.tar.gz.age | fuyajo restore-state -",
    )
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Also where there is a state; that one is kept beside it."
)
@common
def command(call: Call, file: Path, replace: bool) -> int:
    """Make the state in FILE that of this installation, - for stdin. Service and workers must be stopped.

    It goes into the database that the settings name, whichever kind it came from. Checked first, then whole
    or not at all. Runs that waited are canceled: nobody knows whether they were carried out since.
    """
    from fuyajo.service.restoring import restore, trusted

    here = call.actor  # a service elsewhere has no such thing: said before the file is looked at
    with _opened(file) if str(file) == "-" else trusted(file) as source:
        done = restore(here, source, replace=replace)
    if call.as_json:
        say_json(done._asdict())
        return Exit.DONE
    rows = sum(done.rows.values())
    say(text("ui.state.restored", call.lang, made=done.made, rows=rows))
    for key, value in (
        ("canceled", done.canceled),
        ("before", done.before),
        ("config", done.config),
    ):
        if value:
            say(text(f"ui.state.{key}", call.lang, value=value))
    return Exit.DONE


def _opened(_file: Path) -> BinaryIO:
    """Not closed with it: stdin is everybody's."""
    return io.BufferedReader(io.FileIO(sys.stdin.fileno(), closefd=False))
