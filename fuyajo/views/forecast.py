"""Forecasts as rows and as JSON data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fuyajo.domain.texts import Lang, text

if TYPE_CHECKING:
    from fuyajo.domain.forecast import Forecast
    from fuyajo.service.forecasting import Outlook

GIB = 1 << 30


def outlook_json(outlook: Outlook) -> dict[str, Any]:
    """Bytes, and days from now with one decimal."""
    return {
        "host": outlook.host,
        "detail": outlook.detail,
        "forecasts": [_json(one) for one in outlook.forecasts],
    }


def _json(one: Forecast) -> dict[str, Any]:
    return {
        "resource": one.resource,
        "state": one.state,
        "used_bytes": one.used,
        "free_bytes": one.free,
        "a_day_bytes": one.a_day,
        "measured_days": one.measured_days,
        "earliest_days": None if one.earliest is None else round(one.earliest, 1),
        "latest_days": None if one.latest is None else round(one.latest, 1),
    }


def outlook_rows(outlooks: list[Outlook], lang: Lang) -> list[list[str]]:
    head = [
        text(f"ui.hosts.{key}", lang) for key in ("host", "what", "used", "left", "a_day", "full")
    ]
    return [head, *(row for one in outlooks for row in _rows(one, lang))]


def _rows(outlook: Outlook, lang: Lang) -> list[list[str]]:
    if outlook.detail is not None:
        return [[outlook.host, text("ui.hosts.silent", lang), "-", "-", "-", "-"]]
    return [[outlook.host, *_row(one, lang)] for one in outlook.forecasts]


def _row(one: Forecast, lang: Lang) -> list[str]:
    a_day = "-" if one.a_day is None else f"{one.a_day / GIB:+.2f} GiB"
    sizes = [f"{size / GIB:.1f} GiB" for size in (one.used, one.free)]
    return [text(f"ui.forecast.{one.resource}", lang), *sizes, a_day, when(one, lang)]


def when(one: Forecast, lang: Lang) -> str:
    """A sentence without a date that nobody can know."""
    if one.state == "unknown":
        return text("ui.forecast.unknown", lang, days=one.measured_days)
    if one.earliest is None:
        return text("ui.forecast.steady", lang)
    early = int(one.earliest)
    if one.latest is None:
        return text("ui.forecast.open", lang, days=early)
    return text("ui.forecast.fills", lang, early=early, late=max(early, int(one.latest)))
