"""Machines: the table, and one operation for several of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.errors import Problem
from fuyajo.http.pages.charts import SPARK_HEIGHT, WIDTH_SMALL, small
from fuyajo.http.pages.listing import SORTS, Wanted, choices, listed
from fuyajo.http.pages.machine_parts import parts, plain, planned
from fuyajo.http.pages.render import is_piece, page
from fuyajo.http.pages.visitor import OURS, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service.machines import plan_operation
from fuyajo.service.portraits import Standing, marks, standings

routes = APIRouter(include_in_schema=False)
Said = Annotated[Wanted, Query()]


class Bulk(BaseModel):
    model_config = ConfigDict(extra="forbid")

    op: Literal["start", "stop", "restart", "delete"]
    names: Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=1000)] = []


@routes.get("/machines")
def machines(caller: Visitor, request: Request, wanted: Said) -> Response:
    answer = _table(request, caller, wanted)
    if is_piece(request):
        answer.headers["HX-Replace-Url"] = "/machines" + wanted.query()
    return answer


@routes.post("/machines", dependencies=[OURS])
def together(
    given: Annotated[Bulk, Form()],
    caller: Visitor,
    actor: PlanActor,
    request: Request,
    wanted: Said,
) -> Response:
    """A plan for those that were chosen."""

    def again(problems: Sequence[Problem], status: int) -> Response:
        chosen = frozenset(given.names)
        return _table(request, caller, wanted, status, problems=plain(problems), chosen=chosen)

    if not given.names:
        return again([Problem("", "page_none_chosen")], 422)
    return planned(lambda: plan_operation(actor, given.op, tuple(given.names)), again)


@routes.get("/machines/marks")
def drifted(caller: Visitor, request: Request, wanted: Said) -> Response:
    """For a table that is there already: what drifted of what it shows."""
    rows = listed(standings(caller.actor), wanted)
    return page(
        request, "_machine_marks.html", caller, rows=rows, drifts=marks(caller.actor), aside=True
    )


def _table(
    request: Request,
    caller: Caller,
    wanted: Wanted,
    status: int = 200,
    problems: Sequence[Problem] = (),
    chosen: frozenset[str] = frozenset(),
) -> Response:
    found = standings(caller.actor)
    values: dict[str, Any] = {
        "rows": listed(found, wanted),
        "all": len(found),
        "wanted": wanted,
        "choices": choices(found, wanted),
        "columns": _columns(caller, [one.machine for one in found]),
        "drifts": marks(caller.actor) if wanted.look == "drift" else None,
        "chosen": chosen,
        "problems": problems,
        "swapped": is_piece(request),
        **_sparks(request, found),
    }
    return page(request, "machines.html", caller, status, **parts(request), **values)


def _sparks(request: Request, found: Sequence[Standing]) -> dict[str, Any]:
    """Small curves of those machines that may be seen."""
    mine = {one.machine.uuid for one in found}
    measured = request.app.state.recent.sparks()
    return {
        "sparks": {uuid: one for uuid, one in measured.items() if uuid in mine},
        "small": small,
        "small_width": WIDTH_SMALL,
        "small_height": SPARK_HEIGHT,
    }


def _columns(caller: Caller, found: Sequence[Any]) -> list[str]:
    """A column of owners where any is not this user's; those of other facts where there are any."""
    told = {
        "environment": any(one.environment for one in found),
        "owner": any(one.owner != caller.actor.user for one in found),
        "host": any(one.host for one in found),
        "expires": any(one.expires for one in found),
        "tags": any(one.tags for one in found),
    }
    return [name for name in SORTS if told.get(name, True)]
