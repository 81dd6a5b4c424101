"""Runs that begin by themselves."""

from __future__ import annotations

import json
from typing import Annotated, Self

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import Field, SkipValidation, model_validator

from fuyajo.domain.request import Config
from fuyajo.http.answers import ends, shows
from fuyajo.http.problems import language
from fuyajo.http.shapes_people import ScheduleView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Applier, Known, Reader
from fuyajo.service import scheduling
from fuyajo.views.schedule import schedule_json

routes = router("schedules")


class NewSchedule(Body):
    """`cron` on the clock of `zone`; at that time a plan is made of `config`."""

    cron: Annotated[str, Field(max_length=scheduling.CRON_CHARS)] = Field(
        description="minute, hour, day, month, day of the week", examples=["0 3 * * *"]
    )
    zone: Annotated[str, Field(max_length=64)] = Field(default="UTC", examples=["Asia/Tokyo"])
    title: Annotated[str, Field(max_length=scheduling.TITLE_CHARS)] = Field(
        default="", examples=["every night"]
    )
    config: SkipValidation[Config] | None = Field(
        default=None,
        description="a request, as `fuyajo schema` describes it",
        examples=[{"operations": [{"op": "snapshot", "vm": "hello"}]}],
    )
    document: Annotated[str, Field(max_length=scheduling.MOST_BYTES)] | None = Field(
        default=None, description="the same as text, in YAML or JSON; kept as it is"
    )

    assistant: bool = Field(default=False, description="no person says this, but an assistant")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.config is None) == (self.document is None):
            raise ValueError("give either config or document")
        return self


@routes.get("/schedules", summary="Your schedules", response_model=list[ScheduleView])
def schedules(actor: Reader, request: Request) -> JSONResponse:
    lang = language(request)
    return shows([schedule_json(one, lang) for one in actor.schedules.of(actor.user)])


@routes.post(
    "/schedules",
    status_code=201,
    summary="Plan a request at certain times, and carry it out where your own apply is enough",
    response_model=ScheduleView,
    responses=ends(409),
)
def new_schedule(
    body: NewSchedule, actor: Applier, caller: Known, request: Request
) -> JSONResponse:
    text = body.document or json.dumps(body.config, ensure_ascii=False)
    agrees = "approve" in caller.scopes and not body.assistant
    made = scheduling.add(actor, body.cron, body.zone, text, body.title, agrees=agrees)
    return shows(schedule_json(made, language(request)), 201, f"/api/v1/schedules/{made.id}")


@routes.get("/schedules/{schedule_id}", summary="One schedule", response_model=ScheduleView)
def schedule(schedule_id: str, actor: Reader, request: Request) -> JSONResponse:
    return shows(schedule_json(scheduling.get(actor, schedule_id), language(request)))


@routes.delete(
    "/schedules/{schedule_id}", status_code=204, summary="Remove it; runs it asked for go on"
)
def remove(schedule_id: str, actor: Applier) -> None:
    scheduling.remove(actor, schedule_id)


@routes.post(
    "/schedules/{schedule_id}/enable",
    summary="Let it begin runs again; what it missed is not made up for",
    response_model=ScheduleView,
)
def enable(schedule_id: str, actor: Applier, request: Request) -> JSONResponse:
    found = scheduling.set_enabled(actor, schedule_id, True)
    return shows(schedule_json(found, language(request)))


@routes.post(
    "/schedules/{schedule_id}/disable",
    summary="Keep it, but let it begin nothing",
    response_model=ScheduleView,
)
def disable(schedule_id: str, actor: Applier, request: Request) -> JSONResponse:
    found = scheduling.set_enabled(actor, schedule_id, False)
    return shows(schedule_json(found, language(request)))
