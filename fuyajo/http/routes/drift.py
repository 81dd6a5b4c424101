"""Drift: what somebody changed beside Fuyajo, and the plans that settle it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from fuyajo.domain.request import MAX_VMS
from fuyajo.http.answers import ends, shows
from fuyajo.http.problems import language
from fuyajo.http.shapes import DriftView, ForgottenView, SettlingView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Applier, Planner, Reader
from fuyajo.service import drifting
from fuyajo.views.drift import report_json
from fuyajo.views.plan import plan_json

routes = router("drift")
Named = Annotated[str, Field(min_length=1, max_length=255)]


class Names(Body):
    names: Annotated[list[Named], Field(min_length=1, max_length=MAX_VMS)] = Field(
        examples=[["web-1", "web-2"]]
    )


@routes.get(
    "/drift",
    summary="What is not as Fuyajo left it",
    response_model=DriftView,
    responses=ends(404),
)
def drift(
    actor: Reader,
    name: Annotated[
        list[Named], Query(max_length=MAX_VMS, description="these machines; all when none is named")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> JSONResponse:
    return shows(report_json(drifting.drift(actor, tuple(name))))


@routes.post(
    "/drift/adopt",
    status_code=201,
    summary="A plan: what is there becomes what was wanted",
    response_model=SettlingView,
    responses=ends(404, 409),
)
def adopt(body: Names, actor: Planner) -> JSONResponse:
    plan = drifting.plan_adopt(actor, tuple(body.names))
    return shows({"plan": plan_json(plan), "left": []}, 201)


@routes.post(
    "/drift/revert",
    status_code=201,
    summary="A plan: back to what Fuyajo left, as far as it can",
    response_model=SettlingView,
    responses=ends(404, 409),
)
def revert(body: Names, actor: Planner, request: Request) -> JSONResponse:
    found = drifting.plan_revert(actor, tuple(body.names))
    left = [problem.as_json(language(request)) for problem in found.left]
    return shows({"plan": plan_json(found.plan) if found.plan else None, "left": left}, 201)


@routes.post(
    "/drift/forget",
    summary="No longer miss machines that are gone",
    response_model=ForgottenView,
    responses=ends(404),
)
def forget(body: Names, actor: Applier) -> JSONResponse:
    return shows({"forgotten": drifting.forget(actor, tuple(body.names))})
