"""What a machine used, for its page: one call of the service, and what the template needs of the answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import Request

from fuyajo.http.pages import charts
from fuyajo.http.pages.charts import HEIGHT, POINTS, SPANS, USUAL, WIDTH
from fuyajo.http.pages.render import zone
from fuyajo.http.who import Caller
from fuyajo.service.history import history

__all__ = ["USUAL", "used"]


def used(request: Request, caller: Caller, name: str, said: str) -> dict[str, Any]:
    """Until now; a span that there is none of is the usual one. Raises as `get_vm` does."""
    span = said if said in SPANS else USUAL
    until = datetime.now(UTC)
    past = history(caller.actor, name, until - SPANS[span], until, POINTS)
    return {
        "past": past,
        "span": span,
        "spans": tuple(SPANS),
        "charts": charts.charts(past),
        "ticks": charts.ticks(past, zone(request)),
        "rows": charts.rows(past),
        "width": WIDTH,
        "height": HEIGHT,
        "measures": caller.actor.settings.history_seconds,
    }
