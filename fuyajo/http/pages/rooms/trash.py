"""The trash: what was deleted and until when it is kept, and plans that bring it back or end it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import Plan
from fuyajo.http.pages.machine_parts import parts, plain, planned
from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import OURS, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service.context import Actor
from fuyajo.service.trashing import list_trash, plan_empty, plan_restore
from fuyajo.views.trash import trash_json

routes = APIRouter(include_in_schema=False)


class Wish(BaseModel):
    """`empty` is all of it, `expired` all whose time is over; the others are about what was chosen."""

    model_config = ConfigDict(extra="forbid")

    do: Literal["restore", "start", "purge", "expired", "empty"]
    names: Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=1000)] = []


@routes.get("/trash")
def trash(
    caller: Visitor, request: Request, said: Annotated[str, Field(max_length=64)] = ""
) -> Response:
    return _shown(request, caller, said=said)


@routes.post("/trash", dependencies=[OURS])
def settle(
    given: Annotated[Wish, Form()], caller: Visitor, actor: PlanActor, request: Request
) -> Response:
    def again(problems: Sequence[Problem], status: int) -> Response:
        return _shown(request, caller, status, plain(problems), frozenset(given.names))

    # No name means everything to the service: here it has to be said.
    if not given.names and given.do in ("restore", "start", "purge"):
        return again([Problem("", "page_none_chosen")], 422)
    return planned(lambda: _plan(actor, given), again, "/trash")


def _plan(actor: Actor, given: Wish) -> Plan:
    names = tuple(given.names)
    if given.do in ("restore", "start"):
        return plan_restore(actor, names, start=given.do == "start")
    if given.do == "purge":
        return plan_empty(actor, names)
    return plan_empty(actor, only_expired=given.do == "expired")


def _shown(
    request: Request,
    caller: Caller,
    status: int = 200,
    problems: Sequence[Problem] = (),
    chosen: frozenset[str] = frozenset(),
    said: str = "",
) -> Response:
    now = datetime.now(UTC)
    return page(
        request, "trash.html", caller, status,
        kept=[trash_json(one, now) for one in list_trash(caller.actor)],
        problems=problems, chosen=chosen, said=said, **parts(request),
    )  # fmt: skip
