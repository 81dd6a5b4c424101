"""Me: who I am here, everything that is stored about me, and nothing of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import StreamingResponse

from fuyajo.domain.errors import FuyajoError, InvalidInput, Problem
from fuyajo.domain.people import SCOPES
from fuyajo.http import problems
from fuyajo.http.pages.done import Done, done, said
from fuyajo.http.pages.render import HEADERS, language, page
from fuyajo.http.pages.visitor import OURS, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service import forgetting
from fuyajo.service.exporting import export as exported
from fuyajo.service.runs import keys

routes = APIRouter(include_in_schema=False)
WHERE = "/me"


@routes.get(WHERE)
def me(caller: Visitor, request: Request, done: Done = "") -> Response:
    return _page(caller, request, done=said(done))


@routes.get("/me/export")
def export(caller: Visitor, request: Request) -> Response:
    name = f'attachment; filename="fuyajo-{caller.actor.user}.json"'
    pieces = exported(caller.actor, language(request))
    headers = {**HEADERS, "Content-Disposition": name}
    return StreamingResponse(pieces, 200, headers, media_type="application/json")


@routes.post(WHERE, dependencies=[OURS])
def forget(
    name: Annotated[str, Form(max_length=64)],
    actor: PlanActor,
    caller: Visitor,
    request: Request,
) -> Response:
    """Only with one's own name typed."""
    try:
        if name.strip() != actor.user:
            raise InvalidInput(Problem("", "forget_name", {"value": actor.user}))
        forgetting.forget(actor)
    except FuyajoError as error:
        return _page(caller, request, error)
    return done(WHERE, "forgotten")


def _page(
    caller: Caller, request: Request, error: FuyajoError | None = None, **more: Any
) -> Response:
    actor = caller.actor
    values = {
        "done": "",
        "problems": error.problems if error else (),
        "scopes": [scope for scope in SCOPES if scope in caller.scopes],
        "keys": str(keys(actor)),
        "stays": forgetting.stays(actor),
        **more,
    }
    return page(request, "me.html", caller, problems.status_of(error) if error else 200, **values)
