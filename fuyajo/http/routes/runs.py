"""Runs: what was carried out, what goes on, its events as they come, its end, and the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query, Request, Response
from fastapi.responses import JSONResponse

from fuyajo.http.answers import Statuses, ends, shows
from fuyajo.http.problems import language
from fuyajo.http.shapes import RemainsView, RunView, UndoneView
from fuyajo.http.stream import Streams, heard
from fuyajo.http.strict import router
from fuyajo.http.who import Applier, Known, Planner, Reader
from fuyajo.service import failing, following
from fuyajo.service.undoing import undo
from fuyajo.views.remains import remains_json
from fuyajo.views.run import run_json
from fuyajo.views.undone import undone_json

routes = router("runs")
MOST = 2**53
_STREAM: Statuses = {
    200: {
        "description": "server-sent events; `id` is the event's `seq`, the last one is called `end`",
        "content": {
            "text/event-stream": {
                "schema": {
                    "title": "Event",
                    "description": "one event; `data` is a line of JSON, of `end` the run",
                    "type": "object",
                    "properties": {key: {"type": "string"} for key in ("id", "event", "data")},
                    "required": ["id", "event", "data"],
                },
                "example": 'id: 1\nevent: stage\ndata: {"seq":1,"kind":"stage","stage":"create"}\n\n',
            }
        },
    }
}


@routes.get("/runs", summary="Your runs, newest first", response_model=list[RunView])
def runs(actor: Reader, limit: Annotated[int, Query(ge=1, le=1000)] = 200) -> JSONResponse:
    return shows([run_json(seen) for seen in following.all_seen(actor)[:limit]])


@routes.get("/runs/{run_id}", summary="One run", response_model=RunView)
def run(run_id: str, actor: Reader) -> JSONResponse:
    return shows(run_json(following.seen(actor, run_id)))


@routes.get(
    "/runs/{run_id}/events",
    summary="Its events as they come, from the one after `Last-Event-ID` on",
    response_class=Response,
    responses=_STREAM,
)
def events(
    run_id: str,
    actor: Reader,
    caller: Known,
    request: Request,
    after: Annotated[int, Query(ge=0, le=MOST, description="begin behind this `seq`")] = 0,
    follow: Annotated[
        bool, Query(description="false: what is there now, instead of what comes as well")
    ] = True,
    last_event_id: Annotated[
        str | None, Header(max_length=20, description="what a listener had last; wins over `after`")
    ] = None,
) -> Response:
    streams: Streams = request.app.state.streams
    tail = following.story(actor, run_id, heard(last_event_id, after))
    return streams.follow(actor, tail, run_id, caller.digest) if follow else streams.replay(tail)


@routes.get(
    "/runs/{run_id}/remains",
    summary="What a run that did not come to its end did, left and never began",
    response_model=RemainsView,
)
def remains(run_id: str, actor: Reader) -> JSONResponse:
    left = failing.left_by(actor, run_id)
    undone = following.seen(actor, left.undone.id) if left.undone else None
    told = {"remains": remains_json(left.remains), "undone": run_json(undone) if undone else None}
    return shows(told)


@routes.post(
    "/runs/{run_id}/cancel",
    status_code=202,
    summary="Ask for its end: at once while it waits, otherwise within seconds",
    response_model=RunView,
    responses=ends(409),
)
def cancel(run_id: str, actor: Applier, request: Request) -> JSONResponse:
    found = following.cancel(actor, run_id)
    request.app.state.wake()
    return shows(run_json(found), 202)


@routes.post(
    "/runs/{run_id}/undo",
    summary="A plan that takes back what this run did",
    response_model=UndoneView,
    responses={201: {"model": UndoneView, "description": "a plan was made"}, **ends(409)},
)
def undo_run(run_id: str, actor: Planner, request: Request) -> JSONResponse:
    undone = undo(actor, run_id)
    told = undone_json(undone, language(request))
    if undone.plan is None:
        return shows(told)
    return shows(told, 201, f"/api/v1/plans/{undone.plan.id}")
