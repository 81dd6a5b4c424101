"""Changing a plan: its request as a form or as YAML, checked while somebody types, then another plan."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from fuyajo.domain.errors import FuyajoError, InvalidInput, NotFound, Problem
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.http import problems
from fuyajo.http.pages import forms
from fuyajo.http.pages.render import HEADERS, language, page
from fuyajo.http.pages.visitor import OURS, PlanActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service import changing
from fuyajo.service.documents import data_from_text, text_from_data
from fuyajo.service.policing import decision_on
from fuyajo.views.plan import summary
from fuyajo.views.policy import decision_lines

routes = APIRouter(include_in_schema=False)
Way = Literal["form", "yaml"]
MOST_INPUTS = 5_000
Pairs = list[tuple[str, str]]


async def pairs(request: Request) -> Pairs:
    """What a form of any shape says, in its order."""
    form = await request.form(max_files=0, max_fields=MOST_INPUTS)
    return [(key, value) for key, value in form.multi_items() if isinstance(value, str)]


Posted = Annotated[Pairs, Depends(pairs)]


class _Draft:
    """What was posted: text where there is some, the inputs of the form otherwise."""

    def __init__(self, posted: Pairs) -> None:
        self._posted, self._said = posted, dict(posted)
        self.wish = self._said.get("do", "plan")
        self.way: Way = "yaml" if "text" in self._said else "form"

    @property
    def text(self) -> str:
        """As YAML. What was typed stays as it is."""
        if self.way == "yaml":
            return self._said["text"].replace("\r\n", "\n")
        return text_from_data(forms.data_of(self._posted))

    @property
    def data(self) -> Any:
        """Raises `InvalidInput` for text that is no document."""
        return data_from_text(self.text) if self.way == "yaml" else forms.data_of(self._posted)


@routes.get("/plans/{plan_id}/change")
def change(
    plan_id: str,
    caller: Visitor,
    actor: PlanActor,
    request: Request,
    form: Annotated[Way, Query()] = "form",
) -> Response:
    old = actor.plans.load(actor.user, plan_id)
    data = changing.request_behind(old)
    way = form if forms.holds(data) else "yaml"
    return _page(request, caller, old, way, data=data, text=text_from_data(data))


@routes.post("/plans/{plan_id}/change", dependencies=[OURS])
def changed(
    plan_id: str, posted: Posted, caller: Visitor, actor: PlanActor, request: Request
) -> Response:
    """A new plan; or the same request in the other way, with an entry more or less, which nothing keeps."""
    old = actor.plans.load(actor.user, plan_id)
    draft = _Draft(posted)
    try:
        if draft.wish != "plan":
            return _turned(request, caller, old, draft)
        fresh = changing.changed(actor, draft.data, old)
    except NotFound:
        raise
    except FuyajoError as error:
        return _refused(request, caller, old, draft, error)
    return RedirectResponse(f"/plans/{fresh.id}", 303, HEADERS)


@routes.post("/plans/check", dependencies=[OURS])
def check(posted: Posted, actor: PlanActor, request: Request) -> Response:
    """Everything that speaks against a request, or what its plan would be. Nothing is kept."""
    draft, lang = _Draft(posted), language(request)
    try:
        plan = changing.drafted(actor, draft.data, "check")
    except FuyajoError as error:
        ids = forms.form_of({}).ids() if draft.way == "yaml" else forms.form_of(draft.data).ids()
        return page(request, "_findings.html", None, problems=error.problems, ids=ids,
                    anchor=forms.anchor, good=[])  # fmt: skip
    good = [summary(plan, lang), *decision_lines(decision_on(actor, plan)[0], lang)]
    return page(
        request, "_findings.html", None, problems=(), ids=(), anchor=forms.anchor, good=good
    )


def _turned(request: Request, caller: Caller, old: Plan, draft: _Draft) -> Response:
    what, _, which = draft.wish.partition(" ")
    if what == "yaml":
        return _page(request, caller, old, "yaml", text=draft.text)
    data = draft.data
    if what == "form":
        parse_config(data)  # or what is wrong with it, where it was typed
        if not forms.holds(data):
            raise InvalidInput(Problem("", "plan_formless"))
    elif what == "add":
        data = forms.with_one_more(data, which)
    elif what == "remove":
        data = forms.without(data, which)
    return _page(request, caller, old, "form", data=data, added=which if what == "add" else "")


def _refused(
    request: Request, caller: Caller, old: Plan, draft: _Draft, error: FuyajoError
) -> Response:
    """The same again as it was typed, with everything that is wrong."""
    status = problems.status_of(error)
    if draft.way == "yaml":
        return _page(request, caller, old, "yaml", status, text=draft.text, found=error.problems)
    return _page(request, caller, old, "form", status, data=draft.data, found=error.problems)


def _page(
    request: Request,
    caller: Caller,
    old: Plan,
    way: Way,
    status: int = 200,
    *,
    data: Any = None,
    text: str = "",
    found: tuple[Problem, ...] = (),
    added: str = "",
) -> Response:
    several = caller.actor.settings.several
    form = forms.form_of(data if isinstance(data, dict) and way == "form" else {}, several=several)
    told: dict[str, list[Problem]] = {}
    for one in found:
        told.setdefault(forms.anchor(one.path), []).append(one)
    return page(
        request, "plan_change.html", caller, status,
        plan=old, way=way, form=form, text=text, problems=found, told=told, added=added,
        ids=form.ids() if way == "form" else (), anchor=forms.anchor, good=[],
    )  # fmt: skip
