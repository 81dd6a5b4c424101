"""Live progress: one line that moves on a terminal, plain lines elsewhere, nothing with --json."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fuyajo.cli.options import Call
from fuyajo.cli.output import note
from fuyajo.domain.text_rules import told_once
from fuyajo.domain.texts import Lang
from fuyajo.views.run import stage_label

if TYPE_CHECKING:
    from fuyajo.engine.runner import Event

OnEvent = Callable[["Event"], None]


@contextmanager
def progress_for(call: Call) -> Iterator[OnEvent]:
    """A callback for events, drawn as fits where stderr goes."""
    if call.as_json:
        yield lambda _event: None
    elif sys.stderr.isatty():
        with _live(call.lang) as on_event:
            yield on_event
    else:
        yield _Plain(call).on_event


class _Plain:
    """One line a stage, and one an event with -v: for logs and pipes."""

    def __init__(self, call: Call) -> None:
        self._lang: Lang = call.lang
        self._verbose = call.verbose
        self._start = time.monotonic()
        self._stage: str | None = None

    def on_event(self, event: Event) -> None:
        elapsed = f"[{time.monotonic() - self._start:6.1f} s]"
        if event.stage and event.stage != self._stage:
            self._stage = event.stage
            note(f"{elapsed} {stage_label(event.stage, self._lang)}")
        if event.kind in {"failed", "unreachable"} or (self._verbose and event.message):
            said = " ".join(told_once(event.message))
            note(f"{elapsed}   {event.host or ''} {said}".rstrip())


@contextmanager
def _live(lang: Lang) -> Iterator[OnEvent]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[last]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(stage_label("prepare", lang), total=None, last="")

        def on_event(event: Event) -> None:
            if event.stage:
                progress.update(task, description=escape(stage_label(event.stage, lang)))
            if event.message and event.kind != "result":
                progress.update(task, last=escape(" ".join(event.message[:70].split())))

        yield on_event
