"""What came of a wish, for a person or a program; the same for `plan` and `chat`."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.options import Call
from fuyajo.cli.output import note, say
from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.texts import text
from fuyajo.service.planning import Planned
from fuyajo.views.host import silent_lines
from fuyajo.views.inert import inert
from fuyajo.views.plan import plan_lines
from fuyajo.views.planner import planner_lines


def failed_json(call: Call, error: FuyajoError, asked: str) -> dict[str, Any]:
    """The same when nothing came of it; `asked` is the backend that was to answer."""
    return {
        "reply": None,
        "plan": None,
        "backend": getattr(error, "backend", asked),
        "planner": None,
        "decision": None,
        "problems": [problem.as_json(call.lang) for problem in error.problems],
    }


def tell(call: Call, planned: Planned, *, shown: bool = False, next_step: str = "") -> None:
    """Message and plan on stdout, the rest on stderr. `shown`: the message stands there already."""
    note(inert(notice) for notice in planned.notices)
    note(silent_lines(planned.silent, call.lang))
    if planned.planner is not None and (planned.plan or call.verbose):
        note(planner_lines(planned.planner, call.lang, bool(call.verbose)))
    if planned.reply.message and not shown:
        say(inert(planned.reply.message))
    if planned.plan:
        if planned.reply.message:
            say("")
        say(plan_lines(planned.plan, call.lang, planned.decision))
        if not planned.plan.nothing_to_do:
            note(next_step or text("ui.apply_with", call.lang, id=planned.plan.id))
