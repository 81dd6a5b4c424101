"""Alerts: `fuyajo.service.alerting`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.alerts import LOG, Alert, Rule, Standing, State
from fuyajo.service import alerting


@like(alerting.add)
def add(
    server: Server,
    rule: Rule,
    title: str = "",
    vms: Iterable[str] = (),
    tags: Iterable[str] = (),
    channels: Iterable[str] = (LOG,),
) -> Alert:
    about = {"vms": list(vms), "tags": list(tags), "channels": list(channels)}
    return _alert(server, server.post("/alerts", {**asdict(rule), "title": title, **about}))[0]


@like(alerting.standing)
def standing(server: Server) -> list[tuple[Alert, list[Standing]]]:
    found: list[Any] = server.parsed(list[Any], server.get("/alerts"))
    return [_alert(server, one) for one in found]


@like(alerting.test)
def test(server: Server, name: str) -> None:
    server.post(f"/alert-channels/{segment(name, 'unknown_channel')}/test", {})


@like(alerting.remove)
def remove(server: Server, alert_id: str) -> None:
    server.delete(_path(alert_id))


@like(alerting.set_enabled)
def set_enabled(server: Server, alert_id: str, enabled: bool) -> Alert:
    how = "enable" if enabled else "disable"
    return _alert(server, server.post(f"{_path(alert_id)}/{how}"))[0]


def _path(alert_id: str) -> str:
    return f"/alerts/{segment(alert_id, 'alert_not_found')}"


def _alert(server: Server, said: Any) -> tuple[Alert, list[Standing]]:
    """Of `alert_json`."""
    facts: dict[str, Any] = server.parsed(dict[str, Any], said)
    rule: Rule = server.parsed(Rule, {key: facts.get(key) for key in Rule.__dataclass_fields__})
    made = _seconds(server, facts.get("created"))
    whole = {**facts, "owner": server.user, "rule": asdict(rule), "created": made}
    alert: Alert = server.parsed(Alert, {k: whole.get(k) for k in Alert.__dataclass_fields__})
    machines: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], facts.get("machines"))
    return alert, [_standing(server, alert.id, one) for one in machines]


def _standing(server: Server, alert_id: str, said: dict[str, Any]) -> Standing:
    at = None if said.get("at") is None else _seconds(server, said["at"])
    state: State = server.parsed(State, {"phase": said.get("phase"), "since": None, "last": at})
    name: str = server.parsed(str, said.get("vm"))
    uuid: str = server.parsed(str, said.get("uuid"))
    value: float | None = server.parsed(float | None, said.get("value"))
    return Standing(alert_id, uuid, name, state, value)


def _seconds(server: Server, said: Any) -> int:
    moment: datetime = server.parsed(datetime, said)
    return int(moment.timestamp())
