"""`fuyajo plan`: words or a file → a plan, an answer, or every problem."""

from __future__ import annotations

from dataclasses import replace

import click

from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, is_japanese, note, say, say_json
from fuyajo.domain.errors import Exit, FuyajoError
from fuyajo.domain.texts import Lang, text
from fuyajo.service.planning import Planned, from_config, from_words
from fuyajo.views.inert import inert
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
    if (words is None) == (file is None):
        raise click.UsageError("give either a TEXT or -f FILE")
    if lang_of_words := _spoken(words):
        call = replace(call, lang=lang_of_words)
    try:
        planned = _planned(call, words, file, backend)
    except FuyajoError as error:
        if not call.as_json:
            return fail(error.problems, error.exit, call.lang, as_json=False)
        problems = [problem.as_json(call.lang) for problem in error.problems]
        asked = "file" if file or words == "-" else backend or call.actor.settings.backend
        name = getattr(error, "backend", asked)
        say_json({"reply": None, "plan": None, "backend": name, "problems": problems})
        return error.exit
    _show(call, planned)
    changes = planned.plan is not None and not planned.plan.nothing_to_do
    return Exit.CHANGES if changes and detailed_exitcode else Exit.DONE


def _spoken(words: str | None) -> Lang | None:
    """The language of the wish, where nobody asked for another one."""
    asked = click.get_current_context().params.get("lang")
    return "ja" if words and not asked and is_japanese(words) else None


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
    if planned.planner is not None and (planned.plan or call.verbose):
        key = "ui.planner_why" if planned.planner.why and call.verbose else "ui.planner"
        note(text(key, call.lang, backend=planned.backend, why=planned.planner.why))
    if planned.reply.message:
        say(inert(planned.reply.message))
    if planned.plan:
        if planned.reply.message:
            say("")
        say(plan_lines(planned.plan, call.lang))
        if not planned.plan.nothing_to_do:
            note(text("ui.apply_with", call.lang, id=planned.plan.id))
