"""Planners: who may plan, with the figures that it was admitted with, and the reports that decided."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from fuyajo.http.pages.render import language, page
from fuyajo.http.pages.visitor import AdminActor, Visitor
from fuyajo.service.evaluating import report_of, reports, standings
from fuyajo.views.gate import bar_of, percent

routes = APIRouter(include_in_schema=False)
MOST_CASES = 100


@routes.get("/planners")
def planners(caller: Visitor, request: Request) -> Response:
    """Words that undid a planner may be anybody's: administrators alone see them."""
    lang = language(request)
    return page(
        request, "planners.html", caller,
        planners=standings(caller.actor), wanted=caller.actor.settings.backend,
        percent=lambda share: percent(share, lang), bar=bar_of,
        reports=reports(caller.actor) if caller.admin else [],
    )  # fmt: skip


@routes.get("/planners/reports/{report_id}")
def report(
    report_id: str,
    actor: AdminActor,
    caller: Visitor,
    request: Request,
    beside: Annotated[str, Query(alias="with", max_length=60)] = "",
) -> Response:
    """One report; with another one its figures are beside it."""
    lang = language(request)
    one = report_of(actor, report_id)
    other = report_of(actor, beside) if beside else None
    return page(
        request, "report.html", caller,
        one=one, other=other, others=[each for each in reports(actor) if each.id != one.id],
        percent=lambda share: percent(share, lang), bar=bar_of, moved=moved, most=MOST_CASES,
    )  # fmt: skip


def moved(before: float | None, after: float | None) -> str:
    """In points of a hundred, with its sign; "" where either is not known."""
    return "" if before is None or after is None else f"{100 * (after - before):+.1f}"
