"""The conversation's pages without a browser: who may what, whose is what, and what a stream sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from fuyajo.http.pages import answers
from fuyajo.http.pages.rooms import talk as room
from fuyajo.http.pages.visitor import COOKIE
from tests.support import talks
from tests.support.command_line import World
from tests.support.scripted_backend import CHAT, Dictated, stand_in
from tests.support.service import Service
from tests.support.talks import Event

WISH = {"words": "a web server called hello"}


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Dictated:
    made = Dictated({**CHAT, "message": "one **two** three"})
    stand_in(monkeypatch, made)
    return made


@contextmanager
def browsing(api: Service, user: str, *scopes: str) -> Iterator[httpx2.Client]:
    """A browser of that user, whose cookie opens so much."""
    if api.actor("root").people.user(user) is None:
        api.user(user)
    secret = api.token(user, *scopes)["Authorization"].removeprefix("Bearer ")
    base = f"http://127.0.0.1:{api.port}"
    ours = {"Origin": base, "Sec-Fetch-Site": "same-origin"}
    with httpx2.Client(base_url=base, headers=ours, cookies={COOKIE: secret}) as client:
        yield client


def begun(client: httpx2.Client, **words: str) -> str:
    """The path of a new conversation."""
    asked = client.post("/talk", data={**WISH, **words})
    assert asked.status_code == 303, asked.text
    where, _, turn = str(asked.headers["location"]).partition("#")
    assert turn == "turn-1"
    return where


def heard(client: httpx2.Client, talk: str, after: str = "") -> list[Event]:
    headers = {"Last-Event-ID": after} if after else {}
    with client.stream("GET", f"{talk}/turns/1/stream", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(talks.parsed(answer))


def test_who_may_only_read_changes_nothing(api: Service) -> None:
    with browsing(api, "mika") as mika, browsing(api, "mika", "read") as reader:
        talk = begun(mika)
        heard(mika, talk)
        assert reader.get(talk).status_code == reader.get("/talk").status_code == 200
        for path in ("/talk", talk):
            assert reader.post(path, data=WISH).status_code == 403
        for path in ("/title", "/delete", "/turns/1/stop"):
            assert reader.post(f"{talk}{path}", data={}).status_code == 403
        assert mika.get(talk).status_code == 200


def test_a_question_that_is_not_taken_leaves_no_conversation(
    api: Service, planner: Dictated
) -> None:
    with browsing(api, "mika") as mika:
        refused = mika.post("/talk", data={**WISH, "backend": "oracle"})
        assert refused.status_code == 422
        assert WISH["words"] in refused.text  # still in the box
        assert 'class="list"' not in mika.get("/talk").text
        assert mika.post("/talk", data={"words": ""}).status_code == 422
        assert mika.post("/talk", data={**WISH, "more": "x"}).status_code == 422


def test_the_stream_has_the_whole_answer_each_time(api: Service, planner: Dictated) -> None:
    with browsing(api, "mika") as mika:
        talk = begun(mika, backend="claude")
        planner.say("one ")
        with mika.stream("GET", f"{talk}/turns/1/stream") as answer:
            coming = talks.parsed(answer)
            first = next(coming)
            planner.say("**two** ")
            second = next(coming)
        assert (first.kind, second.kind) == ("so-far", "so-far")
        assert first.data["html"].strip() == "<p>one</p>"
        assert second.data["html"].strip() == "<p>one <strong>two</strong></p>"
        planner.say("three")
        planner.done()
        rest = heard(mika, talk, second.id)
        assert rest[-1].kind == "end"
        assert [event.id for event in rest] == sorted(event.id for event in rest)
        assert "one <strong>two</strong> three" in rest[-1].data["html"]
        # Of what is over, the end alone; and it is what a page shows.
        (end,) = heard(mika, talk, rest[-1].id)
        assert end.data["html"] == rest[-1].data["html"]
        assert end.data["html"].strip() in mika.get(talk).text


def test_what_is_deleted_while_it_is_written_comes_to_an_end(
    api: Service, planner: Dictated
) -> None:
    with browsing(api, "mika") as mika:
        talk = begun(mika, backend="claude")
        planner.say("one ")
        with mika.stream("GET", f"{talk}/turns/1/stream") as answer:
            coming = talks.parsed(answer)
            assert next(coming).kind == "so-far"
            gone = mika.post(f"{talk}/delete")
            assert (gone.status_code, gone.headers["location"]) == (303, "/talk")
            end = list(coming)[-1]
        assert end.kind == "end"
        assert 'class="problems"' in end.data["html"]
        assert mika.get(talk).status_code == 404


def test_of_many_plans_the_last_ones_are_shown_whole(
    api: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "CARDS", 1)
    with browsing(api, "mika") as mika:
        talk = begun(mika)
        heard(mika, talk)
        path = f"/api/v1/conversations/{talk[6:]}"
        second = talks.answered(api, api.token("mika"), path, "a web server called other")
        shown = mika.get(talk).text
        assert shown.count("<article") == 1
        assert f'aria-labelledby="{second["plan"]}"' in shown
        assert shown.count('class="button" href="/plans/p-') >= 1


def test_long_conversations_come_in_pages(
    api: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PAGE", 2)
    with browsing(api, "mika") as mika:
        talk = begun(mika)
        heard(mika, talk)
        token = api.token("mika")
        for number in (2, 3):
            talks.answered(api, token, f"/api/v1/conversations/{talk[6:]}", f"hello {number}")
        newest = mika.get(talk).text
        assert 'id="turn-1"' not in newest
        assert 'id="turn-3"' in newest
        assert f'href="{talk}?after=0"' in newest
        first = mika.get(f"{talk}?after=0").text
        assert 'id="turn-1"' in first
        assert 'id="turn-3"' not in first
        for number in range(2):
            talks.new(api, token, f"title {number}")
        assert mika.get("/talk").text.count('<li><a href="/talk/c-') == 2
        assert mika.get("/talk?skip=2").text.count('<li><a href="/talk/c-') == 1
