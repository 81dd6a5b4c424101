"""`fuyajo worker`: carry out what the service was asked for."""

from __future__ import annotations

import gc
import os
import signal

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text

SLOTS, PER_USER = 4, 2


@click.command(
    epilog=examples("fuyajo worker", "fuyajo worker --slots 8 --per-user 3")
    + "\n\n\b\nCtrl-C or TERM: no new runs, those that go on come to their end. Twice: they are canceled."
)
@click.option(
    "--slots", type=click.IntRange(1, 64), default=SLOTS, show_default=True, help="Runs at a time."
)
@click.option(
    "--per-user",
    type=click.IntRange(1, 64),
    default=PER_USER,
    show_default=True,
    help="Runs of one user at a time, over all workers.",
)
@click.option("--otel", is_flag=True, help="Traces, to where OTEL_EXPORTER_OTLP_ENDPOINT says.")
@common
def command(call: Call, slots: int, per_user: int, otel: bool) -> int:
    """Take runs from the queue of this home and carry them out, until it is stopped.

    Logs are lines of JSON on stderr.
    """
    from fuyajo.http import logs
    from fuyajo.service import tracing
    from fuyajo.service.working import Worker

    gc.enable()  # switched off for short commands
    logs.to()
    worker = Worker(call.actor.settings, call.actor.database, slots=slots, per_user=per_user)
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        asked.append(number)
        worker.stop(now=len(asked) > 1)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    note(text("ui.worker.works", call.lang, name=worker.name, slots=slots))
    with tracing.on(otel, os.environ):
        worker.run()
    return Exit.DONE
