"""Pages of other sites: what a browser sends by itself opens nothing. And no secret is compared as text.

A browser sends cookies, forms and simple content types without asking; it never sends `Authorization`.
"""

from __future__ import annotations

import ast
import hashlib
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

import fuyajo
from fuyajo.service import authenticating
from tests.integration.http.test_ownership import UNKNOWN, routes
from tests.support.service import Service

CHANGING = sorted(one for one in routes() if one[0] != "GET")
OPEN = {f"/api/v1/{one}" for one in ("sign-in", "first-admin", "sign-in/exchange", "anonymous")}
SIMPLE = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "")
PASSWORD = "four words in a row"


@pytest.fixture
def token(api: Service) -> str:
    api.user("mika", password=PASSWORD, admin=True)
    return api.token("mika", "apply", "approve", "admin")["Authorization"].removeprefix("Bearer ")


def test_no_cookie_opens_any_route(api: Service, token: str) -> None:
    cookies = "; ".join(
        f"{name}={token}"
        for name in ("Authorization", "token", "session", "fuyajo", "fuyajo-oidc", "bearer")
    )
    for method, path in sorted(routes()):
        if path in OPEN or not path.startswith("/api/") or "/oidc" in path or "openapi" in path:
            continue
        headers = {"Cookie": cookies}
        answer = api.client.request(method, path.format(**UNKNOWN), headers=headers)
        assert answer.status_code == 401, (method, path)
        assert "set-cookie" not in answer.headers


def test_a_page_of_another_site_is_refused_everywhere(api: Service, token: str) -> None:
    """Even with the token: a browser that sends an Origin is a page, and it is not ours."""
    for origin in ("https://evil.example", "null", "http://localhost:1"):
        headers = {"Authorization": f"Bearer {token}", "Origin": origin}
        for method, path in CHANGING:
            answer = api.client.request(
                method, path.format(**UNKNOWN), headers=headers, json={"words": "hello"}
            )
            assert answer.status_code == 403, (method, path, origin)
            assert "access-control-allow-origin" not in answer.headers


def test_there_is_no_leave_for_other_origins(api: Service) -> None:
    ask = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for _, path in CHANGING:
        answer = api.client.options(path.format(**UNKNOWN), headers=ask)
        assert answer.status_code == 403
        assert not [key for key in answer.headers if key.startswith("access-control")]


@pytest.mark.parametrize("kind", SIMPLE)
def test_what_a_form_can_send_is_no_call(api: Service, token: str, kind: str) -> None:
    """`text/plain` with JSON in it is how a form says JSON."""
    bodies = {
        "/api/v1/sign-in": f'{{"user": "mika", "password": "{PASSWORD}"}}',
        "/api/v1/plans": '{"words": "a web server called hello"}',
        "/api/v1/tokens": '{"scopes": ["read"]}',
        "/api/v1/users": '{"name": "eve"}',
    }
    for path, body in bodies.items():
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        answer = api.client.post(path, headers=headers, content=body)
        assert answer.status_code in (400, 422), (path, kind, answer.text)
    people = api.app.state.people
    assert [user.name for user in people.users()] == ["mika"]
    assert len(people.tokens("mika")) == 1


def test_the_secret_of_a_sign_in_is_kept_nowhere(api: Service, token: str) -> None:
    keyed = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    body = {"user": "mika", "password": PASSWORD}
    first = api.call("POST", "/api/v1/sign-in", keyed, body)
    again = api.call("POST", "/api/v1/sign-in", keyed, body)
    assert (first.status_code, again.status_code) == (200, 409)
    with api.app.state.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT answer FROM calls").all()
    assert first.json()["token"] not in str(rows)


# --- time --------------------------------------------------------------------------------------------


@pytest.fixture
def asked(api: Service) -> Iterator[list[tuple[str, object]]]:
    engine = api.app.state.database._open()
    found: list[tuple[str, object]] = []

    def note(_c: object, _u: object, statement: str, values: object, *_more: object) -> None:
        found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_a_token_is_looked_up_by_its_digest_alone(
    api: Service, token: str, asked: list[tuple[str, object]]
) -> None:
    guesses = [token[:-1] + "x", token[:20] + "A" * (len(token) - 20), "fuyajo_" + "A" * 43]
    for guess in guesses:
        asked.clear()
        assert authenticating.who(api.app.state.people, guess) is None
        ((statement, values),) = asked  # one look, and nothing is read of any other token
        assert "digest" in statement.split("WHERE")[1]
        assert hashlib.sha256(guess.encode()).hexdigest() in str(values)
        assert guess not in str(asked)


def test_a_known_beginning_takes_as_long_as_none(api: Service, token: str) -> None:
    people = api.app.state.people
    known, unknown = token[:-1] + "~", "fuyajo_" + "A" * (len(token) - 8) + "~"
    times: dict[str, list[float]] = {known: [], unknown: []}
    for _ in range(200):
        for guess, found in times.items():
            began = time.perf_counter()
            assert authenticating.who(people, guess) is None
            found.append(time.perf_counter() - began)
    first, second = (statistics.median(found) for found in times.values())
    assert max(first, second) < 1.5 * min(first, second), (first, second)


SECRETS = {"secret", "password", "verifier", "challenge", "state", "token", "code", "digest"}


def compared(source: str) -> list[str]:
    """Names of secrets on either side of `==` or `!=`, which stop at the first letter that differs."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            for side in (node.left, *node.comparators):
                name = getattr(side, "id", getattr(side, "attr", ""))
                if name in SECRETS:
                    found.append(f"{node.lineno} {name}")
    return found


def test_no_secret_is_compared_as_text() -> None:
    assert compared("if said == trip.state: pass") == ["1 state"]
    assert compared("if token != x or x == user.name: pass") == ["1 token"]
    root = Path(fuyajo.__file__).parent
    files = [*root.glob("http/**/*.py"), *root.glob("oidc/*.py")]
    names = ("authenticating", "elsewhere", "accounts")
    files += [root / "service" / f"{name}.py" for name in names]
    assert {file.name: found for file in files if (found := compared(file.read_text()))} == {}
