"""A request until there is an answer: what was lost on the way is asked again, with the same key."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import tenacity

from fuyajo.cli.remote import answers
from fuyajo.domain.errors import FuyajoError, Problem, Unavailable, shown

TRIES = 4
#: How long the first of two equal calls may be at work before whoever asked twice gives up.
IN_FLIGHT_SECONDS = 300.0
_BACKOFF = tenacity.wait_random_exponential(multiplier=0.2, max=2)
_LOST = (httpx2.ConnectError, httpx2.ReadError, httpx2.WriteError, httpx2.RemoteProtocolError)


class Lost(Unavailable):
    """No connection, or one that broke."""

    def __init__(self, url: str, error: Exception) -> None:
        detail = shown(str(error) or type(error).__name__, 200)
        super().__init__(Problem("", "server_lost", {"server": url, "detail": detail}))


class _InFlight(Exception):
    """The call before this one is still being answered."""


def new_key() -> str:
    return secrets.token_hex(16)


def sent(http: httpx2.Client, request: httpx2.Request) -> httpx2.Response:
    """The answer, whatever it says. Raises `Lost`."""
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type((*_LOST, _InFlight)),
        stop=_enough,
        wait=_wait,
        reraise=True,
    )
    with reaching(str(http.base_url).rstrip("/")):
        response: httpx2.Response = retrying(_once, http, request)
    return response


def _once(http: httpx2.Client, request: httpx2.Request) -> httpx2.Response:
    response = http.send(request)
    if response.status_code == httpx2.codes.CONFLICT and answers.codes(response) == {
        "call_in_flight"
    }:
        raise _InFlight
    return response


def _waits(state: tenacity.RetryCallState) -> bool:
    return state.outcome is not None and isinstance(state.outcome.exception(), _InFlight)


def _enough(state: tenacity.RetryCallState) -> bool:
    if _waits(state):
        return (state.seconds_since_start or 0) > IN_FLIGHT_SECONDS
    return state.attempt_number >= TRIES


def _wait(state: tenacity.RetryCallState) -> float:
    return 1.0 if _waits(state) else _BACKOFF(state)


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """Whatever ends a connection becomes `Lost`."""
    try:
        yield
    except FuyajoError:
        raise
    except (httpx2.HTTPError, httpx2.InvalidURL, _InFlight) as error:
        raise Lost(url, error) from error
