"""`fuyajo policy`: what users of this home may do, and why."""

from __future__ import annotations

from pathlib import Path

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import say, say_json
from fuyajo.domain.errors import Exit, NotFound, Problem, shown
from fuyajo.domain.texts import text
from fuyajo.service.approving import judged
from fuyajo.service.explaining import explain, own_role
from fuyajo.service.policing import policy_file, read_file
from fuyajo.views.machine import columns
from fuyajo.views.policy import (
    counts,
    explanation_json,
    explanation_lines,
    good_policy_json,
    policy_json,
    policy_warnings,
    role_rows,
    usage_line,
)


@click.group(
    cls=Group,
    epilog=examples(
        "fuyajo policy show",
        "fuyajo policy check new-policy.toml",
        "fuyajo policy explain p-1a2b3c4d",
    ),
)
def command() -> None:
    """What you may do here, and why."""


@command.command("show", epilog=examples("fuyajo policy show", "fuyajo policy show --json"))
@common
def show_command(call: Call) -> int:
    """Your role with all that it says, and where it is written."""
    file, name, role, usage = call.ask(own_role)
    if call.as_json:
        say_json(policy_json(file, name, role, usage))
        return Exit.DONE
    key = "ui.policy.no_file" if file.lines is None else "ui.policy.file"
    say(text(key, call.lang, path=str(file.path)))
    say(text("ui.policy.role", call.lang, role=name))
    default = text("ui.policy.default", call.lang)
    rows = [[rule, value, file.place(rule) or default] for rule, value in role_rows(name, role)]
    say(f"  {line}" for line in columns(rows))
    say(usage_line(usage.month, usage.seconds, usage.limit, call.lang))
    return Exit.DONE


@command.command(
    "check", epilog=examples("fuyajo policy check", "fuyajo policy check new-policy.toml")
)
@click.argument("file", required=False, type=click.Path(dir_okay=False))
@common
def check_command(call: Call, file: str | None) -> int:
    """Whether a policy file is good; every problem of it at once."""
    found = read_file(Path(file)) if file else call.ask(policy_file)
    if found.lines is None and file:
        raise NotFound(Problem("", "not_a_file", {"value": shown(file)}))
    if call.as_json:
        say_json(good_policy_json(found, call.lang))
    elif found.lines is None:
        say(text("ui.policy.no_file", call.lang, path=str(found.path)))
    else:
        say(text("ui.policy.good", call.lang, path=str(found.path), **counts(found)))
        say(f"! {line}" for line in policy_warnings(found, call.lang))
    return Exit.DONE


@command.command("explain", epilog=examples("fuyajo policy explain p-1a2b3c4d"))
@click.argument("plan_id", metavar="PLAN", shell_complete=complete.plans)
@common
def explain_command(call: Call, plan_id: str) -> int:
    """Every rule that this plan touches, its outcome, and its place in the file."""
    found = call.ask(explain, call.ask(judged, plan_id))
    if call.as_json:
        say_json(explanation_json(found.role, found.rules, found.decision, call.lang))
    else:
        say(explanation_lines(found.role, found.rules, found.decision, call.lang))
    return Exit.DONE
