"""Plans: a list, each as a card, and what somebody says about it."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Conflict, FuyajoError, Misconfigured, NotFound, Problem
from fuyajo.domain.plan import Plan
from fuyajo.http import problems
from fuyajo.http.pages.cards import card, state_tone
from fuyajo.http.pages.render import HEADERS, fragment, is_piece, language, page
from fuyajo.http.pages.visitor import OURS, ApplyActor, ApproveActor, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service import approving, submitting
from fuyajo.service.applying import resolve
from fuyajo.service.plans import some_plans
from fuyajo.service.replanning import again
from fuyajo.service.reviewing import PERSON, Looks, review
from fuyajo.service.waiting import to_judge
from fuyajo.views.graph import graph_svg
from fuyajo.views.plan import MARKS, risk_kind

routes = APIRouter(include_in_schema=False)
PAGE = 50
SVG_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
Owner = Annotated[str | None, Query(max_length=64)]
Seen = Annotated[str, Query(max_length=64)]


class Word(BaseModel):
    """What comes with a button. `typed` is the name of what goes, `note` why somebody says so."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[str, Field(max_length=64)] = ""
    typed: Annotated[str, Field(max_length=256)] = ""
    note: Annotated[str, Field(max_length=approving.NOTE_CHARS)] = ""


Said = Annotated[Word, Form()]


@routes.get("/plans")
def plans(
    caller: Visitor, request: Request, most: Annotated[int, Query(ge=1, le=500)] = PAGE
) -> Response:
    actor, looks = caller.actor, Looks(caller.actor)
    found = some_plans(actor, most + 1)
    return page(
        request, "plans.html", caller,
        mine=[review(actor, plan, looks) for plan in found[:most]],
        others=[review(actor, plan, looks) for plan in to_judge(actor)],
        more=most + PAGE if len(found) > most else 0, marks=MARKS, risk_kind=risk_kind, tone=state_tone,
    )  # fmt: skip


@routes.get("/plans/{plan_id}")
def plan(
    plan_id: str, caller: Visitor, request: Request, owner: Owner = None, seen: Seen = ""
) -> Response:
    """Nothing to a page that has it already, as it is: `seen` is what that page shows."""
    return _page(request, caller, approving.judged(caller.actor, plan_id, owner), seen=seen)


@routes.get("/plans/{plan_id}/graph.svg")
def graph(plan_id: str, caller: Visitor, owner: Owner = None, dark: bool = False) -> Response:
    """An image of its own: names in it are text, whatever they hold."""
    body = graph_svg(approving.judged(caller.actor, plan_id, owner), dark=dark)
    headers = {**HEADERS, "Content-Security-Policy": SVG_POLICY}
    return Response(body, 200, headers, media_type="image/svg+xml")


@routes.post("/plans/{plan_id}/apply", dependencies=[OURS])
def apply(
    plan_id: str, said: Said, caller: Visitor, actor: ApplyActor, request: Request
) -> Response:
    """The click is this person's word for what the page showed, and asks for the run as well."""
    meant = actor.plans.load(actor.user, plan_id)
    found = review(actor, meant)
    if found.run is not None or found.stands("nothing"):
        return _to(f"/runs/{found.run}" if found.stands("running") else f"/plans/{meant.id}")
    try:
        if found.stands("stale"):
            raise Conflict(found.problems)
        found.check_typed(said.typed)
        agreed = PERSON if "approve" in caller.scopes else None
        job = submitting.submit(actor, meant.id, agreed)
    except FuyajoError as error:
        return _told(request, caller, meant, error)
    request.app.state.wake()
    return _to(f"/runs/{job.run}")


@routes.post("/plans/{plan_id}/approve", dependencies=[OURS])
def approve(
    plan_id: str, said: Said, caller: Visitor, actor: ApproveActor, request: Request
) -> Response:
    meant = approving.judged(actor, plan_id, said.owner or None)
    try:
        review(actor, meant).check_typed(said.typed)
        approving.approve(actor, meant, Consent(actor.user, PERSON, actor.door), said.note)
    except FuyajoError as error:
        return _told(request, caller, meant, error)
    return _to(_address(caller, meant))


@routes.post("/plans/{plan_id}/reject", dependencies=[OURS])
def reject(
    plan_id: str, said: Said, caller: Visitor, actor: ApproveActor, request: Request
) -> Response:
    """Somebody else's, or one's own that is not wanted any more: it never runs."""
    meant = approving.judged(actor, plan_id, said.owner or None)
    try:
        approving.reject(actor, meant, Consent(actor.user, PERSON, actor.door), said.note)
    except FuyajoError as error:
        return _told(request, caller, meant, error)
    return _to(_address(caller, meant))


@routes.post("/plans/{plan_id}/again", dependencies=[OURS])
def renew(plan_id: str, caller: Visitor, actor: PlanActor, request: Request) -> Response:
    meant = actor.plans.load(actor.user, plan_id)
    try:
        fresh = again(actor, meant.id).plan
    except FuyajoError as error:
        return _told(request, caller, meant, error)
    assert fresh is not None, "a spec always makes a plan"
    return _to(f"/plans/{fresh.id}")


@routes.post("/plans/{plan_id}/rest", dependencies=[OURS])
def rest(plan_id: str, caller: Visitor, actor: PlanActor, request: Request) -> Response:
    """What a run that was cut off left: a plan to look at. Nothing runs yet."""
    meant = actor.plans.load(actor.user, plan_id)
    try:
        left = resolve(actor, meant.id)
        if left.nothing_to_do:  # kept nowhere
            raise Conflict(Problem("", "plan_nothing_left", {"value": meant.id}))
    except FuyajoError as error:
        return _told(request, caller, meant, error)
    return _to(f"/plans/{left.id}")


def _to(where: str) -> Response:
    return RedirectResponse(where, 303, HEADERS)


def _address(caller: Caller, meant: Plan) -> str:
    whose = "" if meant.owner == caller.actor.user else f"?owner={meant.owner}"
    return f"/plans/{meant.id}{whose}"


def _told(request: Request, caller: Caller, meant: Plan, error: FuyajoError) -> Response:
    """The plan again, with what went wrong above it."""
    if isinstance(error, NotFound | Misconfigured):
        raise error
    return _page(request, caller, meant, problems.status_of(error), error.problems)


def _page(
    request: Request,
    caller: Caller,
    meant: Plan,
    status: int = 200,
    found: tuple[Problem, ...] = (),
    seen: str = "",
) -> Response:
    shown = card(caller.actor, meant, language(request))
    now = sha256(fragment(request, "_plan_card.html", card=shown).encode()).hexdigest()[:16]
    if seen == now and is_piece(request):
        return Response(status_code=204, headers=HEADERS)
    whose = {} if meant.owner == caller.actor.user else {"owner": meant.owner}
    look = f"/plans/{meant.id}?{urlencode({**whose, 'seen': now})}"
    return page(request, "plan.html", caller, status, card=shown, problems=found, look=look)
