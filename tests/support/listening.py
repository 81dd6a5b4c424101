"""A run whose events are written by a test, and somebody who listens to them over HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fuyajo.engine.runner import Event
from fuyajo.service.context import Actor
from fuyajo.store.runs import RunRecord
from tests.support.service import Service

RUN = "r-20261122-210000-aaaa"


@dataclass
class Going:
    """A run whose events are written by a test."""

    actor: Actor
    written: int = 0
    id: str = RUN

    @property
    def directory(self) -> Path:
        return self.actor.runs.directory(self.actor.user, RUN)

    def write(self, count: int, tail: str = "\n") -> None:
        self.directory.mkdir(exist_ok=True)
        with (self.directory / "events.jsonl").open("a", encoding="utf-8") as file:
            for _ in range(count):
                self.written += 1
                event = Event(
                    self.written, "2026-11-22T21:00:00+00:00", "note", message="x\n\nid: 7"
                )
                file.write(event.to_json() + tail)

    def save(self, status: Any) -> None:
        now = datetime.now(UTC)
        self.actor.runs.save(
            RunRecord(id=RUN, owner=self.actor.user, plan=None, status=status, started=now)
        )


@contextmanager
def going(api: Service) -> Iterator[Going]:
    actor = api.actor("mika")
    run = Going(actor)
    with actor.runs.hold("mika", RUN):
        run.save("running")
        yield run
        run.save("successful")


@dataclass
class Listener:
    """Reads a stream in a thread of its own; `ends` is set when it is over."""

    api: Service
    token: dict[str, str]
    after: str | None = None
    ids: list[int] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    data: list[Any] = field(default_factory=list)
    beats: int = 0
    some: threading.Event = field(default_factory=threading.Event)
    ends: threading.Event = field(default_factory=threading.Event)
    enough: int = 1

    def start(self) -> Listener:
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def listen(self) -> None:
        more = {"Last-Event-ID": self.after} if self.after is not None else {}
        path = f"/api/v1/runs/{RUN}/events"
        with self.api.client.stream("GET", path, headers={**self.token, **more}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            for line in answer.iter_lines():
                self._take(line)
        self.ends.set()

    def _take(self, line: str) -> None:
        name, _, value = line.partition(": ")
        if name == "id":
            self.ids.append(int(value))
        elif name == "event":
            self.kinds.append(value)
        elif name == "data":
            self.data.append(json.loads(value))
        elif line.startswith(":"):
            self.beats += 1
        if len(self.data) >= self.enough or self.beats:
            self.some.set()
