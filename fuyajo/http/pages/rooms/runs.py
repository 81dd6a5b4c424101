"""Runs: the table, one run as it goes on, and what can be done about it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from fuyajo.http.pages import watching
from fuyajo.http.pages.render import HEADERS, language, page, zone
from fuyajo.http.pages.visitor import OURS, ApplyActor, PlanActor, Visitor
from fuyajo.http.stream import Streams, heard
from fuyajo.http.who import Caller
from fuyajo.service import continuing, following
from fuyajo.service.undoing import undo
from fuyajo.views.progress import STAGES, Line

routes = APIRouter(include_in_schema=False)
MOST = 2**53
Words = Annotated[str, Query(max_length=200)]
EMPTY = Line(0, "", "note", "", "", "")


@routes.get("/runs")
def runs(caller: Visitor, request: Request, state: watching.Which = "all") -> Response:
    found, going = watching.rows(caller.actor, state)
    shown = _shown(request)
    return page(
        request,
        "runs.html",
        caller,
        runs=found,
        going=going,
        which=watching.WHICH,
        state=state,
        **shown,
    )


@routes.get("/runs/{run_id}")
def run(
    run_id: str,
    caller: Visitor,
    request: Request,
    text: Words = "",
    machine: Words = "",
    only: Literal["", "1"] = "",
) -> Response:
    return _page(request, caller, run_id, text=text, machine=machine, only=bool(only))


@routes.get("/runs/{run_id}/log")
def log(run_id: str, caller: Visitor, request: Request) -> Response:
    following.seen(caller.actor, run_id)  # before the answer has begun
    told = watching.plain_log(caller.actor, run_id, zone(request), language(request))
    return StreamingResponse(told, media_type="text/plain; charset=utf-8", headers=HEADERS)


@routes.get("/runs/{run_id}/stream")
def stream(
    run_id: str,
    caller: Visitor,
    request: Request,
    after: Annotated[int, Query(ge=0, le=MOST)] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """The API's, opened by the cookie."""
    streams: Streams = request.app.state.streams
    tail = following.story(caller.actor, run_id, heard(last_event_id, after))
    return streams.follow(caller.actor, tail, run_id, caller.digest)


@routes.post("/runs/{run_id}/cancel", dependencies=[OURS])
def cancel(run_id: str, actor: ApplyActor, request: Request) -> Response:
    following.cancel(actor, run_id)
    request.app.state.wake()
    return RedirectResponse(f"/runs/{run_id}", 303, HEADERS)


@routes.post("/runs/{run_id}/continue", dependencies=[OURS])
def go_on(run_id: str, actor: ApplyActor, caller: Visitor, request: Request) -> Response:
    """Where somebody has to agree to what is left, they see it first."""
    plan, job = continuing.go_on(actor, run_id)
    if job is not None:
        request.app.state.wake()
        return RedirectResponse(f"/runs/{job.run}", 303, HEADERS)
    if plan is None or plan.nothing_to_do:
        return _page(request, caller, run_id, notice="done_already")
    return RedirectResponse(f"/plans/{plan.id}", 303, HEADERS)


@routes.post("/runs/{run_id}/undo", dependencies=[OURS])
def undo_run(run_id: str, actor: PlanActor, caller: Visitor, request: Request) -> Response:
    """A plan that takes it back, to look at; or what stays, where there is nothing to take back."""
    undone = undo(actor, run_id)
    if undone.plan is not None:
        return RedirectResponse(f"/plans/{undone.plan.id}", 303, HEADERS)
    notice = "undo_left" if undone.left else "undo_nothing"
    return _page(request, caller, run_id, notice=notice, stays=undone.left)


def _page(
    request: Request,
    caller: Caller,
    run_id: str,
    *,
    text: str = "",
    machine: str = "",
    only: bool = False,
    **more: Any,
) -> Response:
    found = watching.watched(caller.actor, run_id)
    lines = watching.marked(found.progress.lines, text, machine, only)
    values = {
        "run": found,
        "row": found.row,
        "progress": found.progress,
        "lines": lines,
        "filter": {"text": text, "machine": machine, "only": only},
        "stages": STAGES,
        "empty": EMPTY,
        "notice": "",
        "stays": (),
        "may": caller.scopes,
    }
    return page(request, "run.html", caller, **{**values, **more}, **_shown(request))


def _shown(request: Request) -> dict[str, Any]:
    lang = language(request)
    return {
        "looks": watching.LOOKS,
        "signs": watching.SIGNS,
        "spent": watching.spent(lang),
        "clock": watching.clock(zone(request)),
        "stage_name": lambda stage: watching.stage_name(stage, lang),
        "who_name": lambda who: watching.who_name(who, lang),
        "words": watching.words(lang),
    }
