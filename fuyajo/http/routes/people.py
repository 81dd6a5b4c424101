"""Signing in, one's own tokens, and users for administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query, Request, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.people import SCOPES, Scope, scopes_of
from fuyajo.http.answers import ends, shows
from fuyajo.http.first import First
from fuyajo.http.problems import Unauthorized
from fuyajo.http.strict import Body, router
from fuyajo.http.turnstile import Turnstile
from fuyajo.http.who import Admin, Caller, Known, Reader
from fuyajo.service import accounts, authenticating
from fuyajo.service.runs import keys
from fuyajo.views.people import token_json, user_json

routes = router("people")


class SignIn(Body):
    user: Annotated[str, Field(max_length=64)] = Field(examples=["mika"])
    password: Annotated[str, Field(max_length=1024)] = Field(examples=["four words in a row"])


class FirstAdmin(Body):
    """`secret` is what `fuyajo serve` printed."""

    secret: Annotated[str, Field(max_length=128)]
    name: Annotated[str, Field(max_length=64)] = Field(examples=["mika"])
    password: Annotated[str, Field(max_length=1024)] = Field(examples=["four words in a row"])


class Secret(BaseModel):
    """Shown this once."""

    token: str


class NewToken(Body):
    """`days` None: it never expires."""

    user: Annotated[str, Field(max_length=64)] | None = Field(
        default=None, description="for whom; another for administrators only"
    )
    label: Annotated[str, Field(max_length=80)] = Field(default="", examples=["CI"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))] = Field(
        examples=[["plan"]]
    )
    days: Annotated[int, Field(ge=1, le=3650)] | None = 90


class TokenView(BaseModel):
    id: str
    user: str
    label: str
    scopes: list[Scope]
    created: datetime
    expires: datetime | None
    used: datetime | None


class NewTokenView(TokenView):
    token: str = Field(description="the secret, shown this once")


class NewUser(Body):
    name: Annotated[str, Field(max_length=64)] = Field(examples=["noriko"])
    password: Annotated[str, Field(max_length=1024)] | None = None
    admin: bool = False


class NewPassword(Body):
    password: Annotated[str, Field(max_length=1024)] = Field(examples=["four words in a row"])


class UserView(BaseModel):
    """`password`: whether there is one; without, only tokens or another sign-in work."""

    name: str
    admin: bool
    disabled: bool
    password: bool
    created: datetime


class Me(BaseModel):
    """`keys` is where your keys for guests are, on the machine of the service."""

    user: str
    admin: bool
    scopes: list[Scope]
    keys: str


Whose = Annotated[
    str | None, Query(max_length=64, description="whose; another's for administrators only")
]


@routes.post(
    "/sign-in",
    summary="A token for some hours, for a name and a password",
    responses=ends(401, 429),
)
def sign_in(body: SignIn, request: Request) -> Secret:
    signing: Turnstile = request.app.state.signing
    with signing.through():
        secret = authenticating.sign_in(request.app.state.people, body.user, body.password)
    if secret is None:
        raise Unauthorized
    return Secret(token=secret)


@routes.post("/sign-out", status_code=204, summary="Take back the token that this call brings")
def sign_out(caller: Known) -> None:
    authenticating.sign_out(caller.actor, caller.digest)


@routes.post(
    "/first-admin",
    status_code=status.HTTP_201_CREATED,
    summary="The first user, once, with the secret that the service printed",
    response_model=UserView,
    responses=ends(401, 409, 429),
)
def first_admin(body: FirstAdmin, request: Request) -> JSONResponse:
    first: First | None = request.app.state.first
    signing: Turnstile = request.app.state.signing
    with signing.through():
        user = first.admit(body.secret, body.name, body.password) if first is not None else None
    if user is None:
        raise Unauthorized
    return shows(user_json(user), 201)


@routes.get("/me", summary="Who this token is of, and what it may do")
def me(caller: Known) -> Me:
    scopes = [scope for scope in SCOPES if scope in caller.scopes]
    where = str(keys(caller.actor))
    return Me(user=caller.actor.user, admin=caller.admin, scopes=scopes, keys=where)


@routes.get("/tokens", summary="Tokens, without their secrets", response_model=list[TokenView])
def tokens(actor: Reader, caller: Known, user: Whose = None) -> JSONResponse:
    _own_or_admin(caller, user)
    return shows([token_json(token) for token in accounts.tokens(actor, user)])


@routes.post(
    "/tokens",
    status_code=status.HTTP_201_CREATED,
    summary="A new token, shown this once",
    response_model=NewTokenView,
    responses=ends(404),
)
def new_token(body: NewToken, caller: Known) -> JSONResponse:
    _own_or_admin(caller, body.user)
    valid = timedelta(days=body.days) if body.days is not None else None
    if body.user is not None and body.user != caller.actor.user:
        made = accounts.new_token(caller.actor, body.user, body.label, body.scopes, valid)
    else:
        scopes = scopes_of(body.scopes)
        made = authenticating.new_token(caller.actor, body.label, scopes, valid, caller.scopes)
    secret, token = made
    return shows({**token_json(token), "token": secret}, 201)


@routes.delete("/tokens/{token_id}", status_code=204, summary="Take a token back")
def take_back(token_id: str, actor: Reader, caller: Known, user: Whose = None) -> None:
    _own_or_admin(caller, user)
    accounts.take_back(actor, token_id, user)


def _own_or_admin(caller: Caller, user: str | None) -> None:
    if user is not None and user != caller.actor.user and not caller.admin:
        raise Refused(Problem("user", "scope_missing", {"value": "admin"}))


@routes.get("/users", summary="Everybody; administrators only", response_model=list[UserView])
def users(actor: Admin) -> JSONResponse:
    return shows([user_json(user) for user in accounts.users(actor)])


@routes.post(
    "/users",
    status_code=status.HTTP_201_CREATED,
    summary="A new user; administrators only",
    response_model=UserView,
    responses=ends(409, 429),
)
def new_user(body: NewUser, actor: Admin, request: Request) -> JSONResponse:
    signing: Turnstile = request.app.state.signing
    with signing.through():
        user = authenticating.add_user(actor, body.name, body.password, admin=body.admin)
    return shows(user_json(user), 201)


@routes.post(
    "/users/{user}/password",
    status_code=204,
    summary="A new password, after which every token of theirs is taken back; administrators only",
    responses=ends(429),
)
def new_password(user: str, body: NewPassword, actor: Admin, request: Request) -> None:
    signing: Turnstile = request.app.state.signing
    with signing.through():
        accounts.set_password(actor, user, body.password)


@routes.post(
    "/users/{user}/disable",
    summary="Let them in no longer; administrators only",
    response_model=UserView,
)
def disable(user: str, actor: Admin) -> JSONResponse:
    return shows(user_json(accounts.set_disabled(actor, user, True)))


@routes.post(
    "/users/{user}/enable",
    summary="Let them in again; administrators only",
    response_model=UserView,
)
def enable(user: str, actor: Admin) -> JSONResponse:
    return shows(user_json(accounts.set_disabled(actor, user, False)))
