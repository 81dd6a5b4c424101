"""What a browser carries while it is away at the issuer: in a cookie of its own, and nowhere else."""

from __future__ import annotations

import hmac
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Literal, TypedDict
from urllib.parse import urlsplit

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

SECONDS = 600
CALLBACK = "/api/v1/sign-in/oidc/callback"
CHALLENGE = r"^[A-Za-z0-9_-]{43}$"
_SECRET = r"^[A-Za-z0-9_-]{43,64}$"  # noqa: S105 - a pattern
_MOST = 2048  # characters of a cookie
_LOCAL = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")

Port = Annotated[int, Field(ge=1024, le=65535)]
Challenge = Annotated[str, Field(pattern=CHALLENGE)]


class Trip(BaseModel):
    """`port` and `challenge` together, or neither: a terminal waits on loopback for the end.

    `page`: it began on a page of ours, and goes on there, signed in by a cookie.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    state: Annotated[str, Field(pattern=_SECRET)]
    nonce: Annotated[str, Field(pattern=_SECRET)]
    verifier: Annotated[str, Field(pattern=_SECRET)]
    until: int
    port: Port | None = None
    challenge: Challenge | None = None
    page: Annotated[str, Field(max_length=500)] | None = None

    def is_state(self, said: str) -> bool:
        return hmac.compare_digest(said.encode(), self.state.encode())


def begin(port: int | None = None, challenge: str | None = None, page: str | None = None) -> Trip:
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    until = int(time.time()) + SECONDS
    return Trip(
        state=state,
        nonce=nonce,
        verifier=verifier,
        until=until,
        port=port,
        challenge=challenge,
        page=page,
    )


def address_of(request: Request) -> str:
    """What this service is called by who asks. What is not asked on loopback has TLS in front of it."""
    address = f"{request.url.scheme}://{request.headers['host']}"
    if not _LOCAL.fullmatch(address):
        address = f"https://{request.headers['host']}"
    return address


def callback_of(request: Request) -> str:
    """Where the issuer sends the browser back to."""
    return address_of(request) + CALLBACK


def keep(response: Response, request: Request, trip: Trip) -> None:
    """In the browser, for this errand alone: no script reads it, and no other site's form sends it."""
    value = urlsafe_b64encode(trip.model_dump_json().encode()).decode().rstrip("=")
    response.set_cookie(value=value, max_age=SECONDS, **_place(request))


def forget(response: Response, request: Request) -> None:
    response.set_cookie(value="", max_age=0, **_place(request))


def found(request: Request) -> Trip | None:
    """None where there is none, it is not ours, or it took too long."""
    said = request.cookies.get(_place(request)["key"], "")
    if not 0 < len(said) <= _MOST:
        return None
    try:
        trip = Trip.model_validate_json(urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    except (ValueError, ValidationError):
        return None
    return trip if time.time() < trip.until else None


class _Place(TypedDict):
    """As Starlette's `set_cookie` calls them."""

    key: str
    path: str
    secure: bool
    httponly: bool
    samesite: Literal["lax"]


def _place(request: Request) -> _Place:
    secure = urlsplit(callback_of(request)).scheme == "https"
    return {
        "key": "__Host-fuyajo-oidc" if secure else "fuyajo-oidc",
        "path": "/" if secure else "/api/v1/sign-in",  # `__Host-` demands it
        "secure": secure,
        "httponly": True,
        "samesite": "lax",
    }
