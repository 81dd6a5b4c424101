"""Runs that begin by themselves: `fuyajo.service.scheduling`."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.answers import problem
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.schedule import Outcome, Schedule
from fuyajo.service import scheduling


@like(scheduling.add)
def add(
    server: Server, cron: str, zone: str, request: str, title: str = "", *, agrees: bool = True
) -> Schedule:
    body: dict[str, Any] = {"cron": cron, "zone": zone, "document": request, "title": title}
    if not agrees:
        body["assistant"] = True
    return _schedule(server, server.post("/schedules", body))


@like(scheduling.of)
def of(server: Server) -> list[Schedule]:
    found: list[Any] = server.parsed(list[Any], server.get("/schedules"))
    return [_schedule(server, one) for one in found]


@like(scheduling.remove)
def remove(server: Server, schedule_id: str) -> None:
    server.delete(_path(schedule_id))


@like(scheduling.set_enabled)
def set_enabled(server: Server, schedule_id: str, enabled: bool) -> Schedule:
    how = "enable" if enabled else "disable"
    return _schedule(server, server.post(f"{_path(schedule_id)}/{how}"))


def _path(schedule_id: str) -> str:
    return f"/schedules/{segment(schedule_id, 'schedule_not_found')}"


def _schedule(server: Server, said: Any) -> Schedule:
    """Of `schedule_json`. One that is disabled has no next time to tell."""
    facts: dict[str, Any] = server.parsed(dict[str, Any], said)
    outcome = facts.get("outcome")
    facts |= {"owner": server.user, "next": facts.get("next") or facts.get("created")}
    made: Schedule = server.parsed(Schedule, {**facts, "outcome": None})
    if not isinstance(outcome, dict):
        return made
    ended: Outcome = server.parsed(Outcome, {**outcome, "problems": []})
    problems: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], outcome.get("problems"))
    return made._replace(outcome=ended._replace(problems=tuple(map(problem, problems))))
