"""What might be done with your machines. A suggestion is a request; the second call makes its plan."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from fuyajo.domain.plan import Effect
from fuyajo.domain.request import MAX_VMS
from fuyajo.domain.suggestion import Rule
from fuyajo.http.answers import ends, shows
from fuyajo.http.shapes import PlanView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Planner, Reader
from fuyajo.service.suggesting import DISMISS_DAYS, MOST_DAYS, dismiss, plan_suggested, suggestions
from fuyajo.views.plan import plan_json
from fuyajo.views.suggestion import suggestion_json

routes = router("suggestions")
Name = Annotated[str, Field(min_length=1, max_length=255)]


class SuggestionView(BaseModel):
    """`request`: as `POST /plans` takes it in `config`. `numbers`: the evidence; `since`, `until`: seconds
    since 1970; `measured`: per cent of that time. `step`: a size, before, after."""

    id: str
    rule: Rule
    vm: str
    uuid: str
    request: dict[str, Any]
    since: int
    until: int
    measured: int | None
    numbers: dict[str, float]
    step: tuple[str, int, int] | None
    effect: Effect
    why: str


class Chosen(Body):
    rule: Rule


class Dismissed(Chosen):
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = DISMISS_DAYS


@routes.get(
    "/suggestions",
    summary="Plans that what was measured of your machines speaks for",
    response_model=list[SuggestionView],
    responses=ends(404),
)
def all_of_them(
    actor: Reader,
    vm: Annotated[list[Name] | None, Query(max_length=MAX_VMS)] = None,
    dismissed: Annotated[bool, Query(description="those that you dismissed too")] = False,
) -> JSONResponse:
    return shows([suggestion_json(one) for one in suggestions(actor, vm or (), dismissed)])


@routes.post(
    "/vms/{name}/suggested",
    summary="A plan of what that rule suggests now",
    status_code=201,
    response_model=PlanView,
    responses=ends(409),
)
def plan_of(
    name: Annotated[str, Path(max_length=255, examples=["hello"])], body: Chosen, actor: Planner
) -> JSONResponse:
    plan = plan_suggested(actor, name, body.rule)
    return shows(plan_json(plan), 201, f"/api/v1/plans/{plan.id}")


@routes.post(
    "/vms/{name}/suggested/dismiss",
    summary="Do not show that suggestion for a while",
    response_model=SuggestionView,
)
def dismissed_one(
    name: Annotated[str, Path(max_length=255, examples=["hello"])], body: Dismissed, actor: Planner
) -> JSONResponse:
    return shows(suggestion_json(dismiss(actor, name, body.rule, body.days)))
