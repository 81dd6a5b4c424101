"""How somebody at this command line agrees to a plan: asked at a terminal, by a flag, or not at all."""

from __future__ import annotations

import os
import sys

import click

from fuyajo.cli.options import Call
from fuyajo.cli.output import note
from fuyajo.domain.consent import Consent, Kind, assistant_in
from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.plan import Plan
from fuyajo.domain.ruling import to_type
from fuyajo.domain.texts import text
from fuyajo.service.admitting import asks
from fuyajo.views.inert import inert
from fuyajo.views.plan import consequences, plan_lines


def at_question(call: Call) -> bool:
    """Whether a person sits there who can be asked. In an assistant's shell nobody does."""
    return not call.as_json and assistant_in(os.environ) is None and sys.stdin.isatty()


def flag() -> Kind:
    """What `--yes` is worth here."""
    return "assistant" if assistant_in(os.environ) else "flag"


def consent_for(call: Call, plan: Plan, yes: bool) -> Consent | None:
    """For a run: `--yes`, or a person's answer where policy wants one; elsewhere nobody agreed."""
    if yes:
        return Consent(call.user, flag())
    if plan.nothing_to_do or not at_question(call) or not call.ask(asks, plan):
        return None
    return asked(call, plan)


def consent_ahead(call: Call, plan: Plan, yes: bool) -> Consent:
    """For an approval: the same, whether policy wants one or not. Raises `Refused` where nobody agreed."""
    if yes or assistant_in(os.environ):
        return Consent(call.user, flag())
    if not at_question(call):
        raise Refused(Problem("", "approve_unasked", {"plan": plan.id}))
    return asked(call, plan)


def asked(call: Call, plan: Plan) -> Consent:
    """Show the plan and ask: for the name of what goes, or for a yes. Raises `Refused` for anything else."""
    note(plan_lines(plan, call.lang))
    name = to_type(plan)
    if name is not None:
        question = " ".join(
            [*consequences(plan, call.lang), text("ui.confirm", call.lang, name=inert(name))]
        )
        agreed = click.prompt(question, default="", show_default=False, err=True) == name
        code = "not_confirmed"
    else:
        agreed = click.confirm(text("ui.approve", call.lang, id=plan.id), default=False, err=True)
        code = "not_agreed"
    if not agreed:
        raise Refused(Problem("", code, {"plan": plan.id}))
    return Consent(call.user, "terminal")
