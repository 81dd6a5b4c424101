"""What a machine can be, what one may do and why."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field, field_validator

from fuyajo.domain.errors import InvalidInput, Misconfigured
from fuyajo.domain.policy import Role
from fuyajo.http.answers import ends, shows
from fuyajo.http.problems import language
from fuyajo.http.shapes import ExplanationView, TemplateView
from fuyajo.http.shapes_people import GoodPolicyView, PolicyView
from fuyajo.http.strict import Body, router
from fuyajo.http.who import Admin, Reader
from fuyajo.service.approving import judged
from fuyajo.service.explaining import explain
from fuyajo.service.observing import usage_of
from fuyajo.service.policing import read_bytes, read_file, role_name
from fuyajo.service.templates import all_templates, one
from fuyajo.views.policy import explanation_json, good_policy_json, policy_json
from fuyajo.views.template import template_json

routes = router("rules")
Id = Annotated[str | None, Query(max_length=64)]


class PolicyText(Body):
    """None: the file that is there."""

    text: str | None = Field(default=None, examples=['[roles.user]\nmay = ["read"]'])

    @field_validator("text")
    @classmethod
    def _is_text(cls, text: str | None) -> str | None:
        """Half a surrogate is none: ValueError."""
        if text is not None:
            text.encode()
        return text


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
    "/policy",
    summary="The policy, and what it says of your role; administrators only",
    response_model=PolicyView,
)
def policy(actor: Admin) -> JSONResponse:
    file = read_file(actor.home.policy())
    name = role_name(file.policy, actor.user)
    role = file.policy.roles.get(name) or Role()
    return shows(policy_json(file, name, role, usage_of(actor, role)))


@routes.post(
    "/policy/check",
    summary="Whether a policy is good, with every problem of it; administrators only",
    response_model=GoodPolicyView,
)
def check(body: PolicyText, actor: Admin, request: Request) -> JSONResponse:
    path = actor.home.policy()
    try:
        file = read_file(path) if body.text is None else read_bytes(body.text.encode(), path)
    except Misconfigured as error:  # that is what was asked
        raise InvalidInput(error.problems) from error
    return shows(good_policy_json(file, language(request)))
