"""Runs whose events a test writes as it goes, as a runner would."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from fuyajo.engine.runner import Event
from fuyajo.service.context import Actor
from fuyajo.store.runs import RunRecord
from tests.support.browser import SECONDS

RUN = "r-20261122-210000-aaaa"
BEGAN = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
#: Stage, task, seconds it takes, whether it changes the guests.
TASKS = (
    ("prepare", "prepare: read the run document", 1, False),
    ("create", "create: make the machines", 3, True),
    ("boot", "boot: wait until the guest answers", 20, False),
    ("configure", "configure: apply the template", 1, False),
    ("configure", "Install nginx", 25, True),
    ("configure", "Write the start page", 2, True),
    ("verify", "verify: open the page from outside", 1, False),
)


@dataclass
class Story:
    """One run. `write` appends events; `save` is the record as it is from then on."""

    actor: Actor
    vms: tuple[str, ...] = ("hello",)
    plan: str | None = None
    id: str = RUN
    seq: int = 0
    now: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(seconds=60))
    began: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.now

    @property
    def file(self) -> Path:
        directory = self.actor.runs.directory(self.actor.user, self.id)
        directory.mkdir(exist_ok=True)
        return directory / "events.jsonl"

    def save(self, status: Any, **more: Any) -> None:
        values = {"vms": self.vms, "plan": self.plan, "reason": "web: rules", **more}
        if status != "running":
            values |= {"finished": self.now, "seconds": (self.now - self.began).total_seconds()}
        self.actor.runs.save(
            RunRecord(
                id=self.id, owner=self.actor.user, status=status, started=self.began, **values
            )
        )

    def event(self, kind: Any, seconds: float = 0.0, **more: Any) -> str:
        """The next one, as a line."""
        self.seq += 1
        self.now += timedelta(seconds=seconds)
        return Event(self.seq, self.now.isoformat(), kind, **more).to_json() + "\n"

    def write(self, *lines: str) -> None:
        with self.file.open("a", encoding="utf-8") as file:
            file.write("".join(lines))

    def raw(self, **values: Any) -> None:
        """As no runner of ours would write it."""
        self.seq += 1
        said = {"seq": self.seq, "time": self.now.isoformat(), **values}
        self.write(json.dumps(said) + "\n")

    def notes(self, count: int) -> None:
        self.write(*(self.event("note", message=f"n{self.seq + 1}") for _ in range(count)))

    def tasks(self, count: int = len(TASKS)) -> None:
        """As a real run tells its first tasks."""
        stage = ""
        for one, task, seconds, changed in TASKS[:count]:
            if one != stage:
                stage = one
                self.write(self.event("stage", stage=one))
            self.write(self.event("task", stage=one, task=task))
            outside = one in ("prepare", "create")
            for who in ["localhost"] if outside else [f"{vm}.guest" for vm in self.vms]:
                spent = seconds / (1 if outside else len(self.vms))
                more = {"stage": one, "task": task, "changed": changed}
                self.write(self.event("result", spent, host=who, **more))

    def recap(self) -> None:
        stats = {f"{vm}.guest": {"ok": 5, "changed": 2, "failed": 0} for vm in self.vms}
        self.write(self.event("recap", 0.1, stage="verify", data={"stats": stats}))


def until(page: Page, expression: str, seconds: float = SECONDS) -> None:
    """Wait for something to be true in a page; Playwright's own way needs `eval`, which no page allows."""
    look = (
        f"({expression}) ? done() : performance.now() > end ? fail() : requestAnimationFrame(look)"
    )
    page.evaluate(
        "(ms) => new Promise((done, fail) => {const end = performance.now() + ms;"
        f" const look = () => {{{look}}}; look();}})",
        seconds * 1000,
    )


@contextmanager
def going(
    actor: Actor, vms: Sequence[str] = ("hello",), ends: Any = "successful"
) -> Iterator[Story]:
    """A run that goes on for as long as the block."""
    story = Story(actor, tuple(vms))
    with actor.runs.hold(actor.user, story.id):
        story.save("running")
        yield story
        story.save(ends)
