"""`fuyajo top`: what all machines do now."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from threading import Event

import click

from fuyajo.cli.group import examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.service import fleet as service
from fuyajo.service.fleet import Fleet
from fuyajo.views.fleet import HEADS, SORTS, chosen, fleet_json, host_line, machine_cells

#: Seconds between the two looks that rates need, where it looks once.
FIRST = 1.0


@click.command(
    epilog=examples(
        "fuyajo top",
        "fuyajo top --sort memory --interval 5",
        "fuyajo top --once --json | jq '.machines[] | [.vm, .values.cpu]'",
    )
)
@click.option("--sort", type=click.Choice(SORTS), default="cpu", show_default=True)
@click.option(
    "--interval",
    type=click.FloatRange(0.5, 3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
)
@click.option("-n", "--looks", type=click.IntRange(1), metavar="N", help="End after so many looks.")
@click.option("--once", is_flag=True, help="Look once, print it, and end.")
@click.option(
    "--filter", "having", default="", metavar="TEXT", help="Machines with this in the name."
)
@click.option("--all", "everybody", is_flag=True, help="Everybody's; for administrators.")
@common
def command(
    call: Call,
    sort: str,
    interval: float,
    looks: int | None,
    once: bool,
    having: str,
    everybody: bool,
) -> int:
    """Processor, memory, disk and network of all machines, and what the hypervisors have left.

    Keys: q ends, s sorts by the next column, h explains.
    """
    with _Looks(call, everybody) as take:
        if once or call.as_json or not (sys.stdout.isatty() and sys.stdin.isatty()):
            return _plain(call, take, interval, 1 if once or call.as_json else looks, sort, having)
        from fuyajo.cli.live_top import watch

        return watch(call, take, interval, looks, sort, having)


class _Looks:
    """Measured by this process, or what a service measured last."""

    def __init__(self, call: Call, everybody: bool) -> None:
        self._call, self._everybody = call, everybody
        self._live: service.Live | None = None

    def __enter__(self) -> Callable[[], Fleet]:
        if self._call.server is not None:
            return partial(self._call.ask, service.fleet, self._everybody)
        self._live = service.Live(self._call.actor, self._everybody)
        return self._live.look

    def __exit__(self, *_exception: object) -> None:
        if self._live is not None:
            self._live.close()


def _plain(
    call: Call,
    take: Callable[[], Fleet],
    interval: float,
    looks: int | None,
    sort: str,
    having: str,
) -> int:
    """For a pipe or a dumb terminal: one block of lines for each look."""
    from fuyajo.views.machine import columns

    pause, told = Event(), 0
    if call.server is None:
        take()  # rates lie between two looks
        pause.wait(FIRST)
    while looks is None or told < looks:
        if told:
            pause.wait(interval)
        found = take()
        told += 1
        if call.as_json:
            say_json(fleet_json(found))
            continue
        say([host_line(host, call.lang) for host in found.hosts])
        rows = [machine_cells(row) for row in chosen(found.machines, sort, having)]
        say(columns([list(HEADS), *rows]))
    return Exit.DONE
