"""A plan that the host left behind: what moved is said, and at a terminal one key makes a fresh one."""

from __future__ import annotations

import click

from fuyajo.cli.consenting import at_question
from fuyajo.cli.options import Call
from fuyajo.cli.output import note
from fuyajo.cli.telling import tell
from fuyajo.domain.errors import Conflict
from fuyajo.domain.plan import Plan
from fuyajo.domain.texts import text
from fuyajo.service.applying import resolve
from fuyajo.service.replanning import again
from fuyajo.views.problem import problem_lines

_AGAIN = ("plan_stale", "plan_expired", "plan_used")


class Replanned(Conflict):
    """The conflict has been told. `plan` is the fresh one that was shown, and never carried out unasked."""

    def __init__(self, plan: Plan | None) -> None:
        super().__init__(())
        self.plan = plan


def resolved(call: Call, plan_id: str, next_step: str = "") -> Plan:
    """The plan to carry out now. Raises `Conflict`, or `Replanned` after somebody was asked."""
    try:
        return call.ask(resolve, plan_id)
    except Conflict as error:
        if not at_question(call) or not all(p.code.startswith(_AGAIN) for p in error.problems):
            raise
        note(problem_lines(error.problems, call.lang))
    if not click.confirm(text("ui.plan_again", call.lang), default=False, err=True):
        raise Replanned(None)
    planned = call.ask(again, plan_id)
    tell(call, planned, next_step=next_step)
    raise Replanned(planned.plan)
