"""Pictures in files: `--graph`, the order of a plan (or as text on stdout), and `--png`, measured history."""

from __future__ import annotations

from pathlib import Path

from fuyajo.cli.options import Call
from fuyajo.cli.output import note, say
from fuyajo.domain.history import History
from fuyajo.domain.plan import Plan
from fuyajo.domain.texts import text
from fuyajo.views.inert import inert


def is_picture(file: str) -> bool:
    """Whether the name says what to draw."""
    return file == "-" or Path(file).suffix.lower() in (".svg", ".png")


def draw(call: Call, plan: Plan, file: str) -> None:
    """Raises `Unavailable` for a PNG without Pillow, and OSError."""
    from fuyajo.views.graph import graph_lines, graph_svg

    if file == "-":
        say(["", *graph_lines(plan, call.lang)])
        return
    if Path(file).suffix.lower() == ".svg":
        drawn = graph_svg(plan)
    else:
        from fuyajo.views.graph_png import graph_png

        drawn = graph_png(plan)
    Path(file).write_bytes(drawn)
    note(text("ui.graph.written", call.lang, file=inert(file)))


def draw_history(call: Call, found: History, file: str) -> None:
    """Raises `Unavailable` without Pillow, and OSError."""
    from fuyajo.views.history_png import history_png

    Path(file).write_bytes(history_png(found))
    note(text("ui.graph.written", call.lang, file=inert(file)))
