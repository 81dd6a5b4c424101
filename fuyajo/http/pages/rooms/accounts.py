"""People: one's own tokens and password, and everybody for administrators. One of them is `account.py`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.errors import FuyajoError, InvalidInput, Problem
from fuyajo.domain.people import SCOPES, Scope, scopes_of
from fuyajo.http import problems
from fuyajo.http.pages.done import Done, done, said
from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import OURS, AdminActor, Visitor, remember
from fuyajo.http.turnstile import Turnstile
from fuyajo.http.who import Caller
from fuyajo.service import accounts, authenticating
from fuyajo.service.context import Actor
from fuyajo.views.people import scopes_in_order

routes = APIRouter(include_in_schema=False)
WHERE = "/people"
DAYS = (1, 7, 30, 90, 365)
Password = Annotated[str, Field(max_length=1024)]


class NewToken(BaseModel):
    """`days` 0: it never expires."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(max_length=80)] = ""
    scopes: Annotated[list[str], Field(max_length=len(SCOPES))] = []
    days: Annotated[int, Field(ge=0, le=3650)] = 30

    @property
    def valid(self) -> timedelta | None:
        return timedelta(days=self.days) if self.days else None

    def wanted(self) -> frozenset[Scope]:
        """Raises `InvalidInput` where nothing is."""
        if not self.scopes:
            raise InvalidInput(Problem("", "scope_none"))
        return scopes_of(self.scopes)


class NewUser(BaseModel):
    """Without a password only tokens, or another sign-in, work."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=64)] = ""
    password: Password = ""
    admin: bool = False


class OwnPassword(BaseModel):
    model_config = ConfigDict(extra="forbid")

    old: Password = ""
    new: Password = ""
    again: Password = ""


@routes.get(WHERE)
def people(caller: Visitor, request: Request, done: Done = "") -> Response:
    return _page(caller, request, done=said(done))


@routes.get("/people/tokens")
@routes.get("/people/users")
@routes.get("/people/password")
def again(_caller: Visitor) -> Response:
    """Whoever asks for the address of a form again: there is nothing to be seen a second time."""
    return done(WHERE, "")


@routes.post("/people/tokens", dependencies=[OURS])
def new_token(given: Annotated[NewToken, Form()], caller: Visitor, request: Request) -> Response:
    """The only answer with the secret in it: it is kept nowhere, so no other address could show it."""
    try:
        secret, token = authenticating.new_token(
            caller.actor, given.label, given.wanted(), given.valid, caller.scopes
        )
    except FuyajoError as error:
        return _page(caller, request, error, given=given)
    return _page(caller, request, secret=secret, made=token)


@routes.post("/people/tokens/{token_id}/revoke", dependencies=[OURS])
def take_back(token_id: str, caller: Visitor) -> Response:
    accounts.take_back(caller.actor, token_id)
    return done(WHERE, "revoked")


@routes.post("/people/password", dependencies=[OURS])
def own_password(
    given: Annotated[OwnPassword, Form()], caller: Visitor, request: Request
) -> Response:
    """Every token is taken back, this browser's too: it gets a new one."""
    signing: Turnstile = request.app.state.signing
    try:
        if given.new != given.again:
            raise InvalidInput(Problem("", "password_again"))
        with signing.through():
            secret = accounts.change_password(caller.actor, given.old, given.new)
    except FuyajoError as error:
        return _page(caller, request, error)
    answer = done(WHERE, "password")
    remember(answer, request, secret)
    return answer


# --- administrators ------------------------------------------------------------------------------------


@routes.post("/people/users", dependencies=[OURS])
def new_user(
    given: Annotated[NewUser, Form()], actor: AdminActor, caller: Visitor, request: Request
) -> Response:
    signing: Turnstile = request.app.state.signing
    try:
        with signing.through():
            password = given.password or None
            authenticating.add_user(actor, given.name, password, admin=given.admin)
    except FuyajoError as error:
        return _page(caller, request, error, user=given)
    return done(WHERE, "user")


@routes.post("/people/users/{name}/password", dependencies=[OURS])
def their_password(
    name: str,
    password: Annotated[Password, Form()],
    actor: AdminActor,
    caller: Visitor,
    request: Request,
) -> Response:
    signing: Turnstile = request.app.state.signing
    try:
        with signing.through():
            accounts.set_password(actor, name, password)
    except InvalidInput as error:
        return _page(caller, request, error)
    return done(WHERE, "their_password")


#: What one button does, and what the page says then.
ACTS: dict[str, tuple[Callable[[Actor, str], object], str]] = {
    "disable": (lambda actor, name: accounts.set_disabled(actor, name, True), "disabled"),
    "enable": (lambda actor, name: accounts.set_disabled(actor, name, False), "enabled"),
    "admin": (lambda actor, name: accounts.set_admin(actor, name, True), "office"),
    "no-admin": (lambda actor, name: accounts.set_admin(actor, name, False), "no_office"),
}


# After those of their own: an address is matched in order.
@routes.post("/people/users/{name}/{act}", dependencies=[OURS])
def settle(
    name: str, act: Literal["disable", "enable", "admin", "no-admin"], actor: AdminActor
) -> Response:
    do, told = ACTS[act]
    do(actor, name)
    return done(WHERE, told)


def _page(
    caller: Caller, request: Request, error: FuyajoError | None = None, **more: Any
) -> Response:
    actor = caller.actor
    values: dict[str, Any] = {"secret": None, "made": None, "done": "", "given": NewToken()}
    return page(
        request, "people.html", caller, problems.status_of(error) if error else 200,
        **{
            **values, "user": NewUser(), "path": WHERE, "base": WHERE,
            "problems": error.problems if error else (),
            "tokens": accounts.tokens(actor), "in_order": scopes_in_order, "days": DAYS,
            "scopes": [scope for scope in SCOPES if scope in caller.scopes],
            "mine": actor.people.user(actor.user),
            "users": accounts.users(actor) if caller.admin else [],
            "own": caller.digest,
            **more,
        },
    )  # fmt: skip
