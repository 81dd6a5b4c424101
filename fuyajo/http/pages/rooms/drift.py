"""Drift: what somebody changed beside Fuyajo, and the plans that settle it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from fuyajo.domain.errors import FuyajoError, InvalidInput
from fuyajo.domain.plan import Plan
from fuyajo.domain.request import MAX_VMS
from fuyajo.http import problems
from fuyajo.http.pages.done import Done, done, said
from fuyajo.http.pages.render import HEADERS, language, page
from fuyajo.http.pages.visitor import OURS, ApplyActor, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service import drifting
from fuyajo.views import drift as drifts

routes = APIRouter(include_in_schema=False)
WHERE = "/drift"
Named = Annotated[str, Field(min_length=1, max_length=255)]
Names = Annotated[list[Named], Form(max_length=MAX_VMS, min_length=1)]


@routes.get(WHERE)
def drift(caller: Visitor, request: Request, done: Done = "") -> Response:
    return _page(caller, request, done=said(done))


@routes.post("/drift/adopt", dependencies=[OURS])
def adopt(names: Names, actor: PlanActor, caller: Visitor, request: Request) -> Response:
    try:
        return _to(drifting.plan_adopt(actor, tuple(names)))
    except InvalidInput as error:
        return _page(caller, request, error)


@routes.post("/drift/revert", dependencies=[OURS])
def revert(names: Names, actor: PlanActor, caller: Visitor, request: Request) -> Response:
    """What cannot be put back was said on the page that the button is on."""
    try:
        return _to(drifting.plan_revert(actor, tuple(names)).plan)
    except InvalidInput as error:
        return _page(caller, request, error)


@routes.post("/drift/forget", dependencies=[OURS])
def forget(names: Names, actor: ApplyActor, caller: Visitor, request: Request) -> Response:
    try:
        drifting.forget(actor, tuple(names))
    except InvalidInput as error:
        return _page(caller, request, error)
    return done(WHERE, "drift_forgotten")


def _to(plan: Plan | None) -> Response:
    """A plan in which nothing is to be done was not kept."""
    if plan is None or plan.nothing_to_do:
        return done(WHERE, "drift_nothing")
    return RedirectResponse(f"/plans/{plan.id}", 303, HEADERS)


def _page(
    caller: Caller, request: Request, error: FuyajoError | None = None, **more: Any
) -> Response:
    lang = language(request)
    found = drifting.drift(caller.actor).machines
    order = {"drift": 0, "gone": 1, "new": 2, "same": 3}
    values = {
        "done": "",
        "path": WHERE,
        "problems": error.problems if error else (),
        "machines": sorted(found, key=lambda one: (order[one.status], one.name)),
        "label": lambda field: drifts.label(field, lang),
        "value": lambda field, value: drifts.field_value(field, value, lang),
        **more,
    }
    return page(
        request, "drift.html", caller, problems.status_of(error) if error else 200, **values
    )
