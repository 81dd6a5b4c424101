"""`fuyajo audit`: who did what, and whether that record is whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.moments import moment
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.texts import text
from fuyajo.service.auditing import Wanted, entries, head_of, verified
from fuyajo.views.audit import audit_json, audit_rows, verified_json
from fuyajo.views.machine import columns
from fuyajo.views.problem import problem_lines


@click.group(
    cls=Group,
    epilog=examples(
        "fuyajo audit list --since 7d",
        "fuyajo audit verify",
        "fuyajo audit export --since 2026-11-01 > november.jsonl",
    ),
)
def command() -> None:
    """Who did what, through which door, and how it ended."""


def choosing(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose rows."""
    for option in (
        click.option("--run", default=None, metavar="RUN", shell_complete=complete.runs),
        click.option("--plan", default=None, metavar="PLAN", shell_complete=complete.plans),
        click.option("--actor", default=None, metavar="USER", help="Who did it."),
        click.option("--since", default=None, metavar="WHEN", help="7d, 12h, or a date."),
    ):
        function = option(function)
    return function


@command.command(
    "list",
    epilog=examples("fuyajo audit list", "fuyajo audit list --since 2026-11-20 --plan p-1a2b3c4d"),
)
@choosing
@common
def list_command(
    call: Call, since: str | None, actor: str | None, plan: str | None, run: str | None
) -> int:
    """What was approved, rejected and carried out, the oldest first."""
    found = list(call.ask(entries, Wanted(moment(since), actor, plan, run)))
    if call.as_json:
        say_json([audit_json(row, body) for row, body in found])
    elif found:
        say(columns(audit_rows(found)))
    else:
        say(text("ui.audit.none", call.lang))
    return Exit.DONE


@command.command(
    "export",
    epilog=examples("fuyajo audit export > audit.jsonl", "fuyajo audit export --since 30d"),
)
@choosing
@common
def export_command(
    call: Call, since: str | None, actor: str | None, plan: str | None, run: str | None
) -> int:
    """The rows as JSON lines, one a row, on stdout."""
    for row, body in call.ask(entries, Wanted(moment(since), actor, plan, run)):
        say(json.dumps(audit_json(row, body), sort_keys=True, ensure_ascii=True))
    return Exit.DONE


@command.command(
    "verify",
    epilog=examples("fuyajo audit verify", "fuyajo audit verify --expect 42:9f86d081…"),
)
@click.option(
    "--expect",
    default=None,
    metavar="HEAD",
    help="A head that an earlier verify printed: its row must still be there.",
)
@common
def verify_command(call: Call, expect: str | None) -> int:
    """Whether no row was edited, removed, inserted or put elsewhere."""
    found = call.ask(verified, head_of(expect))
    if call.as_json:
        say_json(verified_json(found, call.lang))
    elif found.problems:
        note(problem_lines(found.problems, call.lang))
    else:
        say(text("ui.audit.whole", call.lang, rows=found.rows, head=found.head or "-"))
    return Exit.FAILED if found.problems else Exit.DONE
