"""The screen of `fuyajo top`: a table that is drawn anew, and keys; the terminal is left as it was."""

from __future__ import annotations

import select
import signal
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from fuyajo.cli.options import Call
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.fleet import Fleet
from fuyajo.views.fleet import HEADS, SORTS, chosen, host_line, machine_cells

#: Lines that are no machine: hosts come on top of these.
FRAME = 5


def watch(
    call: Call,
    take: Callable[[], Fleet],
    interval: float,
    looks: int | None,
    sort: str,
    having: str,
) -> int:
    """Until `q`, Ctrl-C, or so many looks."""
    told, explains = 0, False
    console = Console()
    with _keys() as pressed, Live(console=console, screen=True, auto_refresh=False) as live:
        while looks is None or told < looks:
            found, told = take(), told + 1
            until = time.monotonic() + interval
            while True:
                shown = _screen(call, found, sort, having, explains, console.size.height)
                live.update(shown, refresh=True)
                key = pressed(max(0.0, until - time.monotonic()))
                if key in ("q", "\x03", "\x04"):
                    return Exit.DONE
                if key == "s":
                    sort = SORTS[(SORTS.index(sort) + 1) % len(SORTS)]
                elif key in ("h", "?"):
                    explains = not explains
                elif not key:
                    break
    return Exit.DONE


def _screen(
    call: Call, found: Fleet, sort: str, having: str, explains: bool, height: int
) -> RenderableType:
    """Guests' names are plain text here: nothing in them is markup, and `inert` took the rest out."""
    table = Table(box=None, expand=True, pad_edge=False)
    for head in HEADS:
        right = head not in ("VM", "STATE")
        table.add_column(Text(head), justify="right" if right else "left", no_wrap=True)
    rows = chosen(found.machines, sort, having)
    room = max(1, height - FRAME - len(found.hosts))
    for row in rows[:room]:
        table.add_row(*(Text(cell) for cell in machine_cells(row)))
    lines = [Text(host_line(host, call.lang)) for host in found.hosts]
    running = sum(row.state == "running" for row in rows)
    counts = {"running": running, "count": len(rows), "hidden": max(0, len(rows) - room)}
    lines.append(Text(text("ui.top.count", call.lang, sort=sort, **counts)))
    foot = "ui.top.help" if explains else "ui.top.keys"
    return Group(*lines, Text(""), table, Text(text(foot, call.lang), style="dim"))


@contextmanager
def _keys() -> Iterator[Callable[[float], str]]:
    """Reads one key within some seconds; "" when none came. The terminal gets its settings back."""
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    # Whoever ends us by TERM or HUP gets the terminal back, too.
    handlers = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    tty.setcbreak(fd)

    def pressed(seconds: float) -> str:
        ready, _, _ = select.select([fd], [], [], seconds)
        if not ready:
            return ""
        return sys.stdin.read(1) or "q"  # the terminal is gone

    try:
        yield pressed
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
