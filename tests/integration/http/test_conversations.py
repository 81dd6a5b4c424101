"""Conversations over HTTP: what is said is answered, remembered, found again, and nobody else's."""

from __future__ import annotations

import pytest

from tests.support import talks
from tests.support.command_line import World, machine
from tests.support.service import Service, service
from tests.support.talks import CONVERSATIONS, Token, answered, ask, events, new


@pytest.fixture
def mika(api: Service) -> Token:
    return api.token(api.user("mika"), "plan")


def test_a_conversation(api: Service, world: World, mika: Token) -> None:
    talk = new(api, mika)
    first = answered(api, mika, talk, "a web server called hello")
    assert (first["state"], first["n"], first["problems"]) == ("answered", 1, [])
    plan = first["answer"]["plan"]
    assert plan["conversation"] == talk.rsplit("/", 1)[-1]
    assert api.call("GET", f"/api/v1/plans/{plan['id']}", mika).json() == plan
    assert first["reply"] == first["answer"]["reply"]["message"]
    world.have(machine("hello", created=plan["created"]))
    second = answered(api, mika, talk, "stop it")
    (change,) = second["answer"]["plan"]["changes"]
    assert (change["name"], change["action"]) == ("hello", "stop")
    told = api.call("GET", talk, mika).json()
    assert (told["title"], told["turns"]) == ("a web server called hello", 2)
    kept = api.call("GET", f"{talk}/turns", mika).json()
    assert [turn["words"] for turn in kept] == ["a web server called hello", "stop it"]
    assert kept == [first, second]
    assert api.call("GET", f"{talk}/turns?after=1", mika).json() == [second]
    assert api.call("GET", f"{talk}/turns/2", mika).json() == second


def test_another_conversation_knows_nothing_of_it(api: Service, world: World, mika: Token) -> None:
    one, other = new(api, mika), new(api, mika)
    plan = answered(api, mika, one, "a web server called hello")["answer"]["plan"]
    world.have(machine("other"), machine("hello", created=plan["created"]))
    asked = answered(api, mika, other, "stop it")
    assert asked["plan"] is None
    assert asked["reply"]
    assert answered(api, mika, one, "stop it")["plan"]


def test_a_host_that_is_away_is_no_end_of_the_conversation(
    api: Service, world: World, mika: Token
) -> None:
    talk = new(api, mika)
    world.down = True
    turn = answered(api, mika, talk, "a web server called hello", lang="ja")
    assert (turn["state"], turn["answer"]) == ("failed", None)
    (problem,) = turn["problems"]
    assert problem["code"] == "libvirt_unavailable"
    assert any("ぁ" <= char <= "ん" for char in problem["message"])  # as it was asked for
    world.down = False
    assert answered(api, mika, talk, "a web server called hello")["state"] == "answered"


def test_titles_and_search(api: Service, mika: Token) -> None:
    shop, other = new(api, mika, "the 100% shop"), new(api, mika)
    answered(api, mika, other, "こんにちは、ウェブサーバー")

    def found(words: str) -> list[str]:
        listed = api.client.get(CONVERSATIONS, params={"q": words}, headers=mika).json()
        return [f"{CONVERSATIONS}/{one['id']}" for one in listed]

    assert found("") == [other, shop]
    assert found("SHOP the") == [shop]
    assert found("100%") == [shop]
    assert found("1_0") == found("shop ウェブ") == []
    assert found("ウェブ") == [other]
    assert api.call("PATCH", other, mika, {"title": "ご挨拶"}).json()["title"] == "ご挨拶"
    assert found("挨拶") == [other]
    for bad in ("x" * 81, "two\nlines", "bi\u202edi", "nul\0"):
        assert api.call("PATCH", other, mika, {"title": bad}).status_code == 422
    assert api.call("DELETE", other, mika).status_code == 204
    assert found("") == [shop]
    assert api.call("GET", f"{other}/turns", mika).status_code == 404


def test_what_somebody_types_is_data(api: Service, mika: Token) -> None:
    talk = new(api, mika)
    hostile = "hello\0 \u202e<script>alert(1)</script>\x1b[2J {{ 7*7 }}\n\nid: 99\nevent: end"
    turn = answered(api, mika, talk, hostile)
    assert turn["state"] == "answered"
    assert not {"\0", "\u202e", "\x1b"} & set(turn["words"] + turn["reply"])
    assert "<script>" in turn["words"]  # as it is: a page has to write it as text
    title = api.call("GET", talk, mika).json()["title"]
    assert "\n" not in title
    assert len(title) <= 80


def test_a_token_to_read_asks_nothing(api: Service, mika: Token) -> None:
    talk = new(api, mika)
    reader = api.token("mika", "read")
    assert api.call("GET", talk, reader).status_code == 200
    assert api.call("POST", f"{talk}/turns", reader, {"words": "hi"}).status_code == 403
    assert api.call("POST", CONVERSATIONS, reader, {}).status_code == 403
    assert api.call("DELETE", talk, reader).status_code == 403


def test_the_same_question_with_the_same_key_is_asked_once(api: Service, mika: Token) -> None:
    talk = new(api, mika)
    keyed = {**mika, "Idempotency-Key": "once"}
    turn = ask(api, keyed, talk, "hello")
    events(api, mika, turn)
    again = api.call("POST", f"{talk}/turns", keyed, {"words": "hello"})
    assert (again.status_code, again.json()["n"]) == (202, 1)
    assert api.call("GET", talk, mika).json()["turns"] == 1


def test_an_unknown_planner_is_no_turn(api: Service, mika: Token) -> None:
    talk = new(api, mika)
    asked = api.call("POST", f"{talk}/turns", mika, {"words": "hello", "backend": "oracle"})
    assert asked.status_code == 422
    assert api.call("GET", talk, mika).json()["turns"] == 0


def test_an_answer_is_told_again_as_often_as_somebody_asks(api: Service, mika: Token) -> None:
    talk = new(api, mika)
    turn = ask(api, mika, talk, "hello")
    whole = events(api, mika, turn)
    assert [event.kind for event in whole] == ["delta", "end"]
    assert talks.message(whole) == whole[-1].data["reply"]
    assert events(api, mika, turn) == whole
    assert events(api, mika, turn, whole[0].id) == whole[1:]
    assert events(api, mika, turn, "99") == events(api, mika, turn, whole[-1].id) == whole[1:]


def test_conversations_outlive_the_service(world: World) -> None:
    with service(world.home) as api:
        mika = api.token(api.user("mika"), "plan")
        talk = new(api, mika)
        turn = answered(api, mika, talk, "hello")
    with service(world.home) as api:
        assert api.call("GET", f"{talk}/turns", mika).json() == [turn]
