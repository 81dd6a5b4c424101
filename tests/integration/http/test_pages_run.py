"""Pages of runs over plain HTTP: who may what, other people's runs, and the stream by cookie."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.http.test_runs import work
from tests.support.command_line import World
from tests.support.run_stories import RUN, Story, going
from tests.support.service import Service

UNKNOWN = "r-20200101-000000-0000"
ROUTES = [
    ("GET", "/runs/{id}"),
    ("GET", "/runs/{id}/log"),
    ("GET", "/runs/{id}/stream"),
    ("POST", "/runs/{id}/cancel"),
    ("POST", "/runs/{id}/continue"),
    ("POST", "/runs/{id}/undo"),
]
POSTS = [path for method, path in ROUTES if method == "POST"]


def cookie(api: Service, user: str, *scopes: str) -> dict[str, str]:
    """A browser of that user, on a page of ours."""
    secret = api.token(user, *scopes)["Authorization"].removeprefix("Bearer ")
    origin = f"http://127.0.0.1:{api.port}"
    return {"Cookie": f"fuyajo_session={secret}", "Origin": origin, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def run(api: Service) -> Iterator[Story]:
    for user in ("mika", "jun"):
        api.user(user)
    with going(api.actor("mika")) as story:
        story.notes(3)
        yield story


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_run_of_somebody_else_is_as_one_that_is_not(
    api: Service, run: Story, method: str, path: str
) -> None:
    headers = cookie(api, "jun")
    theirs = api.call(method, path.format(id=run.id), headers)
    nobodys = api.call(method, path.format(id=UNKNOWN), headers)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.text.replace(run.id, "ID") == nobodys.text.replace(UNKNOWN, "ID")
    assert api.actor("mika").runs.load("mika", run.id).status == "running"
    assert RUN not in api.call("GET", "/runs", headers).text
    for odd in ("x", "..%2f..%2fetc", "r-20200101-000000-0000%0a"):
        assert api.call(method, path.format(id=odd), headers).status_code == 404


@pytest.mark.parametrize("path", POSTS)
def test_what_changes_something_needs_a_page_of_ours_and_the_scope(
    api: Service, run: Story, path: str
) -> None:
    where = path.format(id=run.id)
    whole = cookie(api, "mika")
    assert api.call("POST", where, {"Cookie": whole["Cookie"]}).status_code == 403
    cross = {**whole, "Sec-Fetch-Site": "cross-site"}
    assert api.call("POST", where, cross).status_code == 403
    assert api.call("POST", where, cookie(api, "mika", "read")).status_code == 403
    assert api.call("GET", where, whole).status_code == 405
    assert api.actor("mika").runs.load("mika", run.id).status == "running"


def test_buttons_of_somebody_who_may_only_read_are_not_there(api: Service, run: Story) -> None:
    reads, applies = cookie(api, "mika", "read"), cookie(api, "mika")
    path = f"/runs/{run.id}"
    assert 'id="stop"' in api.call("GET", path, applies).text
    assert 'id="stop"' not in api.call("GET", path, reads).text


def test_the_stream_begins_behind_what_the_page_has(api: Service, run: Story) -> None:
    headers = cookie(api, "mika")
    page = api.call("GET", f"/runs/{run.id}", headers).text
    assert 'data-after="3"' in page
    assert page.count("data-seq=") == 3 + 1  # and the empty one, to be filled
    run.notes(2)
    run.save("successful")
    path = f"/runs/{run.id}/stream"
    heard = api.call("GET", f"{path}?after=3", headers).text
    assert [line for line in heard.splitlines() if line.startswith("id:")] == [
        "id: 4",
        "id: 5",
        "id: 5",
    ]
    again = api.call("GET", f"{path}?after=0", {**headers, "Last-Event-ID": "4"}).text
    assert again.count("event: note") == 1
    assert again.count("event: end") == 1
    assert api.call("GET", f"{path}?after=-1", headers).status_code == 422


def test_what_cannot_be_looked_up_leaves_the_page_whole(
    api: Service, run: Story, world: object
) -> None:
    run.plan = "p-afc13e06"
    run.save("failed", failure="no such package")
    answer = api.call("GET", f"/runs/{run.id}", cookie(api, "mika"))
    assert answer.status_code == 200
    assert "no such package" in answer.text
    assert "could not be looked up" in answer.text
    again = api.call("POST", f"/runs/{run.id}/continue", cookie(api, "mika"))
    assert again.status_code == 404
    check = Story(api.actor("mika"), id="r-20261120-100000-0001")
    check.save("failed")
    assert api.call("POST", f"/runs/{check.id}/continue", cookie(api, "mika")).status_code == 422


def test_going_on_twice_is_one_run(api: Service, world: World) -> None:
    api.user("mika")
    token, headers = api.token("mika"), cookie(api, "mika")
    made = api.call("POST", "/api/v1/plans", token, {"words": "a web server called hello"}).json()
    path = f"/api/v1/plans/{made['plan']['id']}/apply"
    run = api.call("POST", path, token, {}).json()["run"]["id"]
    world.status = "failed"
    work(api)
    first = api.call("POST", f"/runs/{run}/continue", headers)
    again = api.call("POST", f"/runs/{run}/continue", headers)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"] != f"/runs/{run}"
