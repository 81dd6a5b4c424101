"""Schedules as rows and as JSON data."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fuyajo.domain.schedule import Schedule
from fuyajo.domain.texts import Lang, text
from fuyajo.views.inert import inert


def schedule_json(schedule: Schedule, lang: Lang) -> dict[str, Any]:
    outcome = schedule.outcome
    return {
        "id": schedule.id,
        "title": schedule.title,
        "cron": schedule.cron,
        "zone": schedule.zone,
        "enabled": schedule.enabled,
        "next": schedule.next.isoformat() if schedule.enabled else None,
        "last": schedule.last.isoformat() if schedule.last else None,
        "outcome": {
            "end": outcome.end,
            "plan": outcome.plan,
            "run": outcome.run,
            "problems": [problem.as_json(lang) for problem in outcome.problems],
        }
        if outcome
        else None,
        "request": schedule.request,
        "created": schedule.created.isoformat(),
    }


def schedule_rows(schedules: list[Schedule], lang: Lang) -> list[list[str]]:
    head = [text(f"ui.schedule.{key}", lang) for key in ("id", "cron", "next", "last", "title")]
    return [
        head,
        *(
            [
                one.id,
                one.cron,
                when(one.next, one.zone) if one.enabled else text("ui.schedule.off", lang),
                _last(one, lang),
                inert(one.title) or "-",
            ]
            for one in schedules
        ),
    ]


def when(moment: datetime, zone: str) -> str:
    """On the clock that the schedule goes by."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone}"


def _last(schedule: Schedule, lang: Lang) -> str:
    outcome = schedule.outcome
    if outcome is None:
        return "-"
    known = {"plan": outcome.plan or "-", "run": outcome.run or "-"}
    why = inert(outcome.problems[0].message(lang)) if outcome.problems else ""
    said = text(f"ui.schedule.end_{outcome.end}", lang, **known)
    return f"{said}: {why}" if why else said
