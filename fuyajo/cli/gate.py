"""The gate on a terminal: progress while it measures, and the table of scores."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fuyajo.cli.options import Call
from fuyajo.cli.output import note
from fuyajo.domain.texts import text

if TYPE_CHECKING:
    from fuyajo.planner.gate.run import Measured, Run
    from fuyajo.service.evaluating import OnRun


@contextmanager
def progress_for(call: Call) -> Iterator[OnRun]:
    """A callback for runs: a bar on a terminal, a line for each class elsewhere, nothing with --json."""
    if call.as_json:
        yield lambda _run, _measured: None
    elif sys.stderr.isatty():
        with _live(call) as on_run:
            yield on_run
    else:
        plain = _Plain()
        yield plain.on_run
        plain.end()


class _Plain:
    """One line for each class when all of its runs are done, the others at the end: for logs and pipes."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._passes: Counter[str] = Counter()
        self._runs: Counter[str] = Counter()

    def on_run(self, run: Run, measured: Measured) -> None:
        kind = run.case.kind
        self._passes[kind] += run.score.passed
        self._runs[kind] += 1
        if self._runs[kind] == measured.expected[kind]:
            self._say(kind)

    def end(self) -> None:
        for kind in list(self._runs):
            self._say(kind)

    def _say(self, kind: str) -> None:
        note(
            f"[{time.monotonic() - self._start:6.1f} s] {kind} "
            f"{self._passes.pop(kind)}/{self._runs.pop(kind)}"
        )


@contextmanager
def _live(call: Call) -> Iterator[OnRun]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[kind]} {task.fields[failed]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        words = text("ui.gate.progress", call.lang)
        task = progress.add_task(words, total=None, kind="", failed="")
        failed = 0

        def on_run(run: Run, measured: Measured) -> None:
            nonlocal failed
            failed += not run.score.passed
            progress.update(
                task,
                total=measured.expected.total(),
                completed=len(measured.runs),
                kind=run.case.kind,
                failed=f"✗ {failed}" if failed else "",
            )

        yield on_run


def table(rows: list[list[str]]) -> None:
    """Rows below a head, as a table on stdout."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False)
    for index, cell in enumerate(rows[0]):
        drawn.add_column(Text(cell), justify="left" if index == 0 else "right", no_wrap=True)
    for row in rows[1:]:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(file=sys.stdout, highlight=False).print(drawn)
    sys.stdout.flush()
