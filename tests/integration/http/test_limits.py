"""What a server on a network meets: slow, large, foreign and nosy callers."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.support.command_line import World
from tests.support.service import Service, service

HEAD = "POST /api/v1/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


@pytest.fixture
def quick(world: World) -> Iterator[Service]:
    """The same with little patience."""
    with service(world.home, header_seconds=0.4, body_seconds=0.4) as running:
        yield running


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def test_slow_headers_are_cut_off(quick: Service) -> None:
    began = time.monotonic()
    assert quick.raw(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ") == b""
    assert time.monotonic() - began < 5


def test_a_silent_connection_is_cut_off(quick: Service) -> None:
    assert quick.raw() == b""


def test_a_slow_body_is_answered_and_cut_off(quick: Service) -> None:
    began = time.monotonic()
    answer = quick.raw(f"{HEAD}Content-Length: 100\r\n\r\n".encode(), b'{"user":')
    assert status(answer) == 408
    assert b"application/problem+json" in answer
    assert time.monotonic() - began < 5


def test_a_body_that_is_never_asked_for_does_not_hold_the_connection(quick: Service) -> None:
    answer = quick.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n")
    assert status(answer) == 200


def test_200_mb_are_refused_before_they_are_sent(api: Service) -> None:
    answer = api.raw(f"{HEAD}Content-Length: {200 << 20}\r\n\r\n".encode())
    assert status(answer) == 413


def test_200_mb_are_refused_while_they_are_sent(api: Service) -> None:
    answer = api.raw(
        f"{HEAD}Content-Length: {200 << 20}\r\n\r\n".encode(), *([b"x" * (1 << 20)] * 200)
    )
    assert answer == b"" or status(answer) == 413  # a reset may overtake the answer
    assert api.call("GET", "/healthz").status_code == 200


def test_an_endless_body_without_a_length_is_refused(api: Service) -> None:
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    answer = api.raw(f"{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode(), *([piece] * 20))
    assert status(answer) == 413


def test_300_kb_of_headers_are_refused(api: Service) -> None:
    padding = b"X-Padding: " + b"x" * 300_000
    answer = api.raw(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n", padding, b"\r\n\r\n")
    assert answer == b"" or status(answer) == 431
    many = b"".join(b"X-%d: y\r\n" % n for n in range(9000))
    answer = api.raw(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + many[:70_000])
    assert status(answer) == 431


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1", "a@b"])
def test_a_foreign_host_is_refused(api: Service, host: str) -> None:
    answer = api.call("GET", "/healthz", {"Host": host})
    assert answer.status_code == 421
    assert answer.json()["status"] == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]:8765"])
def test_an_own_host_is_heard(api: Service, host: str) -> None:
    assert api.call("GET", "/healthz", {"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost:3000", "file://", "http://[", "http://"],
)
def test_a_foreign_origin_is_refused(api: Service, origin: str) -> None:
    assert api.call("GET", "/healthz", {"Origin": origin}).status_code == 403


def test_an_own_origin_is_heard(api: Service) -> None:
    host = {"Host": "localhost", "Origin": "http://localhost"}
    assert api.call("GET", "/healthz", host).status_code == 200
    own = {"Origin": f"http://127.0.0.1:{api.port}"}
    assert api.call("GET", "/healthz", own).status_code == 200


def test_who_may_not_come_in(api: Service) -> None:
    api.user("mika")
    good = api.token("mika", "read")
    secret = good["Authorization"].removeprefix("Bearer ")
    wrong = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Basic {secret}"},
        {"Authorization": f"Bearer {secret}x"},
        {"Authorization": f"Bearer {secret[:-1]}"},
        {"Authorization": "Bearer fuyajo_" + "x" * 5000},
        {"Authorization": "Bearer 秘密".encode()},
        {"Cookie": f"Authorization=Bearer {secret}"},
        api.token("mika", "read", valid=timedelta(seconds=-1)),
    ]
    bodies = set()
    for headers in wrong:
        answer = api.client.get("/api/v1/me", headers=headers)
        assert answer.status_code == 401, headers
        assert answer.headers["www-authenticate"] == "Bearer"
        bodies.add(answer.text)
    assert len(bodies) == 1  # which of them it was is nobody's business
    assert api.call("GET", "/api/v1/me", good).json()["user"] == "mika"


def test_a_token_of_somebody_who_is_out_opens_nothing(api: Service) -> None:
    api.user("mika")
    token = api.token("mika", "read")
    api.app.state.people.change("mika", disabled=1)
    assert api.call("GET", "/api/v1/me", token).status_code == 401


def test_a_token_that_was_taken_back_opens_nothing(api: Service) -> None:
    api.user("mika")
    token = api.token("mika", "read")
    (known,) = api.call("GET", "/api/v1/tokens", token).json()
    assert "digest" not in known
    assert api.call("DELETE", f"/api/v1/tokens/{known['id']}", token).status_code == 204
    assert api.call("GET", "/api/v1/me", token).status_code == 401


def test_a_scope_that_is_missing(api: Service) -> None:
    api.user("mika")
    api.user("boss", admin=True)
    read, plan = api.token("mika", "read"), api.token("mika", "plan")
    everything = api.token("boss", "apply", "approve", "admin")
    for headers, method, path, body in (
        (read, "POST", "/api/v1/plans", {"words": "hello"}),
        (plan, "POST", "/api/v1/plans/p-00000000/apply", {}),
        (plan, "POST", "/api/v1/plans/p-00000000/approve", {}),
        (api.token("mika", "apply"), "POST", "/api/v1/plans/p-00000000/apply", {"yes": True}),
        (api.token("boss", "apply"), "GET", "/api/v1/users", None),
    ):
        answer = api.call(method, path, headers, body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "scope_missing")
    assert api.call("GET", "/api/v1/users", everything).status_code == 200
    asked = {"scopes": ["admin"]}
    assert api.call("POST", "/api/v1/tokens", read, asked).status_code == 403


def test_somebody_who_lost_the_office_is_no_administrator(api: Service) -> None:
    api.user("boss", admin=True)
    token = api.token("boss", "admin")
    api.app.state.people.change("boss", admin=0)
    assert api.call("GET", "/api/v1/users", token).status_code == 403


def test_an_unknown_user_takes_as_long_as_a_wrong_password(api: Service) -> None:
    api.user("mika", password="four words in a row")
    api.user("only-tokens")

    def seconds(user: str) -> float:
        began = (
            time.process_time()
        )  # the server is in this process; others on this machine do not count
        body = {"user": user, "password": "not that one at all"}
        assert api.call("POST", "/api/v1/sign-in", None, body).status_code == 401
        return time.process_time() - began

    users = ("mika", "nobody", "only-tokens")
    times: dict[str, list[float]] = {user: [] for user in users}
    for _ in range(5):
        for user in users:
            times[user].append(seconds(user))
    middle = {user: statistics.median(found) for user, found in times.items()}
    # The first call counts too: nothing is prepared at the first unknown name.
    firsts = [found[0] for found in times.values()]
    assert max(firsts) < 2.5 * min(firsts), firsts
    assert max(middle.values()) < 1.5 * min(middle.values()), middle


def test_a_password_opens_and_a_crowd_is_sent_away(api: Service) -> None:
    api.user("mika", password="four words in a row")
    body = {"user": "mika", "password": "four words in a row"}
    secret = api.call("POST", "/api/v1/sign-in", None, body).json()["token"]
    assert api.call("GET", "/api/v1/me", {"Authorization": f"Bearer {secret}"}).status_code == 200
    turnstile = api.app.state.signing
    held = []
    while turnstile._places.acquire(blocking=False):
        held.append(1)
    answer = api.call("POST", "/api/v1/sign-in", None, body)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "5")
    for _ in held:
        turnstile._places.release()
    assert api.call("POST", "/api/v1/sign-in", None, body).status_code == 200


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", 422),
        (b"{", 400),
        (b'{"words":"hi","words":"ho"}', 400),
        (b'{"words":NaN}', 400),
        (b"[" * 100_000, 400),
        (b'{"words":"\xff"}', 400),
        (b'{"words":"\\ud800"}', 422),
        (b'{"config":{"vms":[{"name":"\\ud800"}]}}', 422),
        (b'{"\\ud800":1}', 422),
        (b'{"words":"hi","config":{}}', 422),
        (b"{}", 422),
        (b'{"words":1}', 422),
        (b'{"words":"hi","more":1}', 422),
        (b'{"words":"' + b"x" * 20_001 + b'"}', 422),
        (b'{"words":' + b"9" * 5000 + b"}", 400),
    ],
)
def test_bodies_that_are_wrong(api: Service, body: bytes, wanted: int) -> None:
    api.user("mika")
    headers = {**api.token("mika"), "Content-Type": "application/json"}
    answer = api.client.post("/api/v1/plans", headers=headers, content=body)
    assert answer.status_code == wanted, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"]
