"""The first page: say what is needed, and see what waits, what goes on and what is there."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from fuyajo.domain.errors import Unavailable
from fuyajo.http.pages.cards import RISKS
from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import Visitor
from fuyajo.http.routes.plans import MOST_WORDS
from fuyajo.service import alerting
from fuyajo.service.allowance import shares
from fuyajo.service.context import Actor
from fuyajo.service.following import all_seen
from fuyajo.service.machines import list_vms
from fuyajo.service.waiting import waiting
from fuyajo.views.alert import rule_words
from fuyajo.views.plan import risk_kind

routes = APIRouter(include_in_schema=False)
PLANS, RUNS = 6, 5


@routes.get("/")
def home(caller: Visitor, request: Request) -> Response:
    actor = caller.actor
    runs = sorted(all_seen(actor)[: RUNS * 4], key=lambda run: run.over)[:RUNS]
    return page(
        request, "home.html", caller, rule_words=rule_words,
        plans=waiting(actor, PLANS), risk_kind=risk_kind, risks=RISKS, runs=runs, most=MOST_WORDS,
        **_machines(actor),
    )  # fmt: skip


def _machines(actor: Actor) -> dict[str, Any]:
    """The rest of the page is there although the host is not."""
    try:
        found = list_vms(actor)
    except Unavailable as error:
        return {"machines": [], "fires": [], "shares": [], "silent": error.problems}
    there = {one.uuid for one in found}
    fires = [one for one in alerting.firing(actor) if one[1].uuid in there]
    return {"machines": found, "fires": fires, "shares": shares(actor, found), "silent": ()}
