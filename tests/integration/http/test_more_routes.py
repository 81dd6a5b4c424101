"""Sharing, schedules, policy and audit over HTTP: what the command line can do, with the same JSON."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from fuyajo.service import auditing
from fuyajo.store.database import Database
from tests.support.command_line import World, machine
from tests.support.listening import going
from tests.support.service import Service

SNAPSHOT = {"operations": [{"op": "snapshot", "vm": "hello"}]}


@pytest.fixture
def mika(api: Service, world: World) -> dict[str, str]:
    world.have(machine("hello"))
    return api.token(api.user("mika"))


@pytest.fixture
def boss(api: Service) -> dict[str, str]:
    return api.token(api.user("boss", admin=True), "apply", "admin")


def codes(answer: object) -> dict[str, str]:
    return {one["path"]: one["code"] for one in answer.json()["errors"]}  # type: ignore[attr-defined]


def test_a_machine_is_shared_and_taken_back(api: Service, mika: dict[str, str]) -> None:
    noriko = api.token(api.user("noriko"))
    path = "/api/v1/vms/hello/shares"
    given = api.call("POST", path, mika, {"grantee": "noriko", "rights": "operate"})
    assert given.status_code == 201, given.text
    assert (given.json()["rights"], given.json()["given"]) == ("operate", True)
    (seen,) = api.call("GET", "/api/v1/shares", noriko).json()
    assert (seen["vm"], seen["owner"], seen["given"]) == ("hello", "mika", False)
    assert (
        api.call("POST", path, noriko, {"grantee": "mika"}).status_code == 403
    )  # not hers to give
    assert api.call("DELETE", f"{path}/noriko", mika).status_code == 204
    assert api.call("DELETE", f"{path}/noriko", mika).status_code == 404
    assert api.call("GET", "/api/v1/shares", noriko).json() == []
    for grantee in ("mika", "No Such", "nobody-of-that-name"):
        assert api.call("POST", path, mika, {"grantee": grantee}).status_code == 422


def test_a_parameter_said_twice_is_none(api: Service, mika: dict[str, str]) -> None:
    twice = api.call("GET", "/api/v1/audit?limit=1&by=mika&limit=2", mika)
    assert (twice.status_code, codes(twice)) == (422, {"limit": "duplicate_key"})
    assert api.call("GET", "/api/v1/audit?limit=1&other=1&other=2", mika).status_code == 200
    several = api.call("GET", "/api/v1/drift?name=hello&name=hello", mika)  # as it is described
    assert several.status_code == 200


def test_a_run_that_does_not_stop_is_no_fault_of_the_service(
    api: Service, mika: dict[str, str]
) -> None:
    with going(api) as run:
        answer = api.call("POST", f"/api/v1/runs/{run.id}/cancel", mika)
    assert (answer.status_code, codes(answer)) == (409, {"": "run_stays"})


def test_a_token_that_may_not_apply_gives_nothing_away(api: Service, mika: dict[str, str]) -> None:
    plan, schedule = api.token("mika", "plan"), {"cron": "0 3 * * *", "config": SNAPSHOT}
    asked = api.call("POST", "/api/v1/vms/hello/shares", plan, {"grantee": "root"})
    assert (asked.status_code, codes(asked)) == (403, {"": "scope_missing"})
    assert api.call("POST", "/api/v1/schedules", plan, schedule).status_code == 403


def test_the_life_of_a_schedule(api: Service, mika: dict[str, str]) -> None:
    body = {"cron": "0 3 * * *", "zone": "Asia/Tokyo", "title": "毎晩", "config": SNAPSHOT}
    made = api.call("POST", "/api/v1/schedules", mika, body)
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    assert api.call("GET", path, mika).json() == made.json()
    assert [one["id"] for one in api.call("GET", "/api/v1/schedules", mika).json()] == [
        made.json()["id"]
    ]
    off = api.call("POST", f"{path}/disable", mika).json()
    assert (off["enabled"], off["next"]) == (False, None)
    assert api.call("POST", f"{path}/enable", mika).json()["next"] == made.json()["next"]
    assert api.call("DELETE", path, mika).status_code == 204
    assert api.call("GET", path, mika).status_code == 404


def test_everything_that_is_wrong_with_a_schedule_is_told_at_once(
    api: Service, mika: dict[str, str]
) -> None:
    body = {"cron": "x", "zone": "Moon/Crater", "config": {"vms": [{"name": "A", "cpus": 0}]}}
    wrong = api.call("POST", "/api/v1/schedules", mika, body)
    assert wrong.status_code == 422
    assert {"cron", "zone", "vms[0].name", "vms[0].cpus"} <= set(codes(wrong))


def test_an_administrator_sees_and_checks_the_policy(
    api: Service, mika: dict[str, str], boss: dict[str, str]
) -> None:
    shown = api.call("GET", "/api/v1/policy", boss).json()
    assert shown["file"] is None
    assert shown["rules"]
    path = "/api/v1/policy/check"
    good = api.call("POST", path, boss, {"text": "[roles.staff]\n"})
    assert (good.status_code, good.json()["problems"]) == (200, []), good.text
    bad = api.call("POST", path, boss, {"text": "[roles.staff]\nx = 1\n[roles.more]\ny = 2\n"})
    assert bad.status_code == 422
    assert len(bad.json()["errors"]) == 2
    assert api.call("POST", path, boss, {"text": "["}).status_code == 422
    headers = {**boss, "Content-Type": "application/json"}
    half = api.client.post(path, headers=headers, content=b'{"text":"\\ud800"}')
    assert half.status_code == 422
    assert api.call("POST", path, boss, {}).status_code == 200
    for method, where in (("GET", "/api/v1/policy"), ("POST", path)):
        assert api.call(method, where, mika, {} if method == "POST" else None).status_code == 403


def test_the_audit_is_verified_over_http(
    api: Service, mika: dict[str, str], boss: dict[str, str]
) -> None:
    path = "/api/v1/audit/verify"
    whole = api.call("GET", path, boss).json()
    assert whole["rows"] > 0 and whole["problems"] == []
    assert api.call("GET", f"{path}?expect={whole['head']}", boss).json()["problems"] == []
    other = "1:" + "0" * 64
    assert api.call("GET", f"{path}?expect={other}", boss).json()["problems"]
    assert api.call("GET", f"{path}?expect=nonsense", boss).status_code == 422
    assert api.call("GET", path, mika).status_code == 403


@pytest.fixture
def fetched(api: Service) -> Iterator[list[str]]:
    """Statements that the service's database is asked."""
    database: Database = api.app.state.database
    asked: list[str] = []

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = database._open()
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_the_audit_is_read_page_by_page(
    api: Service, mika: dict[str, str], boss: dict[str, str], fetched: list[str]
) -> None:
    for number in range(25):
        actor = api.actor("mika" if number % 2 else "boss")
        auditing.note(actor, "test", number=number)
    for token, user in ((mika, "mika"), (boss, None)):
        pages, after = [], 0
        while True:
            page = api.call("GET", f"/api/v1/audit?after={after}&limit=7", token).json()
            if not page:
                break
            assert len(page) <= 7
            pages += page
            after = page[-1]["seq"]
        whole = api.call("GET", "/api/v1/audit?limit=1000", token).json()
        assert pages == whole
        assert [row["seq"] for row in pages] == sorted({row["seq"] for row in pages})
        assert user is None or {row["actor"] for row in pages} == {user}
    asked = [one for one in fetched if "FROM audit" in one and "seq >" in one]
    assert asked and all(
        "LIKE" in one for one in asked[:3]
    )  # a user's page is chosen by the database
    by = api.call("GET", "/api/v1/audit?by=mika&limit=1000", boss).json()
    assert by and {row["actor"] for row in by} == {"mika"}
