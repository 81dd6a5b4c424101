"""What a machine can be, what one may do and why, and who did what."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse

from fuyajo.http.answers import ends, shows
from fuyajo.http.problems import language
from fuyajo.http.shapes import AuditView, ExplanationView, TemplateView
from fuyajo.http.strict import router
from fuyajo.http.who import Known, Reader
from fuyajo.service.approving import judged
from fuyajo.service.auditing import Wanted, entries
from fuyajo.service.explaining import explain
from fuyajo.service.templates import all_templates, one
from fuyajo.views.audit import audit_json
from fuyajo.views.policy import explanation_json
from fuyajo.views.template import template_json

routes = router("rules")
Id = Annotated[str | None, Query(max_length=64)]


@routes.get("/templates", summary="What a machine can be", response_model=list[TemplateView])
def templates(actor: Reader) -> JSONResponse:
    return shows([template_json(each) for each in all_templates(actor)])


@routes.get("/templates/{name}", summary="One template", response_model=TemplateView)
def template(
    name: Annotated[str, Path(max_length=255, examples=["web-server"])], actor: Reader
) -> JSONResponse:
    return shows(template_json(one(actor, name)))


@routes.get(
    "/policy/explain",
    summary="Every rule that a plan touches, and what it comes to",
    response_model=ExplanationView,
    responses=ends(404),
)
def explanation(
    actor: Reader,
    request: Request,
    plan: Annotated[str, Query(max_length=64, examples=["p-1a2b3c4d"])],
    owner: Id = None,
) -> JSONResponse:
    found = explain(actor, judged(actor, plan, owner))
    told = explanation_json(found.role, found.rules, found.decision, language(request))
    return shows(told)


@routes.get(
    "/audit",
    summary="What was approved, rejected and carried out, the oldest first",
    description="What you did and what was done with plans of yours; everything for administrators.",
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
