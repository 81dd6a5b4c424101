"""`fuyajo vm logs`: what was written about a machine."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.domain.vm_logs import LINES, MOST_LINES, Source, Wanted


@click.command(
    "logs",
    epilog=examples(
        "fuyajo vm logs hello",
        "fuyajo vm logs hello --source qemu --since 2h",
        "fuyajo vm logs hello --grep failed --tail 20 --json",
    ),
)
@click.argument("name", shell_complete=complete.vms)
@click.option(
    "--source",
    type=click.Choice(["runs", "qemu"]),
    default="runs",
    show_default=True,
    help="Who wrote it: your runs, or QEMU on the host.",
)
@click.option("--grep", metavar="TEXT", help="Only lines with this in them; no pattern.")
@click.option("--since", metavar="WHEN", help="2h, 7d, or a date.")
@click.option("--until", metavar="WHEN", help="The same.")
@click.option(
    "--tail",
    type=click.IntRange(1, MOST_LINES),
    default=LINES,
    show_default=True,
    help="At most so many lines, the last ones.",
)
@common
def command(
    call: Call,
    name: str,
    source: Source,
    grep: str | None,
    since: str | None,
    until: str | None,
    tail: int,
) -> int:
    """What was written about a machine: by runs, or by QEMU. A line without a time has a dash for it."""
    from fuyajo.cli.moments import moment
    from fuyajo.service.vm_logs import vm_log
    from fuyajo.views.vm_logs import log_json, log_lines

    wanted = Wanted(source, grep, moment(since), moment(until), tail)
    found = call.ask(vm_log, name, wanted)
    if call.as_json:
        say_json(log_json(found))
        return Exit.DONE
    if found.more:
        note(text("ui.vm_log_more", call.lang, count=len(found.lines)))
    say(log_lines(found) or text("ui.vm_log_none", call.lang))
    return Exit.DONE
