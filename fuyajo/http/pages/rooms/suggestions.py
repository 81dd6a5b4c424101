"""Suggestions: each a plan that what was measured speaks for, with its evidence."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.suggestion import Rule
from fuyajo.http import problems
from fuyajo.http.pages.done import Done, done, said
from fuyajo.http.pages.machine_parts import to
from fuyajo.http.pages.render import language, page
from fuyajo.http.pages.visitor import OURS, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service.suggesting import DISMISS_DAYS, dismiss, plan_suggested, suggestions
from fuyajo.views.suggestion import reasons, title

routes = APIRouter(include_in_schema=False)
WHERE = "/suggestions"


class Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    vm: Annotated[str, Field(min_length=1, max_length=255)]
    rule: Rule


@routes.get(WHERE)
def all_of_them(
    caller: Visitor, request: Request, dismissed: bool = False, done: Done = ""
) -> Response:
    return _page(caller, request, dismissed, done=said(done))


@routes.post(f"{WHERE}/plan", dependencies=[OURS])
def plan(
    given: Annotated[Chosen, Form()], actor: PlanActor, caller: Visitor, request: Request
) -> Response:
    try:
        made = plan_suggested(actor, given.vm, given.rule)
    except FuyajoError as error:
        return _page(caller, request, error=error)
    return to(f"/plans/{made.id}")


@routes.post(f"{WHERE}/dismiss", dependencies=[OURS])
def not_now(
    given: Annotated[Chosen, Form()], actor: PlanActor, caller: Visitor, request: Request
) -> Response:
    try:
        dismiss(actor, given.vm, given.rule)
    except FuyajoError as error:
        return _page(caller, request, error=error)
    return done(WHERE, "suggestion_dismissed")


def _page(
    caller: Caller,
    request: Request,
    dismissed: bool = False,
    error: FuyajoError | None = None,
    **more: Any,
) -> Response:
    """The page is there although the host is not: then it says so."""
    lang = language(request)
    try:
        found = suggestions(caller.actor, dismissed=dismissed)
    except FuyajoError as silent:
        found, error = [], error or silent
    cards = [(one, title(one, lang), reasons(one, lang)) for one in found]
    values = {
        "cards": cards,
        "days": DISMISS_DAYS,
        "dismissed": dismissed,
        "done": "",
        "problems": error.problems if error else (),
        **more,
    }
    return page(
        request, "suggestions.html", caller, problems.status_of(error) if error else 200, **values
    )
