"""Views as answers, and the statuses that a route can end with."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse

from fuyajo.http.problems import TITLES, ProblemDocument

Statuses = dict[int | str, dict[str, Any]]


def shows(value: Any, status: int = 200, location: str | None = None) -> JSONResponse:
    """What a view made, as it is."""
    return JSONResponse(value, status, {"Location": location} if location else None)


def ends(*statuses: int) -> Statuses:
    """Besides those that every route has (`openapi.py`)."""
    return {one: {"model": ProblemDocument, "description": TITLES[one]} for one in statuses}
