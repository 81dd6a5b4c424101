"""Signing in and out, and how the pages are shown to somebody."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.errors import FuyajoError, Problem
from fuyajo.http import trip as trips
from fuyajo.http.first import First
from fuyajo.http.pages.render import HEADERS, LANGUAGE, page
from fuyajo.http.pages.visitor import (
    MOST_ADDRESS,
    OURS,
    Visitor,
    forget,
    known,
    local,
    remember,
)
from fuyajo.http.routes.elsewhere import begun
from fuyajo.http.turnstile import Turnstile
from fuyajo.service import authenticating

routes = APIRouter(include_in_schema=False)
YEAR_SECONDS = 31_536_000
Next = Annotated[str, Query(max_length=MOST_ADDRESS)]


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user: Annotated[str, Field(max_length=64)] = ""
    password: Annotated[str, Field(max_length=1024)] = ""
    next: Annotated[str, Field(max_length=MOST_ADDRESS)] = "/"


class FirstAdmin(BaseModel):
    model_config = ConfigDict(extra="forbid")

    secret: Annotated[str, Field(max_length=128)] = ""
    user: Annotated[str, Field(max_length=64)] = ""
    password: Annotated[str, Field(max_length=1024)] = ""


class Language(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lang: Literal["en", "ja"]
    next: Annotated[str, Field(max_length=MOST_ADDRESS)] = "/"


@routes.get("/sign-in")
def sign_in_page(request: Request, next: Next = "/") -> Response:  # noqa: A002 - what the address says
    if known(request) is not None:
        return RedirectResponse(local(next), 303, HEADERS)
    return _sign_in_page(request, local(next))


@routes.post("/sign-in", dependencies=[OURS])
def sign_in(given: Annotated[SignIn, Form()], request: Request) -> Response:
    signing: Turnstile = request.app.state.signing
    try:
        with signing.through():
            secret = authenticating.sign_in(request.app.state.people, given.user, given.password)
    except FuyajoError as error:
        return _sign_in_page(request, local(given.next), error.problems, 429, given.user)
    if secret is None:
        wrong = [Problem("", "page_sign_in")]
        return _sign_in_page(request, local(given.next), wrong, 401, given.user)
    answer = RedirectResponse(local(given.next), 303, HEADERS)
    remember(answer, request, secret)
    return answer


@routes.get("/sign-in/elsewhere")
def elsewhere(request: Request, next: Next = "/") -> Response:  # noqa: A002 - what the address says
    """To the issuer of this service; the end of that trip is back here."""
    return begun(request, trips.begin(page=local(next)))


@routes.post("/first-admin", dependencies=[OURS])
def first_admin(given: Annotated[FirstAdmin, Form()], request: Request) -> Response:
    """With the secret that the service printed; whoever brings it is signed in as well."""
    first: First | None = request.app.state.first
    signing: Turnstile = request.app.state.signing
    try:
        with signing.through():
            made = first and first.admit(given.secret, given.user, given.password)
    except FuyajoError as error:
        return _sign_in_page(request, "/", error.problems, 422, given.user)
    if not made:
        return _sign_in_page(request, "/", [Problem("", "page_first_secret")], 401, given.user)
    answer = RedirectResponse("/", 303, HEADERS)
    remember(answer, request, authenticating.session(request.app.state.people, made))
    return answer


@routes.post("/sign-out", dependencies=[OURS])
def sign_out(caller: Visitor, request: Request) -> Response:
    authenticating.sign_out(caller.actor, caller.digest)
    answer = RedirectResponse("/sign-in", 303, HEADERS)
    forget(answer, request)
    return answer


@routes.post("/language", dependencies=[OURS])
def language(given: Annotated[Language, Form()]) -> Response:
    answer = RedirectResponse(local(given.next), 303, HEADERS)
    answer.set_cookie(LANGUAGE, given.lang, max_age=YEAR_SECONDS, samesite="lax", path="/")
    return answer


def _sign_in_page(
    request: Request,
    back: str,
    problems: tuple[Problem, ...] | list[Problem] = (),
    status: int = 200,
    user: str = "",
) -> Response:
    state = request.app.state
    first = state.first is not None and not state.people.any()
    issuer = state.settings.elsewhere
    elsewhere = urlsplit(issuer.issuer).hostname if issuer else None
    return page(
        request, "sign_in.html", None, status,
        next=back, problems=problems, user=user, first=first, elsewhere=elsewhere,
    )  # fmt: skip
