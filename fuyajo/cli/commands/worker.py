"""`fuyajo worker`: carry out what the service was asked for."""

from __future__ import annotations

import gc
import os
import signal

import click

from fuyajo.cli import complete
from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text

SLOTS, PER_USER = 4, 2


@click.command(
    epilog=examples(
        "fuyajo worker", "fuyajo worker --slots 8 --per-user 3", "fuyajo worker --host kvm2"
    )
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
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    shell_complete=complete.hosts,
    help="Only runs on this hypervisor, which is near: reached by its local URI. May be repeated.",
)
@common
def command(call: Call, slots: int, per_user: int, otel: bool, hosts: tuple[str, ...]) -> int:
    """Take runs from the queue of this home and carry them out, until it is stopped.

    Logs are lines of JSON on stderr.
    """
    from fuyajo.http import logs
    from fuyajo.service import hosting, tracing
    from fuyajo.service.working import Worker
    from fuyajo.store import alone

    for name in hosts:
        hosting.on(call.actor, name)
    gc.enable()  # switched off for short commands
    logs.to()
    worker = Worker(
        call.actor.settings,
        call.actor.database,
        slots=slots,
        per_user=per_user,
        hosts=frozenset(hosts),
    )
    asked: list[int] = []

    def stop(number: int, _frame: object) -> None:
        asked.append(number)
        worker.stop(now=len(asked) > 1)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    note(text("ui.worker.works", call.lang, name=worker.name, slots=slots))
    with alone.worker(call.actor.settings.home), tracing.on(otel, os.environ):
        worker.run()
    return Exit.DONE
