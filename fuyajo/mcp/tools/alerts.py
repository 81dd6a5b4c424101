"""The preset `alerts`: rules of the user's about what is measured. They change nothing of a host."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fuyajo.domain.alerts import LOG, Alert, Metric, Phase, Rule, Severity, Side, Standing
from fuyajo.domain.texts import text
from fuyajo.mcp.paging import page
from fuyajo.mcp.tool import Answer, Args, Call, Hints, Shape, Tool
from fuyajo.mcp.tools.reading import READS, Cursor, VmName
from fuyajo.service import alerting
from fuyajo.views.alert import rule_words
from fuyajo.views.inert import inert

MOST_ROWS = 50
Seconds = Annotated[int, Field(ge=0, le=86_400)]
Number = Annotated[float, Field(allow_inf_nan=False, strict=False)]
Tag = Annotated[str, Field(min_length=1, max_length=255)]


class ListAlerts(Args):
    cursor: Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 20


class AddAlert(Args):
    metric: Metric
    threshold: Number = Field(
        default=0.5,
        description="% of cpu and memory, else bytes (per second); not for down",
    )
    side: Side = "above"
    lasting: Seconds = Field(default=300, description="seconds")
    clear: Number | None = Field(default=None, description="over here; default: the threshold")
    severity: Severity = "warning"
    vms: Annotated[tuple[VmName, ...], Field(max_length=MOST_ROWS, strict=False)] = ()
    tags: Annotated[tuple[Tag, ...], Field(max_length=MOST_ROWS, strict=False)] = ()
    channels: Annotated[tuple[Tag, ...], Field(max_length=MOST_ROWS, strict=False)] = (LOG,)
    title: Annotated[str, Field(max_length=alerting.TITLE_CHARS)] = ""


class RemoveAlert(Args):
    alert: Annotated[str, Field(min_length=1, max_length=40)]


class StandingItem(Shape):
    vm: str
    phase: Phase
    value: float | None = None


class AlertItem(Shape):
    id: str
    title: str
    rule: str
    severity: Severity
    vms: list[str]
    tags: list[str]
    channels: list[str]
    enabled: bool
    machines: list[StandingItem]


class Alerts(Shape):
    """`channels`: who can be told."""

    alerts: list[AlertItem]
    channels: list[str]
    next_cursor: str | None = None


class Gone(Shape):
    id: str


async def listed(call: Call, args: ListAlerts) -> Answer:
    found = await call.bridge.ask(alerting.standing, call.actor)
    some, more = page(found, lambda one: one[0].id, args.cursor, args.limit)
    channels = sorted(alerting.channels_of(call.actor))
    shape = Alerts(alerts=[_item(*one) for one in some], channels=channels, next_cursor=more)
    lang = call.identity.lang
    lines = [text("mcp.alerts", lang, count=len(found), shown=len(some))]
    lines += [_line(one) for one in shape.alerts]
    return Answer(shape, "\n".join(lines))


async def added(call: Call, args: AddAlert) -> Answer:
    rule = Rule(
        args.metric,
        args.threshold,
        args.side,
        args.lasting,
        args.clear,
        severity=args.severity,
    )
    about = (args.title, args.vms, args.tags, args.channels)
    made = await call.bridge.ask(alerting.add, call.actor, rule, *about)
    shape = _item(made, [])
    return Answer(shape, _line(shape))


async def removed(call: Call, args: RemoveAlert) -> Answer:
    await call.bridge.ask(alerting.remove, call.actor, args.alert)
    return Answer(Gone(id=args.alert), text("ui.alert.removed", call.identity.lang, id=args.alert))


def _item(alert: Alert, standings: list[Standing]) -> AlertItem:
    return AlertItem(
        id=alert.id,
        title=inert(alert.title),
        rule=rule_words(alert.rule),
        severity=alert.rule.severity,
        vms=[inert(one) for one in alert.vms],
        tags=[inert(one) for one in alert.tags],
        channels=list(alert.channels),
        enabled=alert.enabled,
        machines=[
            StandingItem(vm=inert(one.name), phase=one.state.phase, value=one.value)
            for one in standings
        ],
    )


def _line(one: AlertItem) -> str:
    about = ", ".join([*one.vms, *one.tags]) or "*"
    fires = [each.vm for each in one.machines if each.phase in ("firing", "clearing")]
    stands = "off" if not one.enabled else f"fires: {', '.join(fires)}" if fires else "quiet"
    return f"{one.id}: {one.rule} of {about}; {stands}"


LIST_ALERTS = Tool(
    "list_alerts",
    "List alerts",
    "Rules about what is measured, for which VMs each fires, and the channels there are.",
    "read",
    ListAlerts,
    Alerts,
    READS,
    listed,
)
ADD_ALERT = Tool(
    "add_alert",
    "Add an alert",
    "Be told when a measured value is too high or too low for so long. Without vms and tags: all VMs.",
    "apply",
    AddAlert,
    AlertItem,
    Hints(same_again=False),
    added,
)
REMOVE_ALERT = Tool(
    "remove_alert",
    "Remove an alert",
    "Remove a rule; what it has not told yet is not told any more.",
    "apply",
    RemoveAlert,
    Gone,
    Hints(destroys=True),
    removed,
)
ALERTS = (LIST_ALERTS, ADD_ALERT, REMOVE_ALERT)
