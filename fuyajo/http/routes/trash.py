"""The trash: what was deleted and is kept, and the plans that bring it back or end it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi.responses import JSONResponse
from pydantic import Field

from fuyajo.domain.request import MAX_VMS
from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes import PlanView, TrashView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Planner, Reader
from fuyajo.service.trashing import list_trash, plan_empty, plan_restore
from fuyajo.views.plan import plan_json
from fuyajo.views.trash import trash_json

routes = router("trash")
Named = Annotated[str, Field(min_length=1, max_length=255)]


class Restore(Body):
    names: Annotated[list[Named], Field(min_length=1, max_length=MAX_VMS)] = Field(
        description="the names that they had, or have in the trash, or UUIDs", examples=[["hello"]]
    )
    start: bool = Field(default=False, description="start them again; without it they are off")


class Empty(Body):
    names: Annotated[list[Named], Field(max_length=MAX_VMS)] = Field(
        default=[], description="all of them when none is named"
    )
    expired: bool = Field(default=False, description="only what is kept no longer")


@routes.get("/trash", summary="Your trash, the oldest first", response_model=list[TrashView])
def trash(actor: Reader) -> JSONResponse:
    now = datetime.now(UTC)
    return shows([trash_json(machine, now) for machine in list_trash(actor)])


@routes.post(
    "/trash/restore",
    status_code=201,
    summary="A plan that brings machines back under the names that they had",
    response_model=PlanView,
    responses=ends(404, 409),
)
def restore(body: Restore, actor: Planner) -> JSONResponse:
    return shows(plan_json(plan_restore(actor, tuple(body.names), start=body.start)), 201)


@routes.post(
    "/trash/empty",
    status_code=201,
    summary="A plan that ends machines of the trash for good",
    response_model=PlanView,
    responses=ends(404, 409),
)
def empty(body: Empty, actor: Planner) -> JSONResponse:
    plan = plan_empty(actor, tuple(body.names), only_expired=body.expired)
    return shows(plan_json(plan), 201)
