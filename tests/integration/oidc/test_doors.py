"""What the two routes of a sign-in accept: nothing that could send a browser, or a cookie, astray."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterator

import pytest

from fuyajo.domain.elsewhere import Elsewhere
from tests.support.command_line import World
from tests.support.issuer import CLIENT, Liar, lying
from tests.support.service import Service, service

AWAY, BACK = "/api/v1/sign-in/oidc", "/api/v1/sign-in/oidc/callback"
CHALLENGE = "c" * 43
NAME = "fuyajo.example.org"


@pytest.fixture(scope="module")
def liar() -> Iterator[Liar]:
    with lying() as made:
        yield made


@pytest.fixture
def api(world: World, liar: Liar) -> Iterator[Service]:
    settings = {"elsewhere": Elsewhere(liar.url, CLIENT, create_users=True)}
    with service(world.home, settings=settings, names=(NAME,)) as running:
        yield running


@pytest.mark.parametrize(
    "query",
    [
        "port=43210",
        f"challenge={CHALLENGE}",
        f"port=80&challenge={CHALLENGE}",
        f"port=70000&challenge={CHALLENGE}",
        f"port=43210@evil.example&challenge={CHALLENGE}",
        f"port=4321%0d%0aX: y&challenge={CHALLENGE}",
        f"port=.evil.example&challenge={CHALLENGE}",
        "port=43210&challenge=short",
        f"port=43210&challenge={CHALLENGE}%26next=x",
    ],
)
def test_a_terminal_is_a_port_of_this_machine(api: Service, query: str) -> None:
    assert api.call("GET", f"{AWAY}?{query}").status_code == 422


def test_nobody_is_sent_where_a_caller_says(api: Service, liar: Liar) -> None:
    more = "next=https://evil.example&redirect_uri=https://evil.example&return_to=//evil.example"
    where = api.call("GET", f"{AWAY}?{more}").headers["location"]
    assert where.startswith(f"{liar.url}/auth?")
    assert "evil" not in where
    assert api.call("GET", AWAY, {"Host": "evil.example"}).status_code == 421
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "ftp"}
    assert "evil" not in api.call("GET", AWAY, forwarded).headers["location"]


def test_behind_a_proxy_the_cookie_is_for_tls_and_this_host_alone(api: Service) -> None:
    answer = api.call("GET", AWAY, {"Host": NAME})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-fuyajo-oidc=")
    assert all(word in cookie.lower() for word in ("secure", "httponly", "samesite=lax", "path=/;"))
    assert "domain" not in cookie.lower()
    assert f"https%3A%2F%2F{NAME}%2Fapi" in answer.headers["location"]
    assert "http%3A%2F%2F127.0.0.1%3A" in api.call("GET", AWAY).headers["location"]


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        "é",
        "A" * 5000,
        urlsafe_b64encode(b"{}").decode(),
        urlsafe_b64encode(b'{"state":"s","nonce":"n","verifier":"v","until":9999999999}').decode(),
        urlsafe_b64encode(
            b'{"state":"%b","nonce":"%b","verifier":"%b","until":1}' % ((b"s" * 43,) * 3)
        ).decode(),
        urlsafe_b64encode(
            b'{"state":"%b","nonce":"%b","verifier":"%b","until":9999999999,"next":"//evil"}'
            % ((b"s" * 43,) * 3)
        ).decode(),
    ],
)
def test_a_cookie_that_is_none_of_ours(api: Service, liar: Liar, cookie: str) -> None:
    before = len(liar.asked)
    headers = {"Cookie": f"fuyajo-oidc={cookie}".encode()}
    path = f"{BACK}?code=c&state={'s' * 43}"
    answer = api.client.get(path, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "oidc_state")
    assert len(liar.asked) == before


def test_what_the_issuer_says_of_an_error_is_no_page_of_ours(api: Service) -> None:
    api.call("GET", AWAY)
    state = api.client.cookies  # as a browser keeps them
    assert len(state) == 1
    answer = api.call("GET", f"{BACK}?error=<script>&error_description=call+0190&state=x")
    assert answer.json()["errors"][0]["code"] == "oidc_state"
    assert "0190" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_settings_there_is_no_such_door(world: World) -> None:
    with service(world.home) as plain:
        for path in (AWAY, BACK):
            answer = plain.call("GET", path)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "oidc_off")


def test_a_crowd_is_sent_away(api: Service) -> None:
    turnstile = api.app.state.issuer.turnstile
    while turnstile._places.acquire(blocking=False):
        pass
    assert api.call("GET", AWAY).status_code == 429
