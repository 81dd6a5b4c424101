"""Signing in, one's own tokens, and users for administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import Request, status
from pydantic import BaseModel, Field

from fuyajo.domain.people import SCOPES, Scope, Token, User, scopes_of
from fuyajo.http.answers import ends
from fuyajo.http.first import First
from fuyajo.http.problems import Unauthorized
from fuyajo.http.strict import Body, router
from fuyajo.http.turnstile import Turnstile
from fuyajo.http.who import Admin, Known, Reader
from fuyajo.service import authenticating

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

    label: Annotated[str, Field(max_length=80)] = Field(default="", examples=["CI"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))] = Field(
        examples=[["plan"]]
    )
    days: Annotated[int, Field(ge=1, le=3650)] | None = 90


class TokenView(BaseModel):
    id: str
    label: str
    scopes: list[str]
    created: datetime
    expires: datetime | None
    used: datetime | None

    @classmethod
    def of(cls, token: Token) -> Self:
        return cls(**{**token._asdict(), "scopes": sorted(token.scopes)})


class NewTokenView(TokenView):
    token: str = Field(description="the secret, shown this once")


class NewUser(Body):
    name: Annotated[str, Field(max_length=64)] = Field(examples=["noriko"])
    password: Annotated[str, Field(max_length=1024)] | None = None
    admin: bool = False


class UserView(BaseModel):
    name: str
    admin: bool
    disabled: bool
    created: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(name=user.name, admin=user.admin, disabled=user.disabled, created=user.created)


class Me(BaseModel):
    user: str
    admin: bool
    scopes: list[str]


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


@routes.post(
    "/first-admin",
    status_code=status.HTTP_201_CREATED,
    summary="The first user, once, with the secret that the service printed",
    responses=ends(401, 409, 429),
)
def first_admin(body: FirstAdmin, request: Request) -> UserView:
    first: First | None = request.app.state.first
    signing: Turnstile = request.app.state.signing
    with signing.through():
        user = first.admit(body.secret, body.name, body.password) if first is not None else None
    if user is None:
        raise Unauthorized
    return UserView.of(user)


@routes.get("/me", summary="Who this token is of, and what it may do")
def me(caller: Known) -> Me:
    return Me(user=caller.actor.user, admin=caller.admin, scopes=sorted(caller.scopes))


@routes.get("/tokens", summary="Your tokens, without their secrets")
def tokens(actor: Reader) -> list[TokenView]:
    return [TokenView.of(token) for token in actor.people.tokens(actor.user)]


@routes.post("/tokens", status_code=status.HTTP_201_CREATED, summary="A new token, shown this once")
def new_token(body: NewToken, caller: Known) -> NewTokenView:
    valid = timedelta(days=body.days) if body.days is not None else None
    scopes = scopes_of(body.scopes)
    secret, token = authenticating.new_token(caller.actor, body.label, scopes, valid, caller.scopes)
    return NewTokenView(**TokenView.of(token).model_dump(), token=secret)


@routes.delete("/tokens/{token_id}", status_code=204, summary="Take a token of yours back")
def take_back(token_id: str, actor: Reader) -> None:
    authenticating.take_back(actor, token_id)


@routes.get("/users", summary="Everybody; administrators only")
def users(actor: Admin) -> list[UserView]:
    return [UserView.of(user) for user in actor.people.users()]


@routes.post(
    "/users",
    status_code=status.HTTP_201_CREATED,
    summary="A new user; administrators only",
    responses=ends(409, 429),
)
def new_user(body: NewUser, actor: Admin, request: Request) -> UserView:
    signing: Turnstile = request.app.state.signing
    with signing.through():
        user = authenticating.add_user(actor, body.name, body.password, admin=body.admin)
    return UserView.of(user)
