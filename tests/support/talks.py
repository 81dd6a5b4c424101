"""Conversations of a real service, as a client has them: asked, listened to, resumed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx2

from tests.support.service import Service

Token = dict[str, str]
CONVERSATIONS = "/api/v1/conversations"
WAIT = 30


class Event(NamedTuple):
    """As it came; `id` is empty for one without."""

    id: str
    kind: str
    data: Any


def new(api: Service, token: Token, title: str = "") -> str:
    """The path of a new conversation."""
    made = api.call("POST", CONVERSATIONS, token, {"title": title})
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


def ask(api: Service, token: Token, talk: str, words: str, **more: Any) -> str:
    """The path of a new turn."""
    asked = api.call("POST", f"{talk}/turns", token, {"words": words, **more})
    assert asked.status_code == 202, asked.text
    assert asked.json()["state"] == "answering"
    return str(asked.headers["location"])


def events(api: Service, token: Token, turn: str, after: str | None = None) -> list[Event]:
    """All of them, until the stream ends."""
    more = {"Last-Event-ID": after} if after is not None else {}
    with api.client.stream("GET", f"{turn}/events", headers={**token, **more}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(parsed(answer))


def parsed(answer: httpx2.Response) -> Iterator[Event]:
    found: dict[str, str] = {}
    for line in answer.iter_lines():
        name, _, value = line.partition(": ")
        if line and name in ("id", "event", "data"):
            found[name] = value
        elif not line and "data" in found:
            yield Event(found.get("id", ""), found["event"], json.loads(found["data"]))
            found = {}


def message(told: list[Event]) -> str:
    """What a page would show by now."""
    shown = ""
    for event in told:
        if event.kind == "again":
            shown = ""
        elif event.kind == "delta":
            shown += event.data["text"]
    return shown


def answered(api: Service, token: Token, talk: str, words: str, **more: Any) -> Any:
    """The turn, when it is over."""
    return events(api, token, ask(api, token, talk, words, **more))[-1].data


@dataclass
class Listener:
    """In a thread of its own."""

    api: Service
    token: Token
    turn: str
    heard: list[Event] = field(default_factory=list)
    some: threading.Event = field(default_factory=threading.Event)
    ends: threading.Event = field(default_factory=threading.Event)

    def start(self) -> Listener:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def _listen(self) -> None:
        with self.api.client.stream("GET", f"{self.turn}/events", headers=self.token) as answer:
            for event in parsed(answer):
                self.heard.append(event)
                self.some.set()
        self.ends.set()
