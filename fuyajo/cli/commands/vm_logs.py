"""`fuyajo vm logs`: what was written about a machine."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import click

from fuyajo.cli import complete
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.domain.vm_logs import (
    LINES,
    MOST_LINES,
    OF_GUESTS,
    SOURCES,
    LogLine,
    Source,
    VmLog,
    Wanted,
)

#: Between two looks with --follow; each look at a guest starts a program in there.
SECONDS, GUEST_SECONDS = 1.0, 5.0


@click.command(
    "logs",
    epilog=examples(
        "fuyajo vm logs hello",
        "fuyajo vm logs hello --source qemu --since 2h",
        "fuyajo vm logs hello --source journal --grep ssh --follow",
        "fuyajo vm logs hello --grep failed --tail 20 --json",
    ),
)
@click.argument("name", shell_complete=complete.vms)
@click.option(
    "--source",
    type=click.Choice(SOURCES),
    default="runs",
    show_default=True,
    help="Who wrote it: your runs, QEMU on the host, or the guest (through its agent).",
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
@click.option("-f", "--follow", is_flag=True, help="Go on with new lines until Ctrl-C.")
@common
def command(
    call: Call,
    name: str,
    source: Source,
    grep: str | None,
    since: str | None,
    until: str | None,
    tail: int,
    follow: bool,
) -> int:
    """What was written about a machine: by runs, by QEMU, or in the guest.

    A line without a time has a dash for it. What a guest says is what whoever is root in there wants it to.
    """
    from fuyajo.cli.moments import moment
    from fuyajo.service.vm_logs import vm_log
    from fuyajo.views.vm_logs import log_json, log_lines

    wanted = Wanted(source, grep, moment(since), moment(until), tail)
    if follow:
        return _follow(call, name, wanted)
    found = call.ask(vm_log, name, wanted)
    if call.as_json:
        say_json(log_json(found))
        return Exit.DONE
    if found.more:
        note(text("ui.vm_log_more", call.lang, count=len(found.lines)))
    say(log_lines(found) or text("ui.vm_log_none", call.lang))
    return Exit.DONE


def _follow(call: Call, name: str, wanted: Wanted) -> int:
    """New lines as they come; a line of JSON for each with --json. Ends with Ctrl-C, which is no error."""
    from fuyajo.service.vm_logs import vm_log
    from fuyajo.views.vm_logs import log_json, log_lines

    every, rest = (GUEST_SECONDS if wanted.source in OF_GUESTS else SECONDS), threading.Event()
    seen: tuple[LogLine, ...] = ()
    try:
        while True:
            found: VmLog = call.ask(vm_log, name, wanted)
            fresh = replace(found, lines=newer(seen, found.lines))
            seen = found.lines
            if fresh.lines and call.as_json:
                for line in log_json(fresh)["lines"]:
                    click.echo(json.dumps(line))
            elif fresh.lines:
                say(log_lines(fresh))
            rest.wait(every)
    except KeyboardInterrupt:
        return Exit.DONE


def newer(seen: tuple[LogLine, ...], found: tuple[LogLine, ...]) -> tuple[LogLine, ...]:
    """What of `found` comes after `seen`: both are the end of the same log, the second a little later."""
    for cut in range(len(seen)):
        kept = seen[cut:]
        if found[: len(kept)] == kept:
            return found[len(kept) :]
    return found
