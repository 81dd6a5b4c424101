"""`fuyajo undo`: a plan that takes back what a run did."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.undoing import Undone, undo
from fuyajo.views.plan import plan_lines
from fuyajo.views.trash import left_lines
from fuyajo.views.undone import problems_of, undone_json


@click.command(
    epilog="""\b
Examples:
  fuyajo undo r-20261122-210455-1a2b
  fuyajo apply                       (the plan that this made)
  fuyajo undo --json r-20261122-210455-1a2b | jq .left
"""
)
@click.argument("run_id", metavar="RUN", shell_complete=complete.runs)
@common
def command(call: Call, run_id: str) -> int:
    """Make a plan that takes back what RUN did. Nothing happens before you apply it.

    What cannot be taken back, or was changed again since, is named with the reason.
    """
    undone = call.ask(undo, run_id)
    problems = problems_of(undone)
    if call.as_json:
        say_json(undone_json(undone, call.lang))
    else:
        _say(call, undone)
        if problems:
            return fail(problems, Exit.FAILED, call.lang, as_json=False)
    return Exit.FAILED if problems else Exit.DONE


def _say(call: Call, undone: Undone) -> None:
    if undone.plan is not None:
        say(plan_lines(undone.plan, call.lang))
    elif not undone.left:
        say(text("ui.undo_nothing", call.lang, id=undone.record.id))
    if undone.left:
        say(["", text("ui.undo_left", call.lang, id=undone.record.id)])
        say(left_lines(undone.left, call.lang))
    if undone.plan is not None:
        note(text("ui.apply_with", call.lang, id=undone.plan.id))
