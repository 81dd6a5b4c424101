"""`fuyajo eval`: measure a planner, admit it, ask it the known questions, see who may plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import fail, note, say, say_json
from fuyajo.cli.talking import complete_backend
from fuyajo.domain.admission import plain
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.planner.gate.admission import ADMIT_K
from fuyajo.service.evaluating import Held, Measure, admit, canary, evaluate, standings
from fuyajo.service.taping import tape_for

if TYPE_CHECKING:
    from fuyajo.planner.gate.report import Report

RUNS = 1, 50
MOST_AT_ONCE = 64

parallel_option = click.option(
    "--parallel",
    type=click.IntRange(1, MOST_AT_ONCE),
    help="So many at once; default: as fits the planner.",
)
html_option = click.option(
    "--html", metavar="FILE", type=click.Path(path_type=Path), help="Write a page too."
)


@click.group(
    cls=Group,
    invoke_without_command=True,
    epilog=examples(
        "fuyajo eval --backend rules",
        "fuyajo eval --backend openai -k 5 --html report.html",
        "fuyajo eval --backend claude --classes greeting,injection --limit 5",
        "fuyajo eval --backend openai --dataset my.jsonl --json | jq .classes",
        "fuyajo eval --backend claude --limit 2 -k 1 --record said.jsonl",
        "fuyajo eval --replay said.jsonl --limit 2 -k 1",
        "fuyajo eval admit openai",
        "fuyajo eval list",
    ),
)
@click.option(
    "--backend",
    metavar="NAME",
    shell_complete=complete_backend,
    help="The planner to measure: rules, openai, claude or anthropic.",
)
@click.option(
    "--dataset", metavar="FILE", type=click.Path(path_type=Path), help="Cases as JSON lines."
)
@click.option(
    "-k", "runs", type=click.IntRange(*RUNS), default=ADMIT_K, help="Runs of each case; default 5."
)
@click.option("--classes", metavar="A,B", help="Only these classes.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many cases of each class.")
@parallel_option
@html_option
@click.option("--record", metavar="FILE", help="Keep what the planner says.")
@click.option("--replay", metavar="FILE", help="Play a recording back instead of asking.")
@common
@click.pass_context
def command(
    context: click.Context,
    call: Call,
    backend: str | None,
    dataset: Path | None,
    runs: int,
    classes: str | None,
    limit: int | None,
    parallel: int | None,
    html: Path | None,
    record: str | None,
    replay: str | None,
) -> int | None:
    """Measure a planner: whether it plans what is asked for, and nothing where nothing is asked for."""
    if context.invoked_subcommand is not None:
        _none_before(context, context.invoked_subcommand)
        return None
    if (backend is None) == (replay is None):
        raise click.UsageError("name a planner: --backend NAME, or a recording: --replay FILE")
    _writable(html)
    kinds = tuple(filter(None, (classes or "").split(",")))
    from fuyajo.cli.gate import progress_for

    name, tape = backend or "replay", tape_for(record, replay)
    wanted = Measure(name, dataset, runs, kinds, limit, parallel, tape=tape)
    with progress_for(call) as on_run:
        found = evaluate(call.actor, wanted, on_run)
    _show(call, found)
    _write(call, found, html)
    return _exit(call, found)


def _none_before(context: click.Context, name: str) -> None:
    """An option in front of a command that has its own would be silently forgotten."""
    for key in context.params:
        if context.get_parameter_source(key) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"options go after `{name}`")


@command.command("admit", epilog=examples("fuyajo eval admit openai", "fuyajo eval admit rules"))
@click.argument("backend", metavar="NAME")
@click.option(
    "-k",
    "runs",
    type=click.IntRange(ADMIT_K, RUNS[1]),
    default=ADMIT_K,
    help="Runs of each case; at least and by default 5.",
)
@parallel_option
@html_option
@common
def admit_command(
    call: Call, backend: str, runs: int, parallel: int | None, html: Path | None
) -> int:
    """Measure a planner with every case, and let it plan if it passes.

    It ends at the first config where nothing was asked for: one is enough to refuse it.
    """
    _writable(html)
    from fuyajo.cli.gate import progress_for

    with progress_for(call) as on_run:
        found, record = admit(call.actor, backend, runs, on_run, parallel)
    _show(call, found, admission=plain(record) if record else None)
    _write(call, found, html)
    if not call.as_json and not found.interrupted:
        key, when = "refused", ""
        if record is not None:
            key, when = "admitted_open", ""
            if record.expires is not None:
                key, when = "admitted", f"{record.expires.astimezone():%Y-%m-%d %H:%M}"
        say(text(f"ui.gate.{key}", call.lang, backend=backend, when=when))
    code = _exit(call, found)
    return Exit.FAILED if code == Exit.DONE and record is None else code


@command.command("canary", epilog=examples("fuyajo eval canary claude"))
@click.argument("backend", metavar="NAME")
@common
def canary_command(call: Call, backend: str) -> int:
    """Ask a planner three greetings and two wishes; a wrong answer demotes it at once."""
    from fuyajo.planner.gate.report import run_json
    from fuyajo.views.gate import run_lines

    found, standing = canary(call.actor, backend)
    wrong = found.failed
    if call.as_json:
        say_json(
            {
                "backend": backend,
                "passed": wrong is None,
                "admitted": standing.admitted,
                "problems": [standing.why.as_json(call.lang)] if standing.why else [],
                "failed": run_json(wrong) if wrong else None,
            }
        )
    else:
        if wrong is not None:
            say(run_lines(wrong, call.lang))
        key = "failed" if wrong else "ok" if standing.admitted else "still"
        count = len(found.runs)
        say(text(f"ui.gate.canary_{key}", call.lang, backend=backend, count=count))
        if standing.why is not None:
            fail([standing.why], Exit.FAILED, call.lang, as_json=False)
    return Exit.DONE if wrong is None else Exit.FAILED


@command.command("list", epilog=examples("fuyajo eval list", "fuyajo eval list --json"))
@common
def list_command(call: Call) -> int:
    """Show which planners may plan, and why the others may not."""
    found = standings(call.actor)
    if call.as_json:
        say_json([_held_json(held, call) for held in found])
        return Exit.DONE
    from fuyajo.views.gate import held_lines

    for held in found:
        say(held_lines(held, call.lang))
    return Exit.DONE


def _held_json(held: Held, call: Call) -> dict[str, object]:
    stands, admission = held.standing, held.record.admission
    why = [stands.why] if stands and stands.why else []
    return {
        "backend": held.backend,
        "admitted": bool(stands and stands.admitted),
        "scores": dict(stands.scores) if stands else {},
        "expires": admission.expires.isoformat() if admission and admission.expires else None,
        "canary": held.record.canary_at.isoformat() if held.record.canary_at else None,
        "problems": [problem.as_json(call.lang) for problem in (*held.problems, *why)],
    }


# --- a report ----------------------------------------------------------------------------------------


def _show(call: Call, found: Report, **more: object) -> None:
    if call.as_json:
        from fuyajo.planner.gate.report import report_json

        say_json({**report_json(found), **more})
        return
    from fuyajo.cli.gate import table
    from fuyajo.views import gate

    say(gate.slip_lines(found, call.lang))
    table(gate.score_rows(found, call.lang))
    say(gate.labelled(gate.fact_rows(found, call.lang)))
    say(["", *gate.failing_lines(found, call.lang, bool(call.verbose))])
    say(["", *gate.verdict_lines(found, call.lang)])


def _exit(call: Call, found: Report) -> int:
    if found.interrupted:
        return Exit.INTERRUPTED
    if found.gone is not None:
        # Standard output has the report already.
        return fail(found.gone.problems, Exit.UNAVAILABLE, call.lang, as_json=False)
    return Exit.DONE if found.passed else Exit.FAILED


def _writable(html: Path | None) -> None:
    """Said before an hour is spent on measuring."""
    if html is not None and not html.absolute().parent.is_dir():
        raise click.UsageError(f"there is no directory {html.absolute().parent}")


def _write(call: Call, found: Report, html: Path | None) -> None:
    if html is None:
        return
    from fuyajo.store.files import write_whole
    from fuyajo.views.gate_html import page

    write_whole(html, page(found, call.lang).encode())
    note(text("ui.gate.html", call.lang, path=str(html)))
