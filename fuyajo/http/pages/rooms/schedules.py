"""Schedules: what begins by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.errors import FuyajoError
from fuyajo.http import problems
from fuyajo.http.pages.done import Done, done, said
from fuyajo.http.pages.render import page, zone
from fuyajo.http.pages.visitor import OURS, ApplyActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service import scheduling
from fuyajo.service.context import Actor

routes = APIRouter(include_in_schema=False)
WHERE = "/schedules"


class NewSchedule(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=500)] = ""
    cron: Annotated[str, Field(max_length=500)] = ""
    zone: Annotated[str, Field(max_length=100)] = "UTC"
    request: Annotated[str, Field(max_length=scheduling.MOST_BYTES)] = ""


@routes.get(WHERE)
def schedules(caller: Visitor, request: Request, done: Done = "") -> Response:
    return _page(caller, request, done=said(done))


@routes.post(WHERE, dependencies=[OURS])
def add(
    given: Annotated[NewSchedule, Form()], actor: ApplyActor, caller: Visitor, request: Request
) -> Response:
    text = given.request.replace("\r\n", "\n")
    try:
        scheduling.add(actor, given.cron, given.zone, text, given.title)
    except FuyajoError as error:
        return _page(caller, request, error, given=given)
    return done(WHERE, "schedule_added")


#: What one button does, and what the page says then.
ACTS: dict[str, tuple[Callable[[Actor, str], object], str]] = {
    "enable": (lambda actor, one: scheduling.set_enabled(actor, one, True), "schedule_enabled"),
    "disable": (lambda actor, one: scheduling.set_enabled(actor, one, False), "schedule_disabled"),
    "remove": (scheduling.remove, "schedule_removed"),
}


@routes.post("/schedules/{schedule_id}/{act}", dependencies=[OURS])
def settle(
    schedule_id: str, act: Literal["enable", "disable", "remove"], actor: ApplyActor
) -> Response:
    do, told = ACTS[act]
    do(actor, schedule_id)
    return done(WHERE, told)


def _page(
    caller: Caller, request: Request, error: FuyajoError | None = None, **more: Any
) -> Response:
    values = {
        "given": NewSchedule(zone=zone(request).key),
        "done": "",
        "problems": error.problems if error else (),
        "schedules": scheduling.of(caller.actor),
        **more,
    }
    return page(
        request, "schedules.html", caller, problems.status_of(error) if error else 200, **values
    )
