"""One user, for administrators: who signs in elsewhere as them, and tokens of theirs, never a secret."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from fuyajo.domain.elsewhere import MOST_SUBJECT
from fuyajo.domain.errors import FuyajoError, NotFound
from fuyajo.domain.people import SCOPES
from fuyajo.http import problems
from fuyajo.http.pages.done import Done, done, said
from fuyajo.http.pages.render import page
from fuyajo.http.pages.rooms.accounts import DAYS, NewToken
from fuyajo.http.pages.visitor import OURS, AdminActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service import accounts, elsewhere
from fuyajo.service.authenticating import allowed_to
from fuyajo.views.people import scopes_in_order

routes = APIRouter(include_in_schema=False)
WHERE = "/people/users/{name}"
Name = Annotated[str, Path(max_length=64)]


class Link(BaseModel):
    """An empty `issuer` is the one of the settings."""

    model_config = ConfigDict(extra="forbid")

    subject: Annotated[str, Field(max_length=MOST_SUBJECT)] = ""
    issuer: Annotated[str, Field(max_length=500)] = ""


@routes.get(WHERE)
def user(
    name: Name, _actor: AdminActor, caller: Visitor, request: Request, done: Done = ""
) -> Response:
    return _page(caller, request, name, done=said(done))


@routes.post("/people/users/{name}/link", dependencies=[OURS])
def link(
    name: Name,
    given: Annotated[Link, Form()],
    actor: AdminActor,
    caller: Visitor,
    request: Request,
) -> Response:
    try:
        elsewhere.link(actor, name, given.subject.strip(), given.issuer.strip() or None)
    except NotFound:
        raise
    except FuyajoError as error:
        return _page(caller, request, name, error, link=given)
    return done(WHERE.format(name=name), "linked")


@routes.post("/people/users/{name}/unlink", dependencies=[OURS])
def unlink(name: Name, actor: AdminActor) -> Response:
    """All of them, as at the terminal."""
    elsewhere.unlink(actor, name)
    return done(WHERE.format(name=name), "unlinked")


@routes.get("/people/users/{name}/tokens")
def again(name: Name, _actor: AdminActor) -> Response:
    """Whoever asks for the address of the form again: there is nothing to be seen a second time."""
    return done(WHERE.format(name=name), "")


@routes.post("/people/users/{name}/tokens", dependencies=[OURS])
def new_token(
    name: Name,
    given: Annotated[NewToken, Form()],
    actor: AdminActor,
    caller: Visitor,
    request: Request,
) -> Response:
    """The only answer with the secret in it, as for a token of one's own."""
    try:
        secret, token = accounts.new_token(actor, name, given.label, given.wanted(), given.valid)
    except NotFound:
        raise
    except FuyajoError as error:
        return _page(caller, request, name, error, given=given)
    return _page(caller, request, name, secret=secret, made=token)


@routes.post("/people/users/{name}/tokens/{token_id}/revoke", dependencies=[OURS])
def take_back(name: Name, token_id: str, actor: AdminActor) -> Response:
    accounts.take_back(actor, token_id, accounts.known(actor, name).name)
    return done(WHERE.format(name=name), "revoked")


def _page(
    caller: Caller, request: Request, name: str, error: FuyajoError | None = None, **more: Any
) -> Response:
    actor = caller.actor
    shown, issuer = accounts.known(actor, name), actor.settings.elsewhere
    where = WHERE.format(name=shown.name)
    values: dict[str, Any] = {
        "done": "", "secret": None, "made": None, "given": NewToken(), "link": Link(), **more,
    }  # fmt: skip
    return page(
        request, "user.html", caller, problems.status_of(error) if error else 200,
        user=shown, path=where, base=where, problems=error.problems if error else (),
        linked=elsewhere.linked(actor, name), issuer=issuer.issuer if issuer else "",
        tokens=accounts.tokens(actor, shown.name), in_order=scopes_in_order, days=DAYS,
        scopes=[scope for scope in SCOPES if scope in allowed_to(shown)], own=caller.digest,
        **values,
    )  # fmt: skip
