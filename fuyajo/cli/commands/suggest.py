"""`fuyajo suggest`: plans that what was measured speaks for."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit, NotFound, Problem, shown
from fuyajo.domain.suggestion import Suggestion
from fuyajo.domain.texts import text
from fuyajo.service.suggesting import plan_suggested, suggestions
from fuyajo.views.plan import plan_json, plan_lines
from fuyajo.views.suggestion import suggestion_json, suggestion_lines


@click.command(
    epilog="""\b
Examples:
  fuyajo suggest
  fuyajo suggest web db --json
  fuyajo suggest --plan 1
  fuyajo suggest --plan web.cpu_up
"""
)
@click.argument("names", nargs=-1, metavar="[VM]...", shell_complete=complete.own_vms)
@click.option("--plan", "which", metavar="N|ID", help="Make the plan of that one.")
@common
def command(call: Call, names: tuple[str, ...], which: str | None) -> int:
    """What might be done with your machines, from what was measured, with the numbers beside it.

    Nothing happens by itself: --plan makes a plan, which you apply or leave.
    """
    found = call.ask(suggestions, names)
    if which is not None:
        return _plan(call, found, which)
    if call.as_json:
        say_json([suggestion_json(one) for one in found])
    elif found:
        say(suggestion_lines(found, call.lang))
        note(text("ui.suggest.next", call.lang))
    else:
        say(text("ui.suggest.none", call.lang))
    return Exit.DONE


def _plan(call: Call, found: list[Suggestion], which: str) -> int:
    numbered = {str(number): one for number, one in enumerate(found, 1)}
    known = numbered | {one.id: one for one in found}
    if which not in known:
        raise NotFound(Problem("--plan", "suggestion_not_found", {"value": shown(which)}))
    plan = call.ask(plan_suggested, known[which].vm, known[which].rule)
    if call.as_json:
        say_json(plan_json(plan))
    else:
        say(plan_lines(plan, call.lang))
        note(text("ui.apply_with", call.lang, id=plan.id))
    return Exit.DONE
