"""`fuyajo apply`: carry out a plan that was shown."""

from __future__ import annotations

import click

from fuyajo.cli import complete
from fuyajo.cli.carry_out import carry_out
from fuyajo.cli.options import Call, common
from fuyajo.cli.output import note
from fuyajo.cli.replanning import resolved
from fuyajo.domain.errors import NotFound, Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.texts import text
from fuyajo.service.plans import newest
from fuyajo.service.policing import decision_on
from fuyajo.views.plan import plan_lines


@click.command(
    epilog="""\b
Examples:
  fuyajo apply p-1a2b3c4d
  fuyajo apply                  (the plan made last)
  fuyajo apply -f env.yml
  fuyajo apply p-1a2b3c4d --check
"""
)
@click.argument("plan_id", required=False, metavar="PLAN", shell_complete=complete.plans)
@click.option(
    "-f", "--file", "file", metavar="FILE", help="Plan this request and apply it at once."
)
@click.option(
    "--check", is_flag=True, help="Ansible's check mode: say what would change, touch nothing."
)
@click.option(
    "-y", "--yes", is_flag=True, help="Agree to what cannot be undone without being asked."
)
@common
def command(call: Call, plan_id: str | None, file: str | None, check: bool, yes: bool) -> int:
    """Carry a plan out. Progress goes to stderr, the result to stdout."""
    if plan_id is not None and file is not None:
        raise click.UsageError("give either a PLAN or -f FILE")
    plan = plan_of(call, plan_id, file)
    return carry_out(call, plan, check=check, yes=yes)


def plan_of(call: Call, plan_id: str | None, file: str | None, next_step: str = "") -> Plan:
    """The plan that is meant: this one, that of the file, or the one made last.

    `next_step` is said below a fresh plan that takes the place of a stale one.
    """
    if file is not None:
        from fuyajo.cli.source import planned_from

        plan = planned_from(call, file, "apply").plan
        if plan is None:
            raise AssertionError("a config always makes a plan")
        if not call.as_json and not plan.nothing_to_do:
            note(plan_lines(plan, call.lang, call.ask(decision_on, plan)[0]))
        return plan
    wanted = plan_id or call.ask(newest)
    if wanted is None:
        raise NotFound(Problem("", "no_plan"))
    plan = resolved(call, wanted, next_step)
    if plan.id != wanted and not plan.nothing_to_do and not call.as_json:
        decision = call.ask(decision_on, plan)[0]
        note([text("ui.rest", call.lang, id=wanted), *plan_lines(plan, call.lang, decision)])
    return plan
