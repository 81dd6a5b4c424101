"""Conversations at two services that share a PostgreSQL server: either of them tells, stops and goes on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import func, select

from fuyajo.store.pieces import PieceStore
from fuyajo.store.tables import PIECES
from tests.support.claude import SECRET
from tests.support.cluster import Front, Several
from tests.support.messages_api import MessagesApi
from tests.support.pace import within
from tests.support.service_host import LEASE
from tests.support.talks import Event, message, parsed

WAIT = 30
#: Seconds of a lease, where a test waits for its end.
SHORT = 5.0
SAID = " ".join(f"word{number}" for number in range(300))
REPLY = {"structured": {"type": "chat", "message": SAID, "config": None}}


class Paused:
    """A model that says half of its reply, and the rest when it is told to."""

    def __init__(self) -> None:
        self.rest = threading.Event()
        self.api = MessagesApi({**REPLY, "pause": self.rest})


@pytest.fixture
def stalled() -> Iterator[MessagesApi]:
    with MessagesApi({**REPLY, "stall": True}) as running:
        yield running


@pytest.fixture
def paused() -> Iterator[Paused]:
    made = Paused()
    with made.api:
        yield made
        made.rest.set()


def fronts(several: Several, model: MessagesApi, *names: str) -> list[Front]:
    token = several.root / "token"
    token.write_text(SECRET)
    token.chmod(0o600)
    said = {"anthropic_base_url": model.url, "anthropic_token_file": str(token)}
    for name in names:
        lines = (f'{key} = "{value}"\n' for key, value in said.items())
        (several.home(name) / "config.toml").write_text("".join(lines))
    return [several.service(name) for name in names]


def new(front: Front, token: dict[str, str]) -> str:
    """The path of a conversation below the one of the interface."""
    made = front.client.post("/conversations", headers=token, json={})
    assert made.status_code == 201, made.text
    return f"/conversations/{made.json()['id']}"


def ask(front: Front, token: dict[str, str], talk: str, backend: str = "anthropic") -> str:
    words = {"words": "tell me", "backend": backend}
    asked = front.client.post(f"{talk}/turns", headers=token, json=words)
    assert asked.status_code == 202, asked.text
    return f"{talk}/turns/{asked.json()['n']}"


@contextmanager
def listening(
    front: Front, token: dict[str, str], turn: str, after: str = "0"
) -> Iterator[Iterator[Event]]:
    headers = {**token, "Last-Event-ID": after}
    with front.client.stream("GET", f"{turn}/events", headers=headers) as answer:
        assert answer.status_code == 200
        yield parsed(answer)


def half(front: Front, token: dict[str, str], turn: str) -> list[Event]:
    """What is heard there while the model has stopped in the middle."""
    heard: list[Event] = []
    with listening(front, token, turn) as coming:
        for event in coming:
            assert event.kind == "delta"
            heard.append(event)
            if "word100" in message(heard):
                return heard
    raise AssertionError("it ended")


def state(front: Front, token: dict[str, str], turn: str) -> Any:
    return front.client.get(turn, headers=token).json()["state"]


def pieces(several: Several) -> int:
    with several.actor().database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(PIECES)).scalar_one())


def test_pieces_are_heard_at_each_and_resumed_at_either(several: Several, paused: Paused) -> None:
    one, other = fronts(several, paused.api, "one", "other")
    mika, jun = several.token("mika"), several.token("jun")
    turn = ask(one, mika, new(other, mika))
    here, there = half(one, mika, turn), half(other, mika, turn)
    shared = min(len(here), len(there))
    assert there[:shared] == here[:shared]
    assert state(other, mika, turn) == "answering"
    assert other.client.get(f"{turn}/events", headers=jun).status_code == 404
    ends: dict[str, list[Event]] = {}

    def resume(name: str, front: Front, heard: list[Event]) -> None:
        with listening(front, mika, turn, heard[-1].id) as coming:
            ends[name] = [*heard, *coming]

    # Heard first at the one and then at the other.
    crossed = {"one": (one, there), "other": (other, here), "late": (other, here[:3])}
    threads = [
        threading.Thread(target=resume, args=(name, *given)) for name, given in crossed.items()
    ]
    for thread in threads:
        thread.start()
    paused.rest.set()
    for thread in threads:
        thread.join(WAIT)
    told = ends["one"]
    assert (told[-1].kind, told[-1].data["state"]) == ("end", "answered")
    assert message(told) == told[-1].data["reply"] == SAID
    assert ends["other"] == ends["late"] == told
    assert [event.id for event in told] == [str(number + 1) for number in range(len(told))]
    assert 0 < pieces(several) < 50
    PieceStore(several.actor().database).tidy()
    assert pieces(several) == 0
    with listening(other, mika, turn, told[-2].id) as coming:
        assert list(coming) == told[-1:]


def test_whoever_ends_it_elsewhere_stops_the_model(several: Several, stalled: MessagesApi) -> None:
    """Canceled there, deleted there; and a listener whose token is taken back hears no more."""
    one, other = fronts(several, stalled, "one", "other")
    mika = several.token("mika")
    talk = new(one, mika)
    for how in ("cancel", "delete"):
        turn = ask(one, mika, talk)
        half(other, mika, turn)
        assert not stalled.idle.is_set()
        with listening(one, mika, turn) as coming:
            with within(2):
                if how == "cancel":
                    asked = other.client.post(f"{turn}/cancel", headers=mika)
                    assert (asked.status_code, asked.json()["state"]) == (202, "canceled")
                else:
                    assert other.client.delete(talk, headers=mika).status_code == 204
                assert stalled.idle.wait(WAIT)
            assert list(coming)[-1].data["state"] == "canceled"
        if how == "cancel":
            with listening(other, mika, turn, "999") as coming:
                assert [event.kind for event in coming] == ["end"]
            following = ask(other, mika, talk, "rules")
            with listening(one, mika, following) as coming:
                assert list(coming)[-1].data["state"] == "answered"
    assert pieces(several) == 0
    turn = ask(one, mika, new(one, mika))
    heard = half(other, mika, turn)
    with listening(other, mika, turn, heard[-1].id) as coming:
        several.actor("mika").people.take_back_all("mika")
        assert all(event.kind == "delta" for event in coming)


def test_a_service_that_hangs_or_dies_is_missed_soon(several: Several, paused: Paused) -> None:
    several.environment[LEASE] = str(SHORT)
    one, other = fronts(several, paused.api, "one", "other")
    mika = several.token("mika")
    talk = new(one, mika)
    hung = ask(one, mika, talk)
    half(other, mika, hung)
    # Longer than one lease: it is renewed for as long as the service lives.
    begun = monotonic()
    several.until(lambda: monotonic() - begun > SHORT + 1)
    assert state(other, mika, hung) == "answering"
    busy = other.client.post(f"{talk}/turns", headers=mika, json={"words": "hello"})
    assert busy.status_code == 409
    one.process.send_signal(signal.SIGSTOP)
    try:
        with within(SHORT + 3):
            several.until(lambda: state(other, mika, hung) == "interrupted")
        paused.rest.set()
    finally:
        one.process.send_signal(signal.SIGCONT)
    # Its answer is there now, and counts no more.
    with listening(one, mika, hung) as coming:
        assert list(coming)[-1].data["state"] == "interrupted"
    assert state(one, mika, hung) == "interrupted"

    paused.rest.clear()
    lost = ask(one, mika, talk)
    half(other, mika, lost)
    one.kill()
    with within(SHORT + 3), listening(other, mika, lost, "1") as coming:
        end = list(coming)[-1]
    assert (end.kind, end.data["state"]) == ("end", "interrupted")
    following = ask(other, mika, talk, "rules")
    with listening(other, mika, following) as coming:
        assert list(coming)[-1].data["state"] == "answered"
