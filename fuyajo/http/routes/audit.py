"""Who did what, page by page, and whether that record is whole."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import JSONResponse

from fuyajo.http.answers import shows
from fuyajo.http.problems import language
from fuyajo.http.shapes import AuditView
from fuyajo.http.shapes_people import VerifiedView
from fuyajo.http.strict import router
from fuyajo.http.who import Admin, Known, Reader
from fuyajo.service.auditing import Wanted, entries, head_of, verified
from fuyajo.views.audit import audit_json, verified_json

routes = router("audit")
Id = Annotated[str | None, Query(max_length=64)]


@routes.get(
    "/audit",
    summary="What was approved, rejected and carried out, the oldest first",
    description="What you did and what was done with plans of yours; everything for administrators. "
    "The next page begins `after` the last `seq` of this one.",
    response_model=list[AuditView],
)
def audit(
    actor: Reader,
    caller: Known,
    since: Annotated[
        datetime | None, Query(description="ISO 8601; UTC unless it says otherwise")
    ] = None,
    by: Annotated[str | None, Query(max_length=64, description="who did it")] = None,
    plan: Id = None,
    run: Id = None,
    after: Annotated[int, Query(ge=0, le=2**53, description="rows behind this `seq`")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> JSONResponse:
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    found = entries(actor, Wanted(since, by, plan, run, after), admin=caller.admin)
    return shows([audit_json(row, body) for row, body in islice(found, limit)])


@routes.get(
    "/audit/verify",
    summary="Whether no row was edited, removed or put elsewhere; administrators only",
    response_model=VerifiedView,
)
def verify(
    actor: Admin,
    request: Request,
    expect: Annotated[
        str | None,
        Query(max_length=100, description="a `head` of before: its row must still be there"),
    ] = None,
) -> JSONResponse:
    return shows(verified_json(verified(actor, head_of(expect)), language(request)))
