"""The message of a planner on a terminal while it arrives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fuyajo.cli.options import Call
from fuyajo.cli.output import note
from fuyajo.domain.texts import text
from fuyajo.views.inert import inert

if TYPE_CHECKING:
    from fuyajo.planner.backend import Partial
    from fuyajo.planner.dialogue import Again


class Stream:
    """Pieces to stdout, each made harmless by itself: what a terminal obeys begins with one character."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._live = not call.as_json and sys.stdout.isatty()
        self._shown = ""

    def __call__(self, event: Partial | Again) -> None:
        if not self._live:
            return
        pieces = getattr(event, "text", None)
        if pieces is not None:
            if getattr(event, "restarts", False):
                self.end()  # the planner itself began again; what stands there is not the message
            self._shown += pieces
            sys.stdout.write(inert(pieces))
            sys.stdout.flush()
            return
        self.end()
        for problem in getattr(event, "problems", ())[:1]:
            why = inert(problem.message(self._call.lang))
            note(text("ui.again", self._call.lang, why=f"{why}."))

    def end(self) -> None:
        """Finish the line; what follows begins afresh."""
        if self._shown and not self._shown.endswith("\n"):
            sys.stdout.write("\n")
            sys.stdout.flush()
        self._shown = ""

    def finish(self, message: str) -> bool:
        """Whether exactly this message has been shown, so that nobody need say it again."""
        whole = bool(self._shown) and self._shown.strip() == message.strip()
        self.end()
        return whole


@contextmanager
def streaming(call: Call) -> Iterator[Stream]:
    """A stream whose line is finished whatever happens."""
    stream = Stream(call)
    try:
        yield stream
    finally:
        stream.end()
