"""Answers as they are written: in order, resumed in the middle, ended from outside, bounded in number."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fuyajo.domain.talks import Asked
from fuyajo.service import turning
from fuyajo.service.story import KEPT
from fuyajo.store.database import Database
from fuyajo.store.talks import Limits, TalkStore
from tests.support.claude import SECRET, alive_with, survivors
from tests.support.claude_planner import CHAT as CHAT_TOOL
from tests.support.claude_planner import missing
from tests.support.command_line import World
from tests.support.messages_api import MessagesApi
from tests.support.pace import within
from tests.support.scripted_backend import CHAT, Dictated, stand_in
from tests.support.service import Service, service
from tests.support.talks import (
    CONVERSATIONS,
    Event,
    Listener,
    Token,
    answered,
    ask,
    events,
    message,
    new,
    parsed,
)

WAIT = 60


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch) -> Dictated:
    made = Dictated({**CHAT, "message": "one two three"})
    stand_in(monkeypatch, made)
    return made


@pytest.fixture
def mika(api: Service) -> Token:
    return api.token(api.user("mika"), "plan")


def begin(api: Service, token: Token) -> str:
    return ask(api, token, new(api, token), "tell me", backend="claude")


@contextmanager
def listening(
    api: Service, token: Token, turn: str, after: str | None = None
) -> Iterator[Iterator[Event]]:
    more = {"Last-Event-ID": after} if after is not None else {}
    with api.client.stream("GET", f"{turn}/events", headers={**token, **more}) as answer:
        yield parsed(answer)


def test_pieces_come_as_they_are_said(api: Service, mika: Token, planner: Dictated) -> None:
    turn = begin(api, mika)
    with listening(api, mika, turn) as coming:
        planner.say("one ")
        assert next(coming) == Event("1", "delta", {"text": "one "})
        assert api.call("GET", turn, mika).json()["state"] == "answering"
        planner.say("two ", "three")
        assert [next(coming).data["text"] for _ in range(2)] == ["two ", "three"]
        planner.done()
        end = next(coming)
    assert (end.id, end.kind, end.data["state"]) == ("4", "end", "answered")
    assert end.data["answer"]["reply"]["message"] == "one two three"
    assert end.data == api.call("GET", turn, mika).json()


def test_nothing_is_written_while_a_service_alone_answers(
    api: Service, mika: Token, planner: Dictated, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = begin(api, mika)
    assert planner.began.wait(WAIT)
    written: list[str] = []
    with listening(api, mika, turn) as coming, monkeypatch.context() as patch:
        patch.setattr(Database, "write", lambda _: written.append("a transaction"))
        planner.say("one ", "two ", "three")
        assert message([next(coming) for _ in range(3)]) == "one two three"
    assert written == []
    assert "tending" not in {thread.name for thread in threading.enumerate()}
    planner.done()
    assert events(api, mika, turn)[-1].data["state"] == "answered"


def test_a_listener_goes_on_where_it_was(api: Service, mika: Token, planner: Dictated) -> None:
    turn = begin(api, mika)
    with listening(api, mika, turn) as coming:
        planner.say("one ")
        heard = [next(coming)]
    planner.say("two ", "thr")  # said while nobody listens
    with listening(api, mika, turn, heard[-1].id) as coming:
        heard += [next(coming), next(coming)]
        planner.say("ee")
        planner.done()
        heard += coming
    assert [event.id for event in heard] == ["1", "2", "3", "4", "5"]
    assert message(heard[:-1]) == "one two three"
    # The same from what is kept: whoever has some of it gets all of it anew.
    again = events(api, mika, turn, "2")
    assert [event.kind for event in again] == ["again", "delta", "end"]
    assert message(heard[:2] + again) == "one two three"
    assert events(api, mika, turn, "4") == heard[-1:]


def test_more_than_is_kept_is_told_at_once(api: Service, mika: Token, planner: Dictated) -> None:
    turn = begin(api, mika)
    with listening(api, mika, turn) as coming:
        planner.say("x")
        heard = [next(coming)]
        planner.say(*["y"] * (KEPT + 50))
        last = next(event for event in coming if event.id == str(KEPT + 51))
    with listening(api, mika, turn, heard[-1].id) as coming:
        heard += [next(coming), next(coming)]
    assert [event.kind for event in heard[1:]] == ["again", "delta"]
    assert heard[-1].id == last.id
    assert message(heard) == "x" + "y" * (KEPT + 50)
    planner.done()
    told = events(api, mika, turn, last.id)
    assert told[0].kind == "again"  # the reply was another one than its pieces
    assert message(heard + told) == "one two three"


def test_a_try_that_comes_to_nothing_is_taken_back(
    api: Service, mika: Token, planner: Dictated
) -> None:
    turn = begin(api, mika)
    with listening(api, mika, turn) as coming:
        planner.say("wrong")
        told = [next(coming)]
        planner.say("one two three", restarts=True)
        planner.done()
        told += coming
    assert [event.kind for event in told] == ["delta", "again", "delta", "end"]
    assert message(told) == "one two three"


def test_many_listeners_hear_the_same(api: Service, mika: Token, planner: Dictated) -> None:
    turn = begin(api, mika)
    listeners = [Listener(api, mika, turn).start() for _ in range(20)]
    planner.say("one ")
    assert all(listener.some.wait(WAIT) for listener in listeners)
    planner.say("two ", "three")
    planner.done()
    assert all(listener.ends.wait(WAIT) for listener in listeners)
    first = listeners[0].heard
    assert [event.id for event in first] == ["1", "2", "3", "4"]
    assert all(listener.heard == first for listener in listeners)


def test_a_canceled_answer_is_no_context(api: Service, mika: Token, planner: Dictated) -> None:
    talk = new(api, mika)
    turn = ask(api, mika, talk, "tell me", backend="claude")
    planner.say("one ")
    assert api.call("POST", f"{turn}/cancel", mika).status_code == 202
    told = events(api, mika, turn)
    assert (told[-1].kind, told[-1].data["state"]) == ("end", "canceled")
    assert message(told) == ""
    assert planner.closed == 1
    assert api.call("POST", f"{turn}/cancel", mika).status_code == 409
    following = ask(api, mika, talk, "and now", backend="claude")
    planner.done()
    assert events(api, mika, following)[-1].data["state"] == "answered"
    assert planner.requests[-1].turns == ()


def test_one_question_at_a_time_and_two_of_one_user(
    api: Service, planner: Dictated, mika: Token, monkeypatch: pytest.MonkeyPatch
) -> None:
    noriko = api.token(api.user("noriko"), "plan")
    one, other, third = (new(api, mika) for _ in range(3))
    turns = [ask(api, mika, talk, "hi", backend="claude") for talk in (one, other)]

    def refused(token: Token, talk: str) -> tuple[int, str]:
        answer = api.call("POST", f"{talk}/turns", token, {"words": "hello"})
        return answer.status_code, answer.json()["errors"][0]["code"]

    assert refused(mika, one) == (409, "talk_busy")
    assert refused(mika, third) == (429, "too_many_asked")
    theirs = new(api, noriko)
    assert answered(api, noriko, theirs, "hello")["state"] == "answered"
    monkeypatch.setattr(turning, "AT_ONCE", 2)
    assert refused(noriko, theirs) == (429, "talk_full")
    for turn in turns:
        assert api.call("POST", f"{turn}/cancel", mika).is_success
    assert [events(api, mika, turn)[-1].data["state"] for turn in turns] == ["canceled"] * 2
    assert answered(api, mika, one, "hello")["state"] == "answered"


def test_a_deleted_conversation_stops_its_answer(
    api: Service, mika: Token, planner: Dictated
) -> None:
    talk = new(api, mika)
    turn = ask(api, mika, talk, "tell me", backend="claude")
    listener = Listener(api, mika, turn).start()
    planner.say("one ")
    assert listener.some.wait(WAIT)
    assert api.call("DELETE", talk, mika).status_code == 204
    assert listener.ends.wait(WAIT)
    assert listener.heard[-1].data["state"] == "canceled"
    assert planner.closed == 1
    assert api.call("GET", turn, mika).status_code == 404


def test_a_token_that_is_taken_back_hears_no_more(
    api: Service, mika: Token, planner: Dictated
) -> None:
    turn = begin(api, mika)
    with listening(api, mika, turn) as coming:
        planner.say("one ")
        assert next(coming).kind == "delta"
        api.actor("mika").people.take_back_all("mika")
        assert list(coming) == []
    planner.done()


def test_a_service_that_stops_interrupts_what_it_answers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner = Dictated(CHAT)
    stand_in(monkeypatch, planner)
    with service(world.home) as api:
        mika = api.token(api.user("mika"), "plan")
        turn = begin(api, mika)
        planner.say("one ")
        with listening(api, mika, turn) as coming:
            assert next(coming).kind == "delta"
            api.app.state.streams.end()
            assert list(coming) == []  # the listener comes again
    assert planner.closed == 1
    with service(world.home) as api:
        again, end = events(api, mika, turn, "1")
        assert (again.kind, end.kind, end.data["state"]) == ("again", "end", "interrupted")
        talk = turn.rsplit("/turns", 1)[0]
        assert answered(api, mika, talk, "hello")["state"] == "answered"


def left(api: Service, talk: str) -> str:
    """A turn whose service died: nobody answers it."""
    now = datetime.now(UTC)
    name = talk.rsplit("/", 1)[-1]
    turn = Asked(name, 0, "mika", "tell me", now, now + turning.LONGEST)
    asked = TalkStore(api.app.state.database).ask(turn, "", Limits(2, 8))
    assert isinstance(asked, Asked)
    return f"{talk}/turns/{asked.n}"


def test_what_a_service_that_died_left_is_over_with_the_next_one(world: World) -> None:
    with service(world.home) as api:
        mika = api.token(api.user("mika"), "plan")
        turn = left(api, new(api, mika))
        assert api.call("GET", turn, mika).json()["state"] == "answering"
    with service(world.home) as api:
        assert api.call("GET", turn, mika).json()["state"] == "interrupted"
        assert [event.kind for event in events(api, mika, turn, "7")] == ["end"]


def test_whoever_waits_for_another_service_hears_the_end(api: Service, mika: Token) -> None:
    talk = new(api, mika)
    turn = left(api, talk)
    listener = Listener(api, mika, turn).start()
    assert api.call("POST", f"{turn}/cancel", mika).json()["state"] == "canceled"
    assert listener.ends.wait(WAIT)
    assert listener.heard[-1].data["state"] == "canceled"


@pytest.mark.claude
def test_cancelling_ends_the_real_claude(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process of the CLI is there while it is asked, and gone within seconds."""
    from scripts.fetch_claude import FetchError, fetch

    try:
        binary = fetch()
    except FetchError as error:
        missing(error, os.environ)
    token = tmp_path / "token"
    token.write_text(SECRET)
    token.chmod(0o600)
    marker = str(world.home / "users" / "mika")
    with MessagesApi([{"hang": True}, CHAT_TOOL]) as model:
        settings = {
            "backend": "claude",
            "claude_binary": binary,
            "claude_token_file": token,
            "claude_base_url": model.url,
        }
        with service(world.home, settings=settings) as api:
            mika = api.token(api.user("mika"), "plan")
            talk = new(api, mika)
            turn = ask(api, mika, talk, "tell me", backend="claude")
            assert model.arrived.wait(WAIT)
            assert len(alive_with(marker)) >= 1
            with within(5):
                assert api.call("POST", f"{turn}/cancel", mika).status_code == 202
                assert events(api, mika, turn)[-1].data["state"] == "canceled"
            assert survivors(marker) == []
            assert (world.home / "users" / "mika" / "planner").stat().st_mode & 0o777 == 0o700
            assert not list((world.home / "users" / "mika" / "planner").glob("call-*"))
            said = answered(api, mika, talk, "tell me", backend="claude")
            assert said["reply"] == "hello there"
            assert said["planner"]["backend"] == "claude"


def test_nothing_of_a_path_is_believed(api: Service, mika: Token) -> None:
    for path in ("c-x/turns/1", "../users/turns/1", "c-%00/turns/1", "c-x/turns/0"):
        assert api.call("GET", f"{CONVERSATIONS}/{path}", mika).status_code in (404, 422)
