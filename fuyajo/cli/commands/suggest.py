"""`fuyajo suggest`: plans that what was measured speaks for."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit, InvalidInput, NotFound, Problem, shown
from fuyajo.domain.suggestion import Suggestion
from fuyajo.domain.texts import text
from fuyajo.service.suggesting import DISMISS_DAYS, dismiss, plan_suggested, suggestions
from fuyajo.views.plan import plan_json, plan_lines
from fuyajo.views.suggestion import suggestion_json, suggestion_lines


@click.command(
    epilog="""\b
Examples:
  fuyajo suggest
  fuyajo suggest web db --json
  fuyajo suggest --plan 1
  fuyajo suggest --plan web.cpu_up
  fuyajo suggest --dismiss web.idle --days 90
"""
)
@click.argument("names", nargs=-1, metavar="[VM]...", shell_complete=complete.own_vms)
@click.option("--plan", "which", metavar="N|ID", help="Make the plan of that one.")
@click.option("--dismiss", "unwanted", metavar="N|ID", help="Do not show that one for a while.")
@click.option("--days", default=DISMISS_DAYS, show_default=True, help="With --dismiss.")
@click.option("--all", "dismissed", is_flag=True, help="Dismissed ones too.")
@common
def command(
    call: Call,
    names: tuple[str, ...],
    which: str | None,
    unwanted: str | None,
    days: int,
    dismissed: bool,
) -> int:
    """What might be done with your machines, from what was measured, with the numbers beside it.

    Nothing happens by itself: --plan makes a plan, which you apply or leave.
    """
    if which is not None and unwanted is not None:
        raise InvalidInput(Problem("--dismiss", "suggest_both"))
    found = call.ask(suggestions, names, dismissed)
    if which is not None:
        return _plan(call, _chosen(found, which, "--plan"))
    if unwanted is not None:
        return _dismiss(call, _chosen(found, unwanted, "--dismiss"), days)
    if call.as_json:
        say_json([suggestion_json(one) for one in found])
    elif found:
        say(suggestion_lines(found, call.lang))
        note(text("ui.suggest.next", call.lang))
    else:
        say(text("ui.suggest.none", call.lang))
    return Exit.DONE


def _chosen(found: list[Suggestion], which: str, path: str) -> Suggestion:
    numbered = {str(number): one for number, one in enumerate(found, 1)}
    known = numbered | {one.id: one for one in found}
    if which not in known:
        raise NotFound(Problem(path, "suggestion_not_found", {"value": shown(which)}))
    return known[which]


def _dismiss(call: Call, one: Suggestion, days: int) -> int:
    call.ask(dismiss, one.vm, one.rule, days)
    if call.as_json:
        say_json({"id": one.id, "days": days})
    else:
        say(text("ui.suggest.dismissed", call.lang, id=one.id, days=days))
    return Exit.DONE


def _plan(call: Call, one: Suggestion) -> int:
    plan = call.ask(plan_suggested, one.vm, one.rule)
    if call.as_json:
        say_json(plan_json(plan))
    else:
        say(plan_lines(plan, call.lang))
        note(text("ui.apply_with", call.lang, id=plan.id))
    return Exit.DONE
