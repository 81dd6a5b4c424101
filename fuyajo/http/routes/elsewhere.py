"""Signing in elsewhere: to the issuer, back from it, and over to a terminal."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import Field

from fuyajo.domain.errors import (
    FuyajoError,
    InvalidInput,
    NotFound,
    Problem,
    Refused,
    Unavailable,
    shown,
)
from fuyajo.domain.people import User
from fuyajo.http import trip as trips
from fuyajo.http.answers import Statuses, ends
from fuyajo.http.logs import USER
from fuyajo.http.pages import errors as page_errors
from fuyajo.http.pages.render import HEADERS
from fuyajo.http.pages.visitor import local, remember
from fuyajo.http.problems import Unauthorized
from fuyajo.http.routes.people import Secret
from fuyajo.http.strict import Body, router
from fuyajo.http.turnstile import Turnstile
from fuyajo.http.who import serving
from fuyajo.service import elsewhere
from fuyajo.service.authenticating import session
from fuyajo.service.context import Actor, Settings

if TYPE_CHECKING:
    from fuyajo.oidc.provider import Provider

routes = router("people")
AT_ONCE, WAITING = 8, 32  # each may wait for the issuer for some seconds
_AWAY: Statuses = {
    302: {"description": "to the issuer; a cookie keeps what belongs to this browser"}
}
_BACK: Statuses = {
    302: {"description": "to the terminal on 127.0.0.1 that asked, with a `code` for `exchange`"},
    303: {"description": "to the page where the trip began on a page, signed in by a cookie"},
}
Said = Annotated[str | None, Query(max_length=2048)]


class Issuer:
    """The issuer of this service's settings; made when somebody asks for it first."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings.elsewhere, threading.Lock()
        self._made: Provider | None = None
        self.turnstile = Turnstile(AT_ONCE, WAITING)

    def provider(self) -> Provider:
        """Raises `NotFound` where people sign in only here, `Unavailable` without the extra."""
        if self._settings is None:
            raise NotFound(Problem("", "oidc_off"))
        with self._lock:
            if self._made is None:
                try:
                    from fuyajo.oidc.provider import Provider
                except ImportError as error:
                    raise Unavailable(Problem("", "oidc_extra")) from error
                self._made = Provider(self._settings)
            return self._made


class HandedOver(Body):
    """`code` came to the terminal's address; `verifier` is what its `challenge` was made of (S256)."""

    code: Annotated[str, Field(min_length=1, max_length=128)]
    verifier: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]


@routes.get(
    "/sign-in/oidc",
    summary="Sign in at the issuer of this service (OpenID Connect), for a browser",
    status_code=302,
    response_class=Response,
    responses={**_AWAY, **ends(404, 429, 503)},
)
def away(
    request: Request,
    port: Annotated[
        trips.Port | None, Query(description="of a terminal that listens on 127.0.0.1")
    ] = None,
    challenge: Annotated[
        trips.Challenge | None, Query(description="SHA-256 of its verifier, in base64url")
    ] = None,
) -> Response:
    if (port is None) != (challenge is None):
        raise InvalidInput(Problem("port" if port is None else "challenge", "oidc_both"))
    return begun(request, trips.begin(port, challenge))


def begun(request: Request, trip: trips.Trip) -> Response:
    """To the issuer, with what belongs to this trip in a cookie. Raises as `Issuer.provider` does."""
    issuer: Issuer = request.app.state.issuer
    with issuer.turnstile.through():
        where = issuer.provider().address(
            trips.callback_of(request), trip.state, trip.nonce, trip.verifier
        )
    answer = _sent(where)
    trips.keep(answer, request, trip)
    return answer


@routes.get(
    "/sign-in/oidc/callback",
    summary="Where the issuer sends the browser back to: a token, as `sign-in` gives it",
    response_model=Secret,
    responses={**_BACK, **ends(404, 429, 503)},
)
def back(
    request: Request,
    code: Said = None,
    state: Said = None,
    iss: Said = None,
    error: Said = None,
) -> Response:
    trip = trips.found(request)
    try:
        answer = _back(request, trip, _Return(code, state, iss, error))
    except FuyajoError as wrong:
        if not _from_a_page(request, trip):
            raise
        answer = page_errors.expected(request, wrong)
    trips.forget(answer, request)
    return answer


def _from_a_page(request: Request, trip: trips.Trip | None) -> bool:
    """Of one that came back twice nothing is known any more but that it wants to read."""
    if trip is None:
        return "text/html" in request.headers.get("accept", "")
    return trip.page is not None


class _Return(NamedTuple):
    """What the issuer says in the address that it sends a browser back to."""

    code: str | None
    state: str | None
    iss: str | None
    error: str | None


def _back(request: Request, trip: trips.Trip | None, said: _Return) -> Response:
    issuer: Issuer = request.app.state.issuer
    provider = issuer.provider()
    if trip is None or said.state is None or not trip.is_state(said.state):
        raise Refused(Problem("", "oidc_state"))
    if said.code is None:
        raise Refused(Problem("", "oidc_refused", {"detail": shown(said.error or "code")}))
    actor = serving(request)
    with issuer.turnstile.through():
        callback = trips.callback_of(request)
        claims = provider.claims(said.code, said.iss, callback, trip.nonce, trip.verifier)
    user = elsewhere.arrive(actor, provider.settings, claims)
    request.scope[USER] = user.name
    return _arrived(request, actor, user, trip)


def _arrived(request: Request, actor: Actor, user: User, trip: trips.Trip) -> Response:
    """Where they wanted to go: their terminal, a page of ours, or nowhere, with a token in their hands."""
    if trip.port is not None and trip.challenge is not None:
        handed = elsewhere.hand_over(actor, user, trip.challenge)
        return _sent(f"http://127.0.0.1:{trip.port}/?{urlencode({'code': handed})}")
    secret = session(actor.people, user)
    if trip.page is not None:
        answer: Response = RedirectResponse(local(trip.page), 303, HEADERS)
        remember(answer, request, secret)
        return answer
    return JSONResponse({"token": secret}, headers={"Cache-Control": "no-store"})


@routes.post(
    "/sign-in/exchange",
    summary="The token of a sign-in that was handed over to a terminal; once, within a minute",
    responses=ends(401),
)
def exchange(body: HandedOver, request: Request) -> Secret:
    secret = elsewhere.exchange(serving(request), body.code, body.verifier)
    if secret is None:
        raise Unauthorized
    return Secret(token=secret)


def _sent(where: str) -> Response:
    """To somewhere else; nothing of this address is told there, and nothing of it is kept."""
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(where, 302, headers)
