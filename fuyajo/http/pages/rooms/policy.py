"""Policy: what my role allows and what is left; for administrators the file, and a check of another."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.errors import FuyajoError, Misconfigured, Unavailable
from fuyajo.domain.hours import said as hours_said
from fuyajo.domain.policy import Role
from fuyajo.domain.usage import hours
from fuyajo.http import problems
from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import OURS, AdminActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service.allowance import shares
from fuyajo.service.context import Actor
from fuyajo.service.observing import usage_of
from fuyajo.service.policing import policy_file, read_bytes, role_name, text_of

routes = APIRouter(include_in_schema=False)
WHERE = "/policy"
NAMES = ("templates", "images", "networks", "pools", "hosts")


class Text(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=1 << 20)] = ""


@routes.get(WHERE)
def policy(caller: Visitor, request: Request) -> Response:
    return _page(caller, request)


@routes.post(WHERE, dependencies=[OURS])
def check(
    given: Annotated[Text, Form()], actor: AdminActor, caller: Visitor, request: Request
) -> Response:
    """Whether that text would be a good policy. Nothing is kept."""
    text = given.text.replace("\r\n", "\n")
    try:
        good, found = read_bytes(text.encode(), actor.home.policy()), ()
    except FuyajoError as error:
        good, found = None, error.problems  # type: ignore[assignment]
    return _page(caller, request, 422 if found else 200, text=text, good=good, wrong=found)


def _page(caller: Caller, request: Request, status: int = 200, **more: Any) -> Response:
    actor = caller.actor
    file = text_of(actor) if caller.admin else None
    try:
        values = _mine(actor)
    except Misconfigured as error:
        status = problems.status_of(error)
        values = {"role": None, "problems": error.problems}
    return page(
        request, "policy.html", caller, status,
        **{
            "problems": (), "text": file or "", "good": None, "wrong": (), "shares": [],
            "file": file, "where": str(actor.home.policy()), "names": NAMES, "hours": hours,
            "hours_said": hours_said, **values, **more,
        },
    )  # fmt: skip


def _mine(actor: Actor) -> dict[str, Any]:
    """My role, and what I have of it. Raises `Misconfigured`."""
    file = policy_file(actor)
    name = role_name(file.policy, actor.user)
    role = file.policy.roles.get(name) or Role()
    values = {"role": role, "name": name, "place": file.place, "spent": usage_of(actor, role)}
    try:
        return {**values, "shares": shares(actor)}
    except Unavailable as error:
        return {**values, "problems": error.problems}
