"""People without an account: they talk and do nothing else, and nothing of them is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fuyajo.domain.errors import InvalidInput, Refused
from fuyajo.domain.people import is_anonymous
from fuyajo.service import anonymous, authenticating, turning
from fuyajo.service.authenticating import ALL
from tests.integration.http.test_ownership import MATRIX, UNKNOWN
from tests.support.command_line import World
from tests.support.service import Service, service
from tests.support.talks import CONVERSATIONS, Token, answered, ask, events, new

#: Where somebody without an account comes in; every other route says no.
OPEN = {
    ("GET", "/api/v1/me"),
    ("GET", "/api/v1/me/export"),
    ("DELETE", "/api/v1/me/data"),
    ("POST", "/api/v1/conversations"),
    ("GET", "/api/v1/conversations"),
    ("GET", "/api/v1/conversations/{conversation_id}"),
    ("PATCH", "/api/v1/conversations/{conversation_id}"),
    ("GET", "/api/v1/conversations/{conversation_id}/turns"),
    ("POST", "/api/v1/conversations/{conversation_id}/turns"),
    ("GET", "/api/v1/conversations/{conversation_id}/turns/{number}"),
    ("GET", "/api/v1/conversations/{conversation_id}/turns/{number}/events"),
    ("POST", "/api/v1/conversations/{conversation_id}/turns/{number}/cancel"),
}


@pytest.fixture
def open_api(world: World) -> Iterator[Service]:
    with service(world.home, anonymous=True) as running:
        yield running


def admitted(api: Service) -> tuple[str, Token]:
    answer = api.call("POST", "/api/v1/anonymous")
    assert answer.status_code == 201, answer.text
    return answer.json()["user"], {"Authorization": f"Bearer {answer.json()['token']}"}


def left_of(world: World, user: str) -> list[str]:
    return [str(path) for path in world.home.rglob(f"*{user}*")]


def test_nobody_is_let_in_unless_it_was_said(api: Service) -> None:
    answer = api.call("POST", "/api/v1/anonymous")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "anonymous_off")
    assert api.actor("root").people.users() == []


def test_talking_and_nothing_else(open_api: Service, world: World) -> None:
    user, token = admitted(open_api)
    assert is_anonymous(user)
    assert open_api.call("GET", "/api/v1/me", token).json()["scopes"] == ["read", "plan"]
    talk = new(open_api, token)
    turn = answered(open_api, token, talk, "a web server called hello")
    plan = turn["answer"]["plan"]["id"]
    for route in sorted(set(MATRIX) - OPEN):
        if not MATRIX[route].public:
            method, path = route
            body: Any = MATRIX[route].body(UNKNOWN)
            answer = open_api.call(method, path.format(**{**UNKNOWN, "plan_id": plan}), token, body)
            assert answer.status_code == 403, (route, answer.text)
    assert world.runs == []


def test_two_of_them_are_two(open_api: Service) -> None:
    (one, first), (other, second) = admitted(open_api), admitted(open_api)
    assert one != other
    talk = new(open_api, first)
    answered(open_api, first, talk, "hello")
    assert open_api.call("GET", talk, second).status_code == 404
    assert open_api.call("GET", CONVERSATIONS, second).json() == []


def test_they_are_few_and_ask_little(open_api: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anonymous, "MOST", 1)
    monkeypatch.setattr(turning, "ANONYMOUS_TURNS", 1)
    _, token = admitted(open_api)
    assert open_api.call("POST", "/api/v1/anonymous").status_code == 429
    talk = new(open_api, token)
    chosen = {"words": "hi", "backend": "rules"}
    assert open_api.call("POST", f"{talk}/turns", token, chosen).status_code == 403
    answered(open_api, token, talk, "hello")
    spent = open_api.call("POST", f"{talk}/turns", token, {"words": "hello"})
    assert (spent.status_code, spent.json()["errors"][0]["code"]) == (429, "anonymous_spent")
    assert open_api.call("DELETE", talk, token).status_code == 403  # or it would begin anew


def test_nothing_is_left_when_they_go(open_api: Service, world: World) -> None:
    user, token = admitted(open_api)
    talk = new(open_api, token)
    answered(open_api, token, talk, "a web server called hello")
    assert left_of(world, user)
    assert open_api.call("DELETE", "/api/v1/me/data", token).json()["plans"] == 1
    assert open_api.call("GET", "/api/v1/me", token).status_code == 401
    assert left_of(world, user) == []
    root = open_api.actor("root")
    assert root.people.users() == []
    assert open_api.actor(user).plans.ids(user) == []


def test_nothing_is_left_when_their_time_is_over(open_api: Service, world: World) -> None:
    (user, token), (stays, other) = admitted(open_api), admitted(open_api)
    turn = ask(open_api, token, new(open_api, token), "a web server called hello")
    events(open_api, token, turn)
    root = open_api.actor("root")
    assert anonymous.sweep(root, datetime.now(UTC)) == []
    # Taken back by whoever runs the service, or expired: the same.
    root.people.take_back_all(user)
    assert anonymous.sweep(root, datetime.now(UTC)) == [user]
    assert left_of(world, user) == []
    assert open_api.call("GET", "/api/v1/me", other).status_code == 200
    assert anonymous.sweep(root, datetime.now(UTC) + anonymous.VALID + timedelta(1)) == [stays]


def test_a_service_that_takes_nobody_in_any_more_keeps_nobody(world: World) -> None:
    with service(world.home, anonymous=True) as api:
        user, token = admitted(api)
        answered(api, token, new(api, token), "a web server called hello")
    with service(world.home, anonymous=True) as api:
        assert api.call("GET", "/api/v1/me", token).status_code == 200
    with service(world.home) as api:
        assert api.call("GET", "/api/v1/me", token).status_code == 401
        assert left_of(world, user) == []


def test_no_account_is_made_to_look_like_none(open_api: Service) -> None:
    user, _ = admitted(open_api)
    root = open_api.actor("root")
    for name in (user, "anon-x", "anon-0123456789abcdef"):
        with pytest.raises(InvalidInput):
            authenticating.add_user(root, name, None)
    for scopes in ({"read", "plan", "apply"}, {"admin"}, {"approve"}):
        with pytest.raises(Refused):
            theirs = open_api.actor(user)
            authenticating.new_token(theirs, "", frozenset(scopes) & ALL, None)
    assert not is_anonymous("anon-mika")
