"""Another user at every page: what is not theirs looks exactly like what is not there.

The routes are found, not listed: one that is new has to be put into this table before anything passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from fuyajo.http.pages.visitor import COOKIE
from tests.support.belongings import (
    MINE,
    OTHER,
    UNKNOWN,
    Foreign,
    belongings,
    everything,
    headers,
    without,
)
from tests.support.command_line import World
from tests.support.service import Service

Route = tuple[str, str]
Form = dict[str, str]
NO_PAGE = ("/api/", "/healthz", "/readyz", "/metrics")
PIECE = {"HX-Request": "true"}


@dataclass(frozen=True)
class Case:
    """`form` and `query` are made of the foreign ids, or of the unknown ones; `each` are other parameters.

    `same`: with what is foreign it answers as with what is unknown. Otherwise it names nothing, and its
    answer must not speak of anything foreign. `piece`: htmx asks for it.
    """

    form: Callable[[Foreign], Form] = lambda _ids: {}
    query: Callable[[Foreign], str] = lambda _ids: ""
    each: tuple[Form, ...] = ({},)
    same: bool = True
    statuses: frozenset[int] = frozenset({404})
    public: bool = False
    piece: bool = False


def said(**form: str) -> Callable[[Foreign], Form]:
    return lambda _ids: form


def stopping(ids: Foreign) -> Form:
    return {"text": f"operations:\n  - op: stop\n    vm: {ids['name']}\n"}


def named(ids: Foreign) -> Form:
    return {"names": ids["name"]}


def owned(ids: Foreign) -> str:
    return f"?owner={ids['user']}"


def judged(ids: Foreign) -> Form:
    return {"owner": ids["user"]}


def of_user(ids: Foreign) -> Form:
    return {"name": ids["user"]}


OK, SENT, WRONG, NO = (frozenset({one}) for one in (200, 303, 422, 403))
ONE, LIST, PUBLIC = Case(), Case(same=False, statuses=OK), Case(public=True)
OFFICE = Case(statuses=NO)
OPERATIONS = tuple(
    {"op": op}
    for op in (
        "start",
        "stop",
        "restart",
        "delete",
        "resize",
        "snapshot",
        "revert",
        "delete-snapshot",
        "backup",
        "restore",
        "delete-backup",
        "test-backup",
        "copy-backup",
        "expire",
    )
)
NAMED = Case(named)
SUGGESTED = Case(lambda ids: {"vm": ids["name"], "rule": "idle"})
MATRIX: dict[Route, Case] = {
    ("GET", "/assets/{version}/{name:path}"): PUBLIC,
    ("GET", "/sign-in"): PUBLIC,
    ("POST", "/sign-in"): PUBLIC,
    ("GET", "/sign-in/elsewhere"): PUBLIC,
    ("POST", "/first-admin"): PUBLIC,
    ("POST", "/language"): PUBLIC,
    # It names nothing, and ends the session that it comes with.
    ("POST", "/sign-out"): Case(public=True),
    ("GET", "/"): LIST,
    ("GET", "/talk"): Case(query=lambda _ids: "?q=kret", same=False, statuses=OK),
    ("POST", "/talk"): Case(said(words=""), statuses=WRONG),
    ("GET", "/talk/{conversation_id}"): ONE,
    ("POST", "/talk/{conversation_id}"): Case(said(words="hello")),
    ("POST", "/talk/{conversation_id}/title"): Case(said(title="mine now")),
    ("GET", "/talk/{conversation_id}/delete"): ONE,
    ("POST", "/talk/{conversation_id}/delete"): ONE,
    ("POST", "/talk/{conversation_id}/turns/{number}/stop"): ONE,
    ("GET", "/talk/{conversation_id}/turns/{number}/stream"): ONE,
    ("GET", "/plans"): LIST,
    ("GET", "/plans/{plan_id}"): Case(query=owned),
    ("GET", "/plans/{plan_id}/graph.svg"): Case(query=owned),
    ("POST", "/plans/{plan_id}/apply"): Case(judged),
    ("POST", "/plans/{plan_id}/approve"): Case(judged),
    ("POST", "/plans/{plan_id}/reject"): Case(judged),
    ("POST", "/plans/{plan_id}/again"): ONE,
    ("POST", "/plans/{plan_id}/rest"): ONE,
    ("GET", "/plans/{plan_id}/change"): ONE,
    ("POST", "/plans/{plan_id}/change"): Case(stopping),
    ("POST", "/plans/check"): Case(stopping, statuses=OK),
    ("GET", "/runs"): LIST,
    ("GET", "/runs/{run_id}"): ONE,
    ("GET", "/runs/{run_id}/log"): ONE,
    ("GET", "/runs/{run_id}/stream"): ONE,
    ("POST", "/runs/{run_id}/cancel"): ONE,
    ("POST", "/runs/{run_id}/continue"): ONE,
    ("POST", "/runs/{run_id}/undo"): ONE,
    ("GET", "/machines"): Case(query=lambda _ids: "?q=kret&owner=x", same=False, statuses=OK),
    ("POST", "/machines"): Case(lambda ids: {"op": "stop", **named(ids)}, statuses=WRONG),
    ("GET", "/machines/marks"): LIST,
    ("GET", "/machines/new"): LIST,
    # A name is one host's: that it is taken is told, as everywhere, and not whose it is.
    ("POST", "/machines/new"): Case(
        lambda ids: {"name": ids["name"]},
        lambda _ids: "?template=web-server",
        same=False,
        statuses=SENT | WRONG,
    ),
    ("GET", "/machines/{name}"): ONE,
    ("GET", "/machines/{name}/history"): Case(piece=True),
    ("GET", "/machines/{name}/console"): ONE,
    ("GET", "/machines/{name}/screenshot"): ONE,
    ("GET", "/machines/{name}/logs"): ONE,
    # What is no call is in test_pages_console.py.
    ("WS", "/machines/{name}/console/wire"): Case(public=True),
    ("POST", "/machines/{name}/drift/{way}"): Case(each=({"way": "adopt"}, {"way": "revert"})),
    ("POST", "/machines/{name}/shares"): Case(said(grantee="jun", rights="operate")),
    ("POST", "/machines/{name}/{op}"): Case(
        said(cpus="2", snapshot="a", expires="2099-01-01"), each=OPERATIONS
    ),
    ("GET", "/trash"): LIST,
    ("POST", "/trash"): Case(lambda ids: {"do": "purge", **named(ids)}),
    ("GET", "/templates"): LIST,
    ("GET", "/images"): LIST,
    ("POST", "/images/{name}/build"): OFFICE,
    ("GET", "/hosts"): LIST,
    ("GET", "/schedules"): LIST,
    ("POST", "/schedules"): Case(
        lambda ids: {"cron": "0 3 * * *", "request": stopping(ids)["text"]}, statuses=SENT
    ),
    ("POST", "/schedules/{schedule_id}/{act}"): Case(
        each=({"act": "enable"}, {"act": "disable"}, {"act": "remove"})
    ),
    ("GET", "/suggestions"): LIST,
    ("POST", "/suggestions/plan"): SUGGESTED,
    ("POST", "/suggestions/dismiss"): SUGGESTED,
    ("GET", "/alerts"): LIST,
    ("POST", "/alerts"): Case(lambda ids: {"metric": "cpu", "vms": ids["name"]}, statuses=WRONG),
    ("POST", "/alerts/{alert_id}/{act}"): Case(
        each=({"act": "enable"}, {"act": "disable"}, {"act": "remove"})
    ),
    ("GET", "/drift"): LIST,
    ("POST", "/drift/adopt"): NAMED,
    ("POST", "/drift/revert"): NAMED,
    ("POST", "/drift/forget"): NAMED,
    ("GET", "/planners"): LIST,
    ("GET", "/planners/reports/{report_id}"): Case(each=({"report_id": "x"},), statuses=NO),
    ("GET", "/audit"): Case(query=lambda ids: f"?run={ids['run_id']}", statuses=OK),
    ("POST", "/audit"): OFFICE,
    ("GET", "/policy"): LIST,
    ("POST", "/policy"): OFFICE,
    ("GET", "/people"): LIST,
    ("GET", "/people/tokens"): Case(same=False, statuses=SENT),
    ("GET", "/people/users"): Case(same=False, statuses=SENT),
    ("GET", "/people/password"): Case(same=False, statuses=SENT),
    ("POST", "/people/tokens"): Case(said(scopes="read"), same=False, statuses=OK),
    ("POST", "/people/tokens/{token_id}/revoke"): ONE,
    ("POST", "/people/password"): Case(said(old="x", new="y", again="z"), statuses=WRONG),
    ("POST", "/people/users"): Case(said(name="new"), statuses=NO),
    ("POST", "/people/users/{name}/{act}"): Case(
        each=({"act": "disable"}, {"act": "enable"}, {"act": "admin"}, {"act": "no-admin"}),
        statuses=NO,
    ),
    ("GET", "/people/users/{name}"): OFFICE,
    ("POST", "/people/users/{name}/link"): Case(said(subject="x", issuer="https://y"), statuses=NO),
    ("POST", "/people/users/{name}/unlink"): OFFICE,
    ("GET", "/people/users/{name}/tokens"): OFFICE,
    ("POST", "/people/users/{name}/tokens"): Case(said(scopes="read"), statuses=NO),
    ("POST", "/people/users/{name}/tokens/{token_id}/revoke"): OFFICE,
    ("POST", "/people/users/{name}/password"): Case(
        said(password="four words in a row"), statuses=NO
    ),
    ("GET", "/me"): LIST,
    ("GET", "/me/export"): LIST,
    ("POST", "/me"): Case(of_user, statuses=WRONG),
}
POSTS = sorted(route for route in MATRIX if route[0] == "POST")


@dataclass(frozen=True)
class Place:
    """A service where noriko has one of everything, and mika's browser asks."""

    api: Service
    secret: str
    foreign: tuple[Foreign, ...]

    def ask(
        self, route: Route, ids: Foreign, *, cookie: str | None = None, **headers: str
    ) -> Iterator[httpx2.Response]:
        """One answer for each of the other parameters."""
        case, secret = MATRIX[route], self.secret if cookie is None else cookie
        for each in case.each:
            address = at(route, {**ids, **each}) + case.query(ids)
            yield self.call(route[0], address, secret, case.form(ids), **headers)

    def call(
        self, method: str, address: str, secret: str, form: Any, **more: str
    ) -> httpx2.Response:
        # On a busy machine more time may pass between two calls than a connection is kept for.
        ours = {"Cookie": f"{COOKIE}={secret}", "Connection": "close", **more}
        if method == "POST":
            ours = {"Origin": f"http://127.0.0.1:{self.api.port}", **ours}
        return self.api.client.request(method, address, headers=ours, data=form or None)


@pytest.fixture
def place(api: Service, world: World) -> Place:
    foreign = belongings(api, world)
    secret = api.token(MINE, "apply", "approve")["Authorization"].removeprefix("Bearer ")
    return Place(api, secret, foreign)


def at(route: Route, ids: Foreign) -> str:
    """A user's office names a user, everything else a machine."""
    path = route[1].replace("{name:path}", "page.js").replace("{version}", "x")
    if path.startswith("/people/users"):
        ids = {**ids, "name": ids["user"]}
    return path.replace("{talk_id}", "{conversation_id}").format(**ids)


def routes(app: FastAPI) -> set[Route]:
    """Of every page, as the service has them; `WS` are those that are no calls."""
    routers = [getattr(one, "original_router", None) for one in app.routes]
    found = [route for router in routers if router is not None for route in router.routes]
    return {
        (method, route.path.replace("{talk_id}", "{conversation_id}"))
        for route in found
        for method in getattr(route, "methods", ("WS",))
        if not route.path.startswith(NO_PAGE)
    }


def test_every_route_is_in_the_matrix(api: Service) -> None:
    assert routes(api.app) == set(MATRIX)
    assert {method for method, _ in MATRIX} <= {"GET", "POST", "WS"}


def test_another_user(place: Place) -> None:
    """All routes against one service, and afterwards noriko has what she had."""
    theirs = place.api.token(OTHER)
    before = everything(place.api, theirs)
    # What is read comes first: what mika writes then may name anything.
    asked = {route: MATRIX[route] for route in sorted(MATRIX) if not MATRIX[route].public}
    told = {route: list(differences(place, route, case)) for route, case in asked.items()}
    assert {route: found for route, found in told.items() if found} == {}
    assert everything(place.api, theirs) == before
    assert [job.state for job in place.api.actor(OTHER).jobs.of(OTHER)] == ["queued"]
    (user,) = [one for one in place.api.app.state.people.users() if one.name == OTHER]
    assert (user.disabled, user.admin, user.password) == (False, False, None)


def differences(place: Place, route: Route, case: Case) -> Iterator[str]:
    """What another user could tell, or do, with ids of noriko's."""
    more = PIECE if case.piece else {}
    unknown = list(place.ask(route, UNKNOWN, **more))
    asked = {request_of(route, ids): ids for ids in (*reversed(place.foreign), UNKNOWN)}
    for ids in asked.values():
        for answer, other in zip(place.ask(route, ids, **more), unknown, strict=True):
            if answer.status_code not in case.statuses:
                yield f"{answer.status_code} {ids} {answer.text}"
            if "sekret" in without(answer, ids):
                yield f"speaks of it: {answer.text}"
            if case.same and without(answer, ids) != without(other, UNKNOWN):
                yield f"another body: {answer.text} {other.text}"
            if case.same and headers(answer) != headers(other):
                yield f"other headers: {headers(answer)}"


def request_of(route: Route, ids: Foreign) -> str:
    """Ids that a route does not speak of make the same request."""
    case = MATRIX[route]
    return f"{at(route, {**ids, **case.each[0]})}{case.query(ids)} {case.form(ids)}"


def test_nobody_signed_out_sees_a_page(place: Place) -> None:
    """No cookie, one that opens nothing, and one of somebody who was shown out."""
    place.api.user("gone")
    out = place.api.token("gone", "apply", "approve")["Authorization"].removeprefix("Bearer ")
    place.api.app.state.people.change("gone", disabled=1)
    (ids, *_rest) = place.foreign
    for route, case in MATRIX.items():
        if case.public and route[1] != "/sign-out":
            continue
        for secret in ("", "fuyajo_x", out):
            for answer in place.ask(route, ids, cookie=secret):
                where = answer.headers.get("location", "")
                assert (answer.status_code, where.partition("?")[0]) == (303, "/sign-in"), route
                assert (answer.text, answer.headers.get("set-cookie")) == ("", None), route
        for answer in place.ask(route, ids, cookie="", Authorization=f"Bearer {place.secret}"):
            assert answer.status_code == 303, route  # that is the API's
        for answer in place.ask(route, ids, cookie="", **PIECE):
            assert (answer.status_code, answer.text) == (401, ""), route
            assert answer.headers["hx-redirect"].startswith("/sign-in"), route


def test_no_post_is_taken_from_a_page_that_is_not_ours(place: Place) -> None:
    place.api.user("boss", admin=True)
    token = place.api.token("boss", "apply", "approve", "admin")
    boss = token["Authorization"].removeprefix("Bearer ")
    theirs = place.api.token(OTHER)
    before = everything(place.api, theirs)
    ours = f"http://127.0.0.1:{place.api.port}"
    (ids, *_rest) = place.foreign
    for route in POSTS:
        for headers_of in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": ours, "Sec-Fetch-Site": "cross-site"},
            {"Origin": ours, "Sec-Fetch-Site": "same-site"},
            {"Origin": ours, "Sec-Fetch-Site": "none"},
        ):
            for answer in place.ask(route, ids, cookie=boss, **headers_of):
                assert answer.status_code == 403, (route, headers_of)
                assert "set-cookie" not in answer.headers, route
        silent = {"Cookie": f"{COOKIE}={boss}", "Connection": "close"}
        form = MATRIX[route].form(ids) or None
        for each in MATRIX[route].each:
            address = at(route, {**ids, **each})
            answer = place.api.client.post(address, headers=silent, data=form)
            assert answer.status_code == 403, route
    assert everything(place.api, theirs) == before
    assert not place.api.app.state.people.user(OTHER).disabled
