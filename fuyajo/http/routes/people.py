"""Signing in, one's own tokens, and users for administrators."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.people import SCOPES, Scope, Token, User, scopes_of
from fuyajo.http.problems import Unauthorized
from fuyajo.http.who import Admin, Known, Reader
from fuyajo.service import authenticating

router = APIRouter(prefix="/api/v1", tags=["people"])


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(Body):
    user: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=1024)]


class Secret(BaseModel):
    """Shown this once."""

    token: str


class NewToken(Body):
    """`days` None: it never expires."""

    label: Annotated[str, Field(max_length=80)] = ""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))]
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
    name: Annotated[str, Field(max_length=64)]
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


@router.post("/sign-in", summary="A token for some hours, for a name and a password")
def sign_in(body: SignIn, request: Request) -> Secret:
    secret = authenticating.sign_in(request.app.state.people, body.user, body.password)
    if secret is None:
        raise Unauthorized
    return Secret(token=secret)


@router.get("/me", summary="Who this token is of, and what it may do")
def me(caller: Known) -> Me:
    return Me(user=caller.actor.user, admin=caller.admin, scopes=sorted(caller.scopes))


@router.get("/tokens", summary="Your tokens, without their secrets")
def tokens(actor: Reader) -> list[TokenView]:
    return [TokenView.of(token) for token in actor.people.tokens(actor.user)]


@router.post("/tokens", status_code=status.HTTP_201_CREATED, summary="A new token, shown this once")
def new_token(body: NewToken, caller: Known) -> NewTokenView:
    valid = timedelta(days=body.days) if body.days is not None else None
    scopes = scopes_of(body.scopes)
    secret, token = authenticating.new_token(caller.actor, body.label, scopes, valid, caller.scopes)
    return NewTokenView(**TokenView.of(token).model_dump(), token=secret)


@router.delete("/tokens/{token_id}", status_code=204, summary="Take a token of yours back")
def take_back(token_id: str, actor: Reader) -> None:
    authenticating.take_back(actor, token_id)


@router.get("/users", summary="Everybody; administrators only")
def users(actor: Admin) -> list[UserView]:
    return [UserView.of(user) for user in actor.people.users()]


@router.post(
    "/users", status_code=status.HTTP_201_CREATED, summary="A new user; administrators only"
)
def new_user(body: NewUser, actor: Admin) -> UserView:
    user = authenticating.add_user(actor, body.name, body.password, admin=body.admin)
    return UserView.of(user)
