"""Another user at every route: what is not theirs looks exactly like what is not there.

The routes are found, not listed: one that is new has to be put into this table before anything passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from fuyajo.http import assistants
from fuyajo.http.app import ROOMS
from tests.support.belongings import (
    MINE,
    OTHER,
    SECRET,
    UNKNOWN,
    Foreign,
    belongings,
    everything,
    headers,
    without,
)
from tests.support.command_line import World
from tests.support.service import Service, service

DESCRIPTION = {("GET", "/api/v1/openapi.json")}


@dataclass(frozen=True)
class Case:
    """`body` and `query` are made of the foreign ids, or of the unknown ones.

    `same`: with what is foreign it answers as with what is unknown. Otherwise it names nothing, and its
    answer must not speak of anything foreign.
    """

    body: Callable[[Foreign], Any] = lambda _ids: None
    query: Callable[[Foreign], str] = lambda _ids: ""
    same: bool = False
    statuses: frozenset[int] = frozenset({404})
    public: bool = False


def named(ids: Foreign) -> Any:
    return {"names": [ids["name"]]}


ONE = Case(same=True)
ONE_EMPTY = Case(lambda _ids: {}, same=True)
NAMED = Case(named, same=True)
LIST = Case(statuses=frozenset({200}))
ADMINS = frozenset({403})
PUBLIC = Case(public=True)
MATRIX: dict[tuple[str, str], Case] = {
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/api/v1/openapi.json"): PUBLIC,
    ("POST", "/api/v1/sign-in"): PUBLIC,
    ("POST", "/api/v1/first-admin"): PUBLIC,
    ("GET", "/api/v1/sign-in/oidc"): PUBLIC,
    ("GET", "/api/v1/sign-in/oidc/callback"): PUBLIC,
    ("POST", "/api/v1/sign-in/exchange"): PUBLIC,
    ("GET", "/metrics"): LIST,
    ("GET", "/api/v1/metrics/machines"): LIST,
    # It names nothing, and ends the token that it comes with.
    ("POST", "/api/v1/sign-out"): PUBLIC,
    ("GET", "/api/v1/me"): LIST,
    ("GET", "/api/v1/tokens"): LIST,
    ("POST", "/api/v1/tokens"): Case(lambda _ids: {"scopes": ["read"]}, statuses=frozenset({201})),
    ("DELETE", "/api/v1/tokens/{token_id}"): ONE,
    ("GET", "/api/v1/users"): Case(statuses=ADMINS),
    ("POST", "/api/v1/users"): Case(lambda _ids: {"name": "new"}, statuses=ADMINS),
    ("GET", "/api/v1/me/export"): LIST,
    ("DELETE", "/api/v1/me/data"): LIST,
    ("POST", "/api/v1/anonymous"): PUBLIC,
    ("POST", "/api/v1/conversations"): Case(lambda _ids: {}, statuses=frozenset({201})),
    ("GET", "/api/v1/conversations"): Case(
        query=lambda _ids: "?q=sekret", statuses=frozenset({200})
    ),
    ("GET", "/api/v1/conversations/{conversation_id}"): ONE,
    ("PATCH", "/api/v1/conversations/{conversation_id}"): Case(
        lambda _ids: {"title": "mine now"}, same=True
    ),
    ("DELETE", "/api/v1/conversations/{conversation_id}"): ONE,
    ("GET", "/api/v1/conversations/{conversation_id}/turns"): ONE,
    ("POST", "/api/v1/conversations/{conversation_id}/turns"): Case(
        lambda _ids: {"words": "hello"}, same=True
    ),
    ("GET", "/api/v1/conversations/{conversation_id}/turns/{number}"): ONE,
    ("GET", "/api/v1/conversations/{conversation_id}/turns/{number}/events"): ONE,
    ("POST", "/api/v1/conversations/{conversation_id}/turns/{number}/cancel"): ONE,
    ("POST", "/api/v1/users/{user}/password"): Case(
        lambda _ids: {"password": "four words in a row"}, statuses=ADMINS
    ),
    ("POST", "/api/v1/users/{user}/disable"): Case(statuses=ADMINS),
    ("POST", "/api/v1/users/{user}/enable"): Case(statuses=ADMINS),
    ("POST", "/api/v1/plans"): Case(
        lambda ids: {"config": {"operations": [{"op": "stop", "vm": ids["name"]}]}},
        same=True,
        statuses=frozenset({422}),
    ),
    ("GET", "/api/v1/plans"): LIST,
    ("GET", "/api/v1/plans/{plan_id}"): ONE,
    ("GET", "/api/v1/plans/{plan_id}/needs"): ONE,
    ("GET", "/api/v1/plans/{plan_id}/open"): ONE,
    ("POST", "/api/v1/plans/{plan_id}/again"): ONE,
    ("POST", "/api/v1/plans/{plan_id}/resolve"): ONE,
    ("POST", "/api/v1/plans/{plan_id}/approve"): ONE_EMPTY,
    ("POST", "/api/v1/plans/{plan_id}/reject"): ONE_EMPTY,
    ("POST", "/api/v1/plans/{plan_id}/apply"): ONE_EMPTY,
    ("GET", "/api/v1/runs"): LIST,
    ("GET", "/api/v1/runs/{run_id}"): ONE,
    ("GET", "/api/v1/runs/{run_id}/events"): ONE,
    ("GET", "/api/v1/runs/{run_id}/remains"): ONE,
    ("POST", "/api/v1/runs/{run_id}/cancel"): ONE,
    ("POST", "/api/v1/runs/{run_id}/undo"): ONE,
    ("GET", "/api/v1/vms"): LIST,
    ("GET", "/api/v1/vms/{name}"): ONE,
    ("GET", "/api/v1/vms/{name}/metrics"): ONE,
    ("GET", "/api/v1/vms/{name}/logs"): ONE,
    ("GET", "/api/v1/vms/{name}/metrics.png"): ONE,
    ("POST", "/api/v1/vms/{name}/start"): ONE,
    ("POST", "/api/v1/vms/{name}/stop"): ONE,
    ("POST", "/api/v1/vms/{name}/restart"): ONE,
    ("POST", "/api/v1/vms/{name}/delete"): ONE_EMPTY,
    ("POST", "/api/v1/vms/{name}/resize"): Case(lambda _ids: {"cpus": 2}, same=True),
    ("POST", "/api/v1/vms/{name}/snapshot"): ONE_EMPTY,
    ("GET", "/api/v1/snapshots"): Case(query=lambda ids: f"?vm={ids['name']}", same=True),
    ("POST", "/api/v1/snapshots"): Case(
        lambda ids: {"way": "create", "names": [ids["name"]]},
        same=True,
        statuses=frozenset({422}),
    ),
    ("GET", "/api/v1/vms/{name}/snapshots"): ONE,
    ("POST", "/api/v1/vms/{name}/revert"): ONE_EMPTY,
    ("POST", "/api/v1/vms/{name}/delete-snapshot"): Case(
        lambda _ids: {"snapshot": "first"}, same=True
    ),
    ("GET", "/api/v1/fleet"): LIST,
    ("GET", "/api/v1/backups"): Case(
        query=lambda ids: f"?vm={ids['name']}", statuses=frozenset({200})
    ),
    ("POST", "/api/v1/backups"): Case(
        lambda ids: {"operations": [{"op": "backup", "vm": ids["name"]}]},
        same=True,
        statuses=frozenset({422}),
    ),
    ("POST", "/api/v1/backups/verify"): Case(lambda ids: {"vm": ids["name"]}, same=True),
    ("POST", "/api/v1/operations"): Case(
        lambda ids: {"op": "stop", "names": [ids["name"]]}, same=True, statuses=frozenset({422})
    ),
    ("GET", "/api/v1/trash"): LIST,
    ("POST", "/api/v1/trash/restore"): NAMED,
    ("POST", "/api/v1/trash/empty"): NAMED,
    ("GET", "/api/v1/drift"): Case(query=lambda ids: f"?name={ids['name']}", same=True),
    ("POST", "/api/v1/drift/adopt"): NAMED,
    ("POST", "/api/v1/drift/revert"): NAMED,
    ("POST", "/api/v1/drift/forget"): NAMED,
    ("GET", "/api/v1/templates"): LIST,
    ("GET", "/api/v1/templates/{name}"): ONE,
    ("GET", "/api/v1/policy/explain"): Case(query=lambda ids: f"?plan={ids['plan_id']}", same=True),
    ("GET", "/api/v1/audit"): LIST,
    ("GET", "/api/v1/audit/verify"): Case(statuses=ADMINS),
    ("GET", "/api/v1/policy"): Case(statuses=ADMINS),
    ("POST", "/api/v1/policy/check"): Case(lambda _ids: {}, statuses=ADMINS),
    ("GET", "/api/v1/shares"): LIST,
    ("POST", "/api/v1/vms/{name}/shares"): Case(lambda _ids: {"grantee": OTHER}, same=True),
    ("DELETE", "/api/v1/vms/{name}/shares/{grantee}"): ONE,
    ("GET", "/api/v1/schedules"): LIST,
    ("POST", "/api/v1/schedules"): Case(
        lambda _ids: {"cron": "0 3 * * *", "config": {"vms": []}}, statuses=frozenset({422})
    ),
    ("GET", "/api/v1/schedules/{schedule_id}"): ONE,
    ("DELETE", "/api/v1/schedules/{schedule_id}"): ONE,
    ("POST", "/api/v1/schedules/{schedule_id}/enable"): ONE,
    ("POST", "/api/v1/schedules/{schedule_id}/disable"): ONE,
    ("GET", "/api/v1/alerts"): LIST,
    ("POST", "/api/v1/alerts"): Case(
        lambda ids: {"metric": "cpu", "threshold": 90, "vms": [ids["name"]]},
        same=True,
        statuses=frozenset({422}),
    ),
    ("GET", "/api/v1/alert-channels"): LIST,
    ("POST", "/api/v1/alert-channels/{name}/test"): Case(statuses=ADMINS),
    ("GET", "/api/v1/alerts/{alert_id}"): ONE,
    ("DELETE", "/api/v1/alerts/{alert_id}"): ONE,
    ("POST", "/api/v1/alerts/{alert_id}/enable"): ONE,
    ("POST", "/api/v1/alerts/{alert_id}/disable"): ONE,
    ("GET", "/api/v1/hosts"): LIST,
    ("GET", "/api/v1/hosts/forecast"): LIST,
    ("GET", "/api/v1/backup-copies"): Case(statuses=frozenset({409})),
    ("GET", "/api/v1/suggestions"): Case(query=lambda ids: f"?vm={ids['name']}", same=True),
    ("POST", "/api/v1/vms/{name}/suggested"): Case(lambda _ids: {"rule": "idle"}, same=True),
    ("POST", "/api/v1/vms/{name}/suggested/dismiss"): Case(
        lambda _ids: {"rule": "idle"}, same=True
    ),
}


@dataclass(frozen=True)
class Place:
    """A service where noriko has one of everything, and mika asks."""

    api: Service
    world: World
    token: dict[str, str]
    foreign: tuple[Foreign, ...]

    def ask(self, route: tuple[str, str], ids: Foreign) -> httpx2.Response:
        method, path = route
        case = MATRIX[route]
        return self.api.call(
            method, path.format(**ids) + case.query(ids), self.token, case.body(ids)
        )


@pytest.fixture
def place(world: World) -> Iterator[Place]:
    with service(world.home) as api:
        foreign = belongings(api, world)
        yield Place(api, world, api.token(MINE, "apply", "approve"), foreign)


def routes() -> set[tuple[str, str]]:
    """Of every room, described or not."""
    found = [route for room in ROOMS for route in room.routes.routes]
    return {(method, route.path) for route in found for method in route.methods} | DESCRIPTION


def test_every_route_is_in_the_matrix() -> None:
    assert routes() == set(MATRIX)


def test_every_route_is_described(api: Service) -> None:
    described = api.app.openapi()["paths"]
    known = {(method.upper(), path) for path, found in described.items() for method in found}
    assert known | DESCRIPTION == routes()
    direct = {getattr(route, "path", None) for route in api.app.routes}
    # No route beside those of the rooms, but for another protocol (tests/unit/mcp/test_ownership.py).
    tools = {assistants.PATH, assistants.METADATA, assistants.METADATA + assistants.PATH}
    assert direct <= {None, "/api/v1/openapi.json"} | tools


def test_another_user(place: Place) -> None:
    """All routes against one service: a service of its own for each would take a minute."""
    for route, case in MATRIX.items():
        if not case.public:
            assert not list(differences(place, route, case)), route


def differences(place: Place, route: tuple[str, str], case: Case) -> Iterator[str]:
    """What another user could tell, or do, with ids of noriko's."""
    nobody = place.api.call(route[0], route[1].format(**UNKNOWN))
    if nobody.status_code != 401:
        yield f"without a token: {nobody.status_code}"
    unknown = place.ask(route, UNKNOWN)
    for ids, answer in [
        (UNKNOWN, unknown),
        *((ids, place.ask(route, ids)) for ids in place.foreign),
    ]:
        if answer.status_code not in case.statuses:
            yield f"{answer.status_code} {answer.text}"
        if "sekret" in without(answer, ids):
            yield f"speaks of it: {answer.text}"
        if case.same and without(answer, ids) != without(unknown, UNKNOWN):
            yield f"another body: {answer.text} {unknown.text}"
        if case.same and headers(answer) != headers(unknown):
            yield f"other headers: {headers(answer)}"


def test_nothing_moved(place: Place) -> None:
    """After all of that noriko has what she had."""
    theirs = place.api.token(OTHER)
    before = everything(place.api, theirs)
    for route, case in MATRIX.items():
        if not case.public:
            for ids in place.foreign:
                place.ask(route, ids)
    assert everything(place.api, theirs) == before
    assert [job.state for job in place.api.actor(OTHER).jobs.of(OTHER)] == ["queued"]


def test_what_is_shared_is_seen_and_no_more(place: Place) -> None:
    place.api.actor(OTHER).shares.put(f"uuid-{SECRET}", OTHER, f"user:{MINE}", "read")
    assert [vm["name"] for vm in place.api.call("GET", "/api/v1/vms", place.token).json()] == [
        SECRET
    ]
    assert place.api.call("GET", f"/api/v1/vms/{SECRET}", place.token).status_code == 200
    answer = place.api.call("POST", f"/api/v1/vms/{SECRET}/stop", place.token)
    assert answer.status_code in (403, 422), answer.text
    place.api.actor(OTHER).shares.put(f"uuid-{SECRET}", OTHER, f"user:{MINE}", "operate")
    assert place.api.call("POST", f"/api/v1/vms/{SECRET}/stop", place.token).status_code == 201
    answer = place.api.call("POST", f"/api/v1/vms/{SECRET}/delete", place.token, {})
    assert answer.status_code in (403, 422), answer.text


def test_an_administrator_of_the_service_reads_the_whole_audit(place: Place) -> None:
    place.api.user("boss", admin=True)
    admin, reader = place.api.token("boss", "admin"), place.api.token("boss", "read")
    actors = {row["actor"] for row in place.api.call("GET", "/api/v1/audit", admin).json()}
    assert OTHER in actors
    rows = place.api.call("GET", "/api/v1/audit", reader).json()
    assert {row["actor"] for row in rows} <= {"boss"}


def test_rows_of_the_audit_are_chosen(place: Place) -> None:
    theirs = place.api.token(OTHER)
    whole = place.api.call("GET", "/api/v1/audit", theirs).json()
    assert len(whole) > 1
    after = whole[0]["seq"]
    assert place.api.call("GET", f"/api/v1/audit?after={after}", theirs).json() == whole[1:]
    assert place.api.call("GET", "/api/v1/audit?limit=1", theirs).json() == whole[:1]
    later = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    assert place.api.call("GET", f"/api/v1/audit?since={later}", theirs).json() == []
