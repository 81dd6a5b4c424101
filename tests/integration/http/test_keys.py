"""`Idempotency-Key` over the real service: asked twice, done once, and answered as the first time."""

from __future__ import annotations

import threading

import pytest

from tests.support.service import Service

WISH = {"words": "a web server called hello"}


@pytest.fixture
def mika(api: Service) -> dict[str, str]:
    return api.token(api.user("mika"))


def test_asked_twice_done_once(api: Service, mika: dict[str, str]) -> None:
    keyed = mika | {"Idempotency-Key": "one"}
    first = api.call("POST", "/api/v1/plans", keyed, WISH)
    again = api.call("POST", "/api/v1/plans", keyed, WISH)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() and again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(api.call("GET", "/api/v1/plans", mika).json()) == 1
    other = api.call("POST", "/api/v1/plans", mika | {"Idempotency-Key": "two"}, WISH)
    assert other.json()["plan"]["id"] != first.json()["plan"]["id"]


def test_the_key_of_another_call_is_refused(api: Service, mika: dict[str, str]) -> None:
    keyed = mika | {"Idempotency-Key": "one"}
    assert api.call("POST", "/api/v1/plans", keyed, WISH).status_code == 201
    wrong = api.call("POST", "/api/v1/plans", keyed, {"words": "a server"})
    assert wrong.status_code == 409 and wrong.json()["errors"][0]["code"] == "call_other"


def test_somebody_elses_key_is_nothing(api: Service, mika: dict[str, str]) -> None:
    noriko = api.token(api.user("noriko"))
    first = api.call("POST", "/api/v1/plans", mika | {"Idempotency-Key": "one"}, WISH)
    hers = api.call("POST", "/api/v1/plans", noriko | {"Idempotency-Key": "one"}, WISH)
    assert hers.status_code == 201 and hers.json()["plan"]["id"] != first.json()["plan"]["id"]


def test_what_failed_may_be_asked_again(api: Service, mika: dict[str, str]) -> None:
    keyed = mika | {"Idempotency-Key": "one"}
    for _ in range(2):
        assert api.call("POST", "/api/v1/plans", keyed, {"words": ""}).status_code == 422
    assert api.call("POST", "/api/v1/plans", keyed, WISH).status_code == 201


def test_a_secret_is_not_kept(api: Service, mika: dict[str, str]) -> None:
    keyed = mika | {"Idempotency-Key": "one"}
    body = {"scopes": ["read"]}
    assert api.call("POST", "/api/v1/tokens", keyed, body).status_code == 201
    again = api.call("POST", "/api/v1/tokens", keyed, body)
    assert again.status_code == 409 and again.json()["errors"][0]["code"] == "call_secret"


def test_a_key_without_a_good_token_opens_nothing(api: Service, mika: dict[str, str]) -> None:
    keyed = mika | {"Idempotency-Key": "one"}
    assert api.call("POST", "/api/v1/plans", keyed, WISH).status_code == 201
    nobody = {"Authorization": "Bearer fuyajo_x", "Idempotency-Key": "one"}
    assert api.call("POST", "/api/v1/plans", nobody, WISH).status_code == 401


@pytest.mark.parametrize("key", ["", "x" * 129, "a b"])
def test_what_is_no_key(api: Service, mika: dict[str, str], key: str) -> None:
    said = api.call("POST", "/api/v1/plans", mika | {"Idempotency-Key": key}, WISH)
    assert said.status_code == 422 and said.json()["errors"][0]["code"] == "call_key"


def test_ten_at_once_are_one(api: Service, mika: dict[str, str]) -> None:
    keyed, statuses = mika | {"Idempotency-Key": "race"}, []

    def ask() -> None:
        statuses.append(api.call("POST", "/api/v1/plans", keyed, WISH).status_code)

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409} and 201 in statuses
    assert len(api.call("GET", "/api/v1/plans", mika).json()) == 1
