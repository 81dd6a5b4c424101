"""What is stored about me: all of it, and nothing of it. And people without an account."""

from __future__ import annotations

from fastapi import Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.people import is_anonymous
from fuyajo.http.answers import ends, shows
from fuyajo.http.problems import language
from fuyajo.http.strict import router
from fuyajo.http.talk_shapes import ExportView, ForgottenView, GuestView
from fuyajo.http.who import Hearer, Talker
from fuyajo.service import anonymous, forgetting
from fuyajo.service.context import Actor
from fuyajo.service.exporting import export as exported
from fuyajo.views.forgotten import forgotten_json

routes = router("mine")


@routes.get(
    "/me/export",
    summary="Everything that is stored about you",
    response_class=Response,
    responses={200: {"model": ExportView, "description": "one JSON object"}},
)
def export(actor: Hearer, request: Request) -> StreamingResponse:
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="fuyajo-{actor.user}.json"',
    }
    pieces = exported(actor, language(request))
    return StreamingResponse(pieces, media_type="application/json", headers=headers)


@routes.delete(
    "/me/data",
    summary="Forget what you said: conversations, plans, the planner's directory",
    description="Machines, schedules, runs and the audit stay and are named. Refused while a run goes on.",
    response_model=ForgottenView,
    responses=ends(409),
)
def forget(actor: Talker) -> JSONResponse:
    gone, left = forgetting.forget(actor), forgetting.stays(actor)
    if is_anonymous(actor.user):
        anonymous.remove(actor)
    return shows(forgotten_json(gone, left))


@routes.post(
    "/anonymous",
    status_code=201,
    summary="Talk without an account, where this service lets you: a token for an hour",
    response_model=GuestView,
    responses=ends(403, 429),
)
def admit(request: Request) -> JSONResponse:
    state = request.app.state
    if not state.anonymous:
        raise Refused(Problem("", "anonymous_off"))
    service = Actor("service", state.settings, "http", state.database)
    secret, token = anonymous.admit(service)
    expires = token.expires.isoformat() if token.expires else None
    return shows({"user": token.user, "token": secret, "expires": expires}, 201)
