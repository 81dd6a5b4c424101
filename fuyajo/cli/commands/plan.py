"""`fuyajo plan`: words or a file → a plan, an answer, or every problem."""

from __future__ import annotations

import click

from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, note, say, say_json
from fuyajo.domain.errors import Exit, InvalidInput
from fuyajo.domain.texts import text
from fuyajo.service.planning import Planned, from_config, from_words
from fuyajo.views.plan import plan_json, plan_lines


@click.command(
    epilog="""\b
Examples:
  fuyajo plan "a web server called hello with 1 GB of memory"
  fuyajo plan "メモリ1GBのウェブサーバーhelloを作って"
  fuyajo plan -f env.yml
  fuyajo plan --json "stop hello" | jq .plan.changes
"""
)
@click.argument("words", required=False, metavar="TEXT")
@click.option(
    "-f", "--file", "file", metavar="FILE", help="A request in YAML or JSON; - for stdin."
)
@click.option("--backend", default=None, help="auto, rules or claude.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 10 when the plan has changes.")
@common
def command(
    call: Call, words: str | None, file: str | None, backend: str | None, detailed_exitcode: bool
) -> int:
    """Show what a wish would create, change and destroy. Nothing happens yet."""
    if (words is None) == (file is None) and words != "-":
        raise click.UsageError("give either a TEXT or -f FILE")
    try:
        planned = _planned(call, words, file, backend)
    except InvalidInput as error:
        if call.as_json:
            problems = [problem.as_json(call.lang) for problem in error.problems]
            say_json({"reply": None, "plan": None, "backend": backend, "problems": problems})
            return Exit.INVALID
        return fail(error.problems, Exit.INVALID, call.lang, as_json=False)
    _show(call, planned)
    changes = planned.plan is not None and not planned.plan.nothing_to_do
    return Exit.CHANGES if changes and detailed_exitcode else Exit.DONE


def _planned(call: Call, words: str | None, file: str | None, backend: str | None) -> Planned:
    if file is not None or words == "-":
        from fuyajo.cli.source import read_config

        source = file or "-"
        return from_config(call.actor, read_config(source), f"plan -f {source}")
    return from_words(call.actor, words or "", call.lang, backend)


def _show(call: Call, planned: Planned) -> None:
    if call.as_json:
        say_json(
            {
                "reply": planned.reply.model_dump(mode="json"),
                "plan": plan_json(planned.plan) if planned.plan else None,
                "backend": planned.backend,
                "problems": [],
            }
        )
        return
    if planned.backend != "file" and (planned.plan or call.verbose):
        key = "ui.planner_why" if planned.backend_reason else "ui.planner"
        note(text(key, call.lang, backend=planned.backend, why=planned.backend_reason))
    if planned.reply.message:
        say(planned.reply.message)
    if planned.plan:
        if planned.reply.message:
            say("")
        say(plan_lines(planned.plan, call.lang))
        if not planned.plan.nothing_to_do:
            note(text("ui.apply_with", call.lang, id=planned.plan.id))
