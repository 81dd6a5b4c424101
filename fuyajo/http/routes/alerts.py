"""Rules about what is measured, and how they stand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from fuyajo.domain.alerts import LOG, Metric, Phase, Rule, Severity, Side
from fuyajo.http.answers import ends, shows
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Admin, Applier, Reader
from fuyajo.service import alerting
from fuyajo.views.alert import alert_json

routes = router("alerts")
Names = Annotated[
    list[Annotated[str, Field(max_length=255)]], Field(max_length=alerting.MOST_NAMES)
]


class StandingView(BaseModel):
    """How a rule stands with one machine; `value` is the last that moved it."""

    vm: str
    uuid: str
    phase: Phase
    value: float | None
    at: datetime | None


class AlertView(BaseModel):
    """`lasting`, `clear_lasting`: seconds. With neither `vms` nor `tags` it is about all that you see."""

    id: str
    title: str
    metric: Metric
    side: Side
    threshold: float
    lasting: int
    clear: float | None
    clear_lasting: int
    severity: Severity
    vms: list[str]
    tags: list[str]
    channels: list[str]
    enabled: bool
    created: datetime
    machines: list[StandingView]


class NewAlert(Body):
    """The threshold is in the metric's unit: per cent for cpu and memory, bytes (per second) for others."""

    metric: Metric = Field(examples=["cpu"])
    threshold: float = Field(examples=[90], allow_inf_nan=False)
    side: Side = "above"
    lasting: int = Field(default=300, description="seconds")
    clear: float | None = Field(
        default=None, allow_inf_nan=False, description="where it is over; omit for the threshold"
    )
    clear_lasting: int = Field(default=300, description="seconds")
    severity: Severity = "warning"
    title: Annotated[str, Field(max_length=alerting.TITLE_CHARS)] = ""
    vms: Names = Field(default_factory=list, examples=[["hello"]])
    tags: Names = Field(default_factory=list)
    channels: Names = Field(default_factory=lambda: [LOG])


@routes.get("/alerts", summary="Your alerts, and how they stand", response_model=list[AlertView])
def alerts(actor: Reader) -> JSONResponse:
    return shows([alert_json(one, standings) for one, standings in alerting.standing(actor)])


@routes.post(
    "/alerts",
    status_code=201,
    summary="Be told when a measured value is too high or too low for too long",
    response_model=AlertView,
    responses=ends(409),
)
def new_alert(body: NewAlert, actor: Applier) -> JSONResponse:
    rule = Rule(
        body.metric,
        body.threshold,
        body.side,
        body.lasting,
        body.clear,
        body.clear_lasting,
        body.severity,
    )
    made = alerting.add(actor, rule, body.title, body.vms, body.tags, body.channels)
    return shows(alert_json(made), 201, f"/api/v1/alerts/{made.id}")


class ChannelView(BaseModel):
    """Who can be told; where that is, its administrator knows."""

    name: str


@routes.get(
    "/alert-channels", summary="Who can be told of alerts", response_model=list[ChannelView]
)
def alert_channels(actor: Reader) -> JSONResponse:
    return shows([{"name": name} for name in sorted(alerting.channels_of(actor))])


@routes.post(
    "/alert-channels/{name}/test",
    status_code=204,
    summary="Say something to a channel, now; 503 when it was not taken",
    responses=ends(503),
)
def test_channel(name: str, actor: Admin) -> None:
    alerting.test(actor, name)


@routes.get("/alerts/{alert_id}", summary="One alert", response_model=AlertView)
def alert(alert_id: str, actor: Reader) -> JSONResponse:
    found = alerting.get(actor, alert_id)
    return shows(alert_json(found, alerting.standings_of(actor, found)))


@routes.delete("/alerts/{alert_id}", status_code=204, summary="Remove it, untold messages too")
def remove(alert_id: str, actor: Applier) -> None:
    alerting.remove(actor, alert_id)


@routes.post(
    "/alerts/{alert_id}/enable",
    summary="Let it speak again, as if it had seen nothing",
    response_model=AlertView,
)
def enable(alert_id: str, actor: Applier) -> JSONResponse:
    return shows(alert_json(alerting.set_enabled(actor, alert_id, True)))


@routes.post(
    "/alerts/{alert_id}/disable",
    summary="Keep it, but let it say nothing",
    response_model=AlertView,
)
def disable(alert_id: str, actor: Applier) -> JSONResponse:
    return shows(alert_json(alerting.set_enabled(actor, alert_id, False)))
