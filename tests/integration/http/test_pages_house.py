"""The rooms of the house over plain HTTP: who may, whose it is, and that nobody else's page can ask."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import httpx2
import pytest
from fastapi.routing import APIRoute

from fuyajo.http.pages.rooms import (
    account,
    accounts,
    alerts,
    audit,
    drift,
    mine,
    policy,
    schedules,
    suggestions,
)
from fuyajo.http.pages.visitor import COOKIE
from fuyajo.service import scheduling
from tests.support.command_line import World, machine
from tests.support.service import Service

REQUEST = "operations:\n  - op: snapshot\n    vm: hello\n"
ROOMS = (account, accounts, alerts, audit, drift, mine, policy, schedules, suggestions)
POSTS = sorted(
    route.path
    for room in ROOMS
    for route in room.routes.routes
    if isinstance(route, APIRoute) and "POST" in route.methods
)
FORMS: dict[str, str] = {
    "names": "hello", "name": "noriko", "password": "four words in a row", "scopes": "read",
    "cron": "0 3 * * *", "request": REQUEST, "metric": "cpu", "vm": "web", "rule": "idle",
    "old": "x", "new": "y", "again": "z",
    "text": "", "subject": "x",
}  # fmt: skip
Asks = Callable[..., httpx2.Response]


@pytest.fixture
def ask(api: Service) -> Asks:
    """A browser's call, with the cookie of a token with these scopes."""
    origin = f"http://127.0.0.1:{api.port}"
    known: dict[tuple[str, ...], str] = {}

    def call(who: tuple[str, ...], path: str, ours: bool = True, **form: str) -> httpx2.Response:
        if who not in known:
            known[who] = api.token(*who)["Authorization"].removeprefix("Bearer ")
        headers = {"Cookie": f"{COOKIE}={known[who]}", **({"Origin": origin} if ours else {})}
        # On a busy machine more time may pass between two calls than a connection is kept for.
        headers["Connection"] = "close"
        method = "POST" if form else "GET"
        return api.client.request(method, path, headers=headers, data=form or None)

    return call


def fields_of(path: str) -> dict[str, str]:
    """What that form takes; everything else would be refused before anybody is asked who they are."""
    wanted = {
        "/people/tokens": ("scopes",),
        "/people/users": ("name", "password"),
        "/people/users/{name}/password": ("password",),
        "/people/users/{name}/link": ("subject",),
        "/people/users/{name}/tokens": ("scopes",),
        "/people/password": ("old", "new", "again"),
        "/schedules": ("cron", "request"),
        "/alerts": ("metric",),
        "/suggestions/plan": ("vm", "rule"),
        "/suggestions/dismiss": ("vm", "rule"),
        "/me": ("name",),
        "/policy": ("text",),
    }.get(path, ("names",) if path.startswith("/drift") else ())
    return {key: FORMS[key] for key in wanted} or {"x": ""}


def test_who_may_only_look_changes_nothing(api: Service, ask: Asks) -> None:
    api.user("mika", admin=True)
    api.user("noriko")
    made = scheduling.add(api.actor("mika"), "0 3 * * *", "UTC", REQUEST)
    for path in POSTS:
        if path in ("/people/tokens", "/people/tokens/{token_id}/revoke", "/people/password"):
            continue  # one's own: a token gives no more than it has
        ids = {"schedule_id": made.id, "alert_id": "a-1", "token_id": "t-1"}
        address = path.format(name="noriko", act="disable", **ids)
        answer = ask(("mika", "read"), address, **fields_of(path))
        assert answer.status_code == 403, path
    assert scheduling.get(api.actor("mika"), made.id).enabled


def test_what_is_for_administrators_is_not_shown(api: Service, ask: Asks) -> None:
    api.user("mika")
    api.user("noriko")
    for path in ("/people", "/policy", "/audit"):
        page = ask(("mika", "apply"), path)
        assert page.status_code == 200
        assert "noriko" not in page.text, path


def test_a_token_gives_no_more_than_it_has(api: Service, ask: Asks) -> None:
    api.user("mika", admin=True)
    answer = ask(("mika", "plan"), "/people/tokens", scopes="apply")
    assert (answer.status_code, "fuyajo_" in answer.text) == (403, False)


def test_an_address_says_nothing_that_is_not_ours(api: Service, ask: Asks) -> None:
    api.user("mika")
    for said in ("<script>", "no_such_thing", "user%00", "../../x"):
        page = ask(("mika", "read"), f"/people?done={said}")
        assert page.status_code in (200, 400, 422)
        assert 'class="done"' not in page.text


def test_the_last_office_is_not_ones_own_to_give_away(api: Service, ask: Asks) -> None:
    api.user("mika", admin=True)
    answer = ask(("mika", "admin"), "/people/users/mika/no-admin", x="")
    assert answer.status_code == 403
    assert api.app.state.people.user("mika").admin


def test_a_broken_policy_is_shown_to_who_can_mend_it(api: Service, ask: Asks, world: World) -> None:
    api.user("mika", admin=True)
    world.home.mkdir(exist_ok=True)
    file = world.home / "policy.toml"
    file.write_text("[roles.default]\nmay = 1\n")
    file.chmod(0o600)
    answer = ask(("mika", "admin"), "/policy")
    assert answer.status_code == 503
    assert "policy.toml:2" in answer.text
    assert "may = 1" in answer.text


def test_whose_plans_one_may_judge_wait_on_the_first_page(
    api: Service, ask: Asks, world: World
) -> None:
    for user in ("mika", "noriko", "jun"):
        api.user(user)
        world.have(machine(f"of-{user}", owner=user))
        wanted = {"words": f"delete of-{user}"}
        assert api.call("POST", "/api/v1/plans", api.token(user), wanted).status_code == 201
    file = world.home / "policy.toml"
    policy = '[roles.default.approvals]\nby_other = true\n[roles.lead]\napproves = ["nor*"]\n'
    file.write_text(policy + '[users]\nmika = "lead"\n')
    file.chmod(0o600)
    who = ("mika", "approve")
    page = ask(who, "/").text
    (plan,) = api.actor("noriko").plans.ids("noriko")
    assert ("of-mika" in page, f"/plans/{plan}?owner=noriko" in page, "of-jun" in page) == (
        True,
        True,
        False,
    )
    said = api.call("POST", f"/api/v1/plans/{plan}/reject", api.token("noriko"), {})
    assert said.status_code in (200, 201), said.text
    assert "of-noriko" not in ask(who, "/").text


def test_who_is_signed_out_comes_back_to_where_they_asked(api: Service) -> None:
    here = f"http://127.0.0.1:{api.port}"
    evil = "https://evil.example"
    for said, way in (
        ("", ""),
        (f"{here}/talk/c-1?after=3#turn-2", "/talk/c-1?after=3"),
        (f"{here}/machines?q=a", "/machines?q=a"),
        (f"{evil}/talk", ""),
        (f"{here}.evil.example/talk", ""),
        (f"{here}//evil.example/talk", ""),
        (f"{evil}/?{here}/talk", ""),
        (f"javascript:{here}/talk", ""),
        (f"http://[{here}", ""),
    ):
        wanted = "/sign-in" + (f"?{urlencode({'next': way})}" if way else "")
        piece = {"HX-Request": "true", "HX-Current-URL": said, "Referer": evil}
        whole, part = (
            api.client.post("/talk", headers={"Origin": here, **more}, data={"words": "x"})
            for more in ({"Referer": said}, piece)
        )
        assert (whole.status_code, whole.headers["location"]) == (303, wanted), said
        assert (part.status_code, part.headers["hx-redirect"]) == (401, wanted), said
