"""Token → actor. The only place that reads `Authorization`, and the only one that makes an `Actor`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.people import Scope, is_anonymous
from fuyajo.http.logs import USER
from fuyajo.http.problems import Unauthorized
from fuyajo.service.authenticating import who
from fuyajo.service.context import Actor, Settings
from fuyajo.store.people import PeopleStore

_BEARER = HTTPBearer(
    auto_error=False, description="a token of `fuyajo token new` or of /api/v1/sign-in"
)


@dataclass(frozen=True)
class Caller:
    """Who asks, and what the token lets them do. `digest` is the token's: streams outlive the call."""

    actor: Actor
    scopes: frozenset[Scope]
    admin: bool
    digest: str


def _caller(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> Caller:
    found = _found(request, given.credentials) if given is not None else None
    if found is None:
        raise Unauthorized
    return found


def caller_of(request: Request) -> Caller | None:
    """Whose token the call brings, where it brings a good one. Outside of a route's own dependencies."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    return _found(request, secret.strip()) if kind.lower() == "bearer" else None


def _found(request: Request, secret: str) -> Caller | None:
    state = request.app.state
    settings: Settings = state.settings
    people: PeopleStore = state.people
    found = who(people, secret)
    if found is None:
        return None
    user, token = found
    request.scope[USER] = user.name
    actor = Actor(user.name, settings, "http", opened=state.database, index=state.index)
    return Caller(actor, token.scopes, user.admin and "admin" in token.scopes, token.digest)


def actor_of(request: Request) -> Actor | None:
    """Who that is."""
    found = caller_of(request)
    return found.actor if found is not None else None


def serving(request: Request, door: str = "http") -> Actor:
    """The service itself, before it is known who somebody is; no user can have that name."""
    state = request.app.state
    return Actor("(service)", state.settings, door=door, opened=state.database)


def needs(scope: Scope, *, anonymous: bool = False) -> Callable[[Caller], Actor]:
    """A dependency: the actor of a token with that scope; 401 without a token, 403 without the scope.

    People without an account come in only where that is said.
    """

    def check(caller: Annotated[Caller, Depends(_caller)]) -> Actor:
        if is_anonymous(caller.actor.user) and not anonymous:
            raise Refused(Problem("", "anonymous_only_talks"))
        if scope not in caller.scopes or (scope == "admin" and not caller.admin):
            raise Refused(Problem("", "scope_missing", {"value": scope}))
        return caller.actor

    return check


Known = Annotated[Caller, Depends(_caller)]
Reader = Annotated[Actor, Depends(needs("read"))]
Planner = Annotated[Actor, Depends(needs("plan"))]
Applier = Annotated[Actor, Depends(needs("apply"))]
Approver = Annotated[Actor, Depends(needs("approve"))]
#: Whoever talks, with an account or without.
Hearer = Annotated[Actor, Depends(needs("read", anonymous=True))]
Talker = Annotated[Actor, Depends(needs("plan", anonymous=True))]
Admin = Annotated[Actor, Depends(needs("admin"))]
