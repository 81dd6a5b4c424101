"""Cookie → caller. The only place that reads the cookie of a page; the API never does.

A page's `POST` has to come from a page of ours: a browser that cannot say so is refused.
"""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.requests import HTTPConnection

from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.people import Scope, is_anonymous
from fuyajo.http.logs import USER
from fuyajo.http.who import Caller
from fuyajo.service.authenticating import SIGN_IN_FOR, who
from fuyajo.service.context import Actor

COOKIE = "fuyajo_session"
DOOR = "web"
MOST_ADDRESS = 2000
# A path of ours: a browser takes `//host` and `/\host` for somebody else's.
_LOCAL = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")


class SignInFirst(Exception):
    """Nobody is signed in in this browser."""


def visitor(request: Request) -> Caller:
    """Whose browser it is. Raises `SignInFirst`."""
    found = known(request)
    if found is None:
        raise SignInFirst
    return found


def known(request: HTTPConnection) -> Caller | None:
    """The same, or None; of a WebSocket too."""
    state = request.app.state
    found = who(state.people, request.cookies.get(COOKIE, ""))
    if found is None or is_anonymous(found[0].name):
        return None
    user, token = found
    request.scope[USER] = user.name
    actor = Actor(user.name, state.settings, DOOR, opened=state.database, index=state.index)
    return Caller(actor, token.scopes, user.admin and "admin" in token.scopes, token.digest)


def remember(response: Response, request: Request, secret: str) -> None:
    """In this browser, until the token expires; no script reads it."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(SIGN_IN_FOR.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=_encrypted(request),
        path="/",
    )


def forget(response: Response, request: Request) -> None:
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="lax", secure=_encrypted(request)
    )


def ours(request: Request) -> None:
    """For every call that changes something. Raises `Refused` for a page of somebody else's.

    `Origin` is held against `Host` before any route is reached (`limits.py`); here it has to be there.
    """
    site = request.headers.get("sec-fetch-site")
    if "origin" not in request.headers or site not in (None, "same-origin"):
        raise Refused(Problem("", "page_foreign"))


def local(said: str) -> str:
    """The address if it is one of this service's pages, the first page otherwise."""
    return said if len(said) <= MOST_ADDRESS and _LOCAL.fullmatch(said) else "/"


def _encrypted(request: Request) -> bool:
    """By TLS of ours, or of a proxy that says so: whoever lies about that harms their own cookie alone."""
    return "https" in (request.url.scheme, request.headers.get("x-forwarded-proto", ""))


def _needs(scope: Scope) -> object:
    def check(caller: Annotated[Caller, Depends(visitor)]) -> Actor:
        if scope not in caller.scopes or (scope == "admin" and not caller.admin):
            raise Refused(Problem("", "scope_missing", {"value": scope}))
        return caller.actor

    return Depends(check)


#: Who looks at a page.
Visitor = Annotated[Caller, Depends(visitor)]
#: Who may do what a scope opens, as at the API.
ReadActor = Annotated[Actor, _needs("read")]
PlanActor = Annotated[Actor, _needs("plan")]
ApplyActor = Annotated[Actor, _needs("apply")]
ApproveActor = Annotated[Actor, _needs("approve")]
#: Who may do what administrators do.
AdminActor = Annotated[Actor, _needs("admin")]
#: A dependency of every route that is a `POST`.
OURS = Depends(ours)
