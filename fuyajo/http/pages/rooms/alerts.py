"""Alerts: rules about what is measured, how they stand, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.alerts import LOG, METRICS, Metric, Rule, Severity, Side
from fuyajo.domain.errors import FuyajoError, InvalidInput, Problem, shown
from fuyajo.http import problems
from fuyajo.http.pages.done import Done, done, said
from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import OURS, ApplyActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service import alerting
from fuyajo.service.context import Actor
from fuyajo.views.alert import rule_words

routes = APIRouter(include_in_schema=False)
WHERE = "/alerts"
Number = Annotated[float, Field(allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, le=1440, allow_inf_nan=False)]


class NewAlert(BaseModel):
    """As the form sends it: times are minutes, names stand in one line with commas between them."""

    model_config = ConfigDict(extra="forbid")

    metric: Metric = "cpu"
    side: Side = "above"
    threshold: Number = 90
    lasting: Minutes = 10
    clear: Annotated[str, Field(max_length=40)] = ""
    clear_lasting: Minutes = 5
    severity: Severity = "warning"
    vms: Annotated[str, Field(max_length=4000)] = ""
    tags: Annotated[str, Field(max_length=4000)] = ""
    title: Annotated[str, Field(max_length=500)] = ""
    channels: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=lambda: [LOG])

    def rule(self) -> Rule:
        """`down` is yes or no, whatever the form says beside it. Raises `ValueError`."""
        down = self.metric == "down"
        return Rule(
            self.metric,
            0.5 if down else self.threshold,
            "above" if down else self.side,
            round(self.lasting * 60),
            float(self.clear) if self.clear.strip() and not down else None,
            round(self.clear_lasting * 60),
            self.severity,
        )


@routes.get(WHERE)
def alerts(caller: Visitor, request: Request, done: Done = "") -> Response:
    return _page(caller, request, done=said(done))


@routes.post(WHERE, dependencies=[OURS])
def add(
    given: Annotated[NewAlert, Form()], actor: ApplyActor, caller: Visitor, request: Request
) -> Response:
    try:
        rule = given.rule()
    except ValueError:
        return _page(caller, request, _no_number(given.clear), given=given)
    try:
        names = (_names(given.vms), _names(given.tags), given.channels)
        alerting.add(actor, rule, given.title, *names)
    except FuyajoError as error:
        return _page(caller, request, error, given=given)
    return done(WHERE, "alert_added")


#: What one button does, and what the page says then.
ACTS: dict[str, tuple[Callable[[Actor, str], object], str]] = {
    "enable": (lambda actor, one: alerting.set_enabled(actor, one, True), "alert_enabled"),
    "disable": (lambda actor, one: alerting.set_enabled(actor, one, False), "alert_disabled"),
    "remove": (alerting.remove, "alert_removed"),
}


@routes.post("/alerts/{alert_id}/{act}", dependencies=[OURS])
def settle(
    alert_id: str, act: Literal["enable", "disable", "remove"], actor: ApplyActor
) -> Response:
    do, told = ACTS[act]
    do(actor, alert_id)
    return done(WHERE, told)


def _no_number(said: str) -> FuyajoError:
    return InvalidInput(Problem("clear", "alert_number", {"value": shown(said)}))


def _names(said: str) -> list[str]:
    return [one.strip() for one in said.split(",") if one.strip()]


def _page(
    caller: Caller, request: Request, error: FuyajoError | None = None, **more: Any
) -> Response:
    values = {
        "given": NewAlert(),
        "done": "",
        "problems": error.problems if error else (),
        "alerts": alerting.standing(caller.actor),
        "channels": sorted(alerting.channels_of(caller.actor)),
        "choices": {"metric": METRICS, "side": get_args(Side), "severity": get_args(Severity)},
        "rule_words": rule_words,
        **more,
    }
    return page(
        request, "alerts.html", caller, problems.status_of(error) if error else 200, **values
    )
