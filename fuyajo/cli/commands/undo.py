"""`fuyajo undo`: a plan that takes back what a run did."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, note, say, say_json
from fuyajo.domain.errors import Exit, Problem
from fuyajo.domain.texts import text
from fuyajo.service.undoing import Undone, undo
from fuyajo.views.plan import plan_json, plan_lines
from fuyajo.views.trash import left_json, left_lines


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
    undone = undo(call.actor, run_id)
    stuck = undone.plan is None and bool(undone.left)
    problems = [Problem("", "undo_impossible", {"value": undone.record.id})] if stuck else []
    if call.as_json:
        _say_json(call, undone, problems)
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


def _say_json(call: Call, undone: Undone, problems: list[Problem]) -> None:
    say_json(
        {
            "run": undone.record.id,
            "plan": plan_json(undone.plan) if undone.plan else None,
            "left": [left_json(one, call.lang) for one in undone.left],
            "problems": [problem.as_json(call.lang) for problem in problems],
        }
    )
