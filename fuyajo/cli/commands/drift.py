"""`fuyajo drift`: what somebody changed beside Fuyajo, and the plans that settle it."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.group import Group, examples
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note, say, say_json
from fuyajo.domain.errors import Exit
from fuyajo.domain.plan import Plan
from fuyajo.domain.texts import text
from fuyajo.service import drifting
from fuyajo.service.drifting import Report
from fuyajo.views.drift import left_lines, report_json, report_lines
from fuyajo.views.plan import plan_json, plan_lines


class DriftGroup(Group):
    """`fuyajo drift web` is `fuyajo drift show web`: looking is what it is for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=DriftGroup,
    epilog="""\b
Examples:
  fuyajo drift
  fuyajo drift web-1 web-2 --json
  fuyajo drift --watch
  fuyajo drift adopt web-1
  fuyajo drift revert web-1

\b
Exit codes of a look: 0 everything is as Fuyajo left it, 10 something is not.
""",
)
def command() -> None:
    """Compare machines with what Fuyajo left; VM names may follow directly."""


names_argument = click.argument("names", nargs=-1, metavar="[VM]…", shell_complete=complete.vms)
required_names = click.argument(
    "names", nargs=-1, required=True, metavar="VM…", shell_complete=complete.vms
)


@command.command(
    "show", epilog=examples("fuyajo drift", "fuyajo drift web", "fuyajo drift --watch --json")
)
@names_argument
@click.option("--watch", is_flag=True, help="Go on looking until Ctrl-C; one line of JSON a time.")
@common
def show_command(call: Call, names: tuple[str, ...], watch: bool) -> int:
    """What is not as Fuyajo left it: changed by hand, pending a restart, or only live."""
    if watch:
        return _watch(call, names)
    report = call.ask(drifting.drift, names)
    if call.as_json:
        say_json(report_json(report))
    else:
        say(report_lines(report, call.lang))
    return Exit.CHANGES if report.drifted else Exit.DONE


def _watch(call: Call, names: tuple[str, ...]) -> int:
    """Ctrl-C is how it ends; the exit code is that of the last look."""
    import json
    from datetime import datetime

    last: Report | None = None
    try:
        for last in call.ask(drifting.watch, names):
            if call.as_json:
                say(json.dumps(report_json(last), ensure_ascii=False))
            else:
                say([f"— {datetime.now():%H:%M:%S}", *report_lines(last, call.lang)])
    except KeyboardInterrupt:
        if last is None:
            raise
    return Exit.CHANGES if last is not None and last.drifted else Exit.DONE


@command.command("adopt", epilog=examples("fuyajo drift adopt web", "fuyajo apply"))
@required_names
@common
def adopt_command(call: Call, names: tuple[str, ...]) -> int:
    """Make a plan: what is there becomes what was wanted."""
    plan = call.ask(drifting.plan_adopt, names)
    if call.as_json:
        say_json({"plan": plan_json(plan), "left": []})
    else:
        _tell(call, plan)
    return Exit.DONE


@command.command("revert", epilog=examples("fuyajo drift revert web", "fuyajo apply"))
@required_names
@common
def revert_command(call: Call, names: tuple[str, ...]) -> int:
    """Make a plan: back to what Fuyajo left, as far as it can; the rest is listed with its reason."""
    found = call.ask(drifting.plan_revert, names)
    if call.as_json:
        left = [problem.as_json(call.lang) for problem in found.left]
        say_json({"plan": plan_json(found.plan) if found.plan else None, "left": left})
    elif found.plan is None:
        say(text("ui.drift.none", call.lang))
    else:
        _tell(call, found.plan)
        note(left_lines(found.left, call.lang))
    return Exit.DONE


@command.command("forget", epilog=examples("fuyajo drift forget web"))
@required_names
@common
def forget_command(call: Call, names: tuple[str, ...]) -> int:
    """No longer miss machines that are gone."""
    gone = call.ask(drifting.forget, names)
    if call.as_json:
        say_json({"forgotten": gone})
    else:
        say(text("ui.drift.forgotten", call.lang, names=", ".join(gone)))
    return Exit.DONE


def _tell(call: Call, plan: Plan) -> None:
    say(plan_lines(plan, call.lang))
    if not plan.nothing_to_do:
        say(text("ui.drift.apply", call.lang, plan=plan.id))
