"""`fuyajo plan`: words or a file → a plan, an answer, or every problem."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.drawing import draw, is_picture
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, say_json
from fuyajo.cli.talking import Talking, in_language_of, talking
from fuyajo.cli.telling import failed_json, tell
from fuyajo.domain.errors import Exit, FuyajoError, Problem, shown
from fuyajo.service.planning import Planned
from fuyajo.service.replanning import again
from fuyajo.views.planned import planned_json


@click.command(
    epilog="""\b
Examples:
  fuyajo plan "a web server called hello with 1 GB of memory"
  fuyajo plan "メモリ1GBのウェブサーバーhelloを作って"
  fuyajo plan "stop it"         (what was said last in this terminal)
  fuyajo plan -f env.yml
  fuyajo plan -f env.yml --graph order.svg
  fuyajo plan --again p-1a2b3c4d
  fuyajo plan --json "stop hello" | jq .plan.changes
"""
)
@click.argument("words", required=False, metavar="TEXT")
@click.option(
    "-f", "--file", "file", metavar="FILE", help="A request in YAML or JSON; - for stdin."
)
@click.option(
    "--graph",
    is_flag=False,
    flag_value="-",
    metavar="[FILE]",
    help="The order of the plan as well: FILE.svg, FILE.png, or - for text (the default).",
)
@click.option(
    "--again",
    "plan_id",
    metavar="PLAN",
    shell_complete=complete.plans,
    help="The same request as that plan, against the host as it is now.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when the plan has changes.")
@talking
@common
def command(
    call: Call,
    words: str | None,
    file: str | None,
    plan_id: str | None,
    backend: str | None,
    graph: str | None,
    detailed_exitcode: bool,
    talking: Talking,
) -> int:
    """Show what a wish would create, change and destroy. Nothing happens yet."""
    if [words, file, plan_id] == [None, None, None] and graph and not is_picture(graph):
        words, graph = graph, "-"  # `--graph "a wish"`
    if graph == "-" and call.as_json:
        raise click.UsageError("--json has the order in it; give --graph a FILE")
    if [words, file, plan_id].count(None) != 2:
        raise click.UsageError("give either a TEXT, -f FILE or --again PLAN")
    if graph is not None and not is_picture(graph):
        unknown = Problem("--graph", "graph_format", {"value": shown(graph)})
        return fail([unknown], Exit.INVALID, call.lang, call.as_json)
    call = in_language_of(call, words)
    try:
        if plan_id is not None:
            planned, told = call.ask(again, plan_id), False
        else:
            planned, told = _planned(call, words, file, backend, talking)
    except FuyajoError as error:
        if not call.as_json:
            return fail(error.problems, error.exit, call.lang, as_json=False)
        say_json(failed_json(call, error, _asked(call, words, file, plan_id, backend)))
        return error.exit
    if call.as_json:
        say_json(planned_json(planned))
    else:
        tell(call, planned, shown=told)
    if graph is not None and planned.plan is not None:
        draw(call, planned.plan, graph)
    changes = planned.plan is not None and not planned.plan.nothing_to_do
    return Exit.CHANGES if changes and detailed_exitcode else Exit.DONE


def _asked(
    call: Call, words: str | None, file: str | None, plan_id: str | None, backend: str | None
) -> str:
    """Who was to answer."""
    if plan_id is not None:
        return "again"
    if file is not None or words == "-":
        return "file"
    return backend or call.local.settings.backend


def _planned(
    call: Call, words: str | None, file: str | None, backend: str | None, talking: Talking
) -> tuple[Planned, bool]:
    if file is not None or words == "-":
        from fuyajo.cli.source import planned_from

        return planned_from(call, file or "-", "plan"), False
    return talking.wish(call, talking.talk(call), words or "", backend)
