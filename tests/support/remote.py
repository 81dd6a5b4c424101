"""The same command lines twice: on this machine, and through a service on loopback."""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.people import SCOPES, scopes_of
from fuyajo.engine.runner import Event, RunOutcome, RunRequest
from fuyajo.service import applying
from fuyajo.service.authenticating import add_user, new_token
from fuyajo.service.carrying import outcome
from fuyajo.service.context import Actor
from fuyajo.service.job import perform
from fuyajo.store.jobs import JobStore
from tests.support.command_line import USER, World, world
from tests.support.service import Service, service, settings_at

LEASE = timedelta(minutes=5)
#: What is another one in each play, by what it is replaced with.
_OTHER = (
    (re.compile(r"\bfuyajo_[\w-]{20,}"), "SECRET"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"\br-\d{8}-\d{6}-[0-9a-f]{4}\b"), "RUN"),
    (re.compile(r"\b([past])-[0-9a-f]{8,12}\b"), r"\1-ID"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(\+00:00|Z)?"), "MOMENT"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "CLOCK"),
    (re.compile(r'("(?:seconds|prepare|create)": )[\d.]+'), r"\1N"),
    (re.compile(r"\b\d+(\.\d+)? ?s\b"), "N s"),
    # What is really on this computer at the moment, which other tests change.
    (re.compile(r'("(?:measured|disk_free_gib)": )\w+'), r"\1N"),
    # Who asked through which door is told as it is.
    (re.compile(r'("reason": )"[^"]*"'), r"\1REASON"),
    (re.compile(r'(\\"reason\\":)\\"[^"]*\\"'), r"\1REASON"),
    (re.compile(r'("door": )"[^"]*"'), r"\1DOOR"),
    (re.compile(r"\b(cli|http|worker)\b(?!://)"), "DOOR"),
    (re.compile(r" {2,}"), "  "),
)


@dataclass
class Played:
    """What one command line said, without what differs from one time to the next."""

    line: str
    code: int
    out: str
    err: str


@dataclass
class Player:
    """Types lines; `{plan}`, `{run}` … in them are the newest ids of that kind that were seen."""

    world: World
    patch: pytest.MonkeyPatch
    before: tuple[str, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)
    service: Service | None = None

    def play(self, line: str | tuple[str, ...], typed: str = "") -> Played:
        words = line.split() if isinstance(line, str) else list(line)
        said = [re.sub(r"\{(\w+)\}", lambda m: self.seen.get(m[1], m[0]), word) for word in words]
        stdin = io.TextIOWrapper(io.BytesIO(typed.encode()))
        self.patch.setattr("sys.stdin", stdin)
        code, out, err = self.world.call(*self.before, *said)
        listed = words[:2] == ["run", "list"]  # of one second, they come in any order
        if not listed:
            self._note(out + err)
        told = self.plain(out)
        if listed:
            told = "".join(sorted(told.splitlines(keepends=True)))
        return Played(" ".join(words), code, told, self.plain(err))

    def _note(self, said: str) -> None:
        kinds = {"plan": r"\bp-[0-9a-f]{8}\b", "run": r"\br-\d{8}-\d{6}-[0-9a-f]{4}\b"}
        kinds |= {"token": r"\bt-[0-9a-f]{12}\b", "schedule": r"\bs-[0-9a-f]{8}\b"}
        for kind, pattern in kinds.items():
            if found := re.findall(pattern, said):
                self.seen[kind] = found[-1]

    def plain(self, text: str) -> str:
        text = text.replace(str(self.world.home), "HOME")
        for pattern, instead in _OTHER:
            text = pattern.sub(instead, text)
        return text


def _prepared(home: Path, patch: pytest.MonkeyPatch, made: World) -> str:
    """The user of the command line is one of the service as well, an administrator. A token of theirs."""
    patch.setattr(applying, "run", _telling(made.run))
    patch.setenv("FUYAJO_POOL", settings_at(home).pool)
    actor = Actor(USER, settings_at(home))
    add_user(actor, USER, None, admin=True)
    return new_token(actor, "test", scopes_of(SCOPES), timedelta(hours=1))[0]


def _telling(run: Callable[..., RunOutcome]) -> Callable[..., RunOutcome]:
    """As the real one does, it writes down what it tells."""

    def told(request: RunRequest, on_event: Callable[[Event], None]) -> RunOutcome:
        lines: list[dict[str, Any]] = [
            {"kind": "stage", "stage": "create"},
            {"kind": "result", "host": "localhost", "task": "create: x", "changed": True},
            {"kind": "note", "host": "web", "message": "a\tnote 日本"},
        ]
        try:
            ended = run(request, on_event)
            for number, line in enumerate(lines[1:], 2):
                on_event(Event(number, "2026-11-22T21:00:00+00:00", **line))
            return ended
        finally:
            request.directory.mkdir(parents=True, exist_ok=True)
            file = request.directory / "events.jsonl"
            before = file.read_text() if file.exists() else ""
            at = {"time": "2026-11-22T21:00:00+00:00"}
            rows = [{"seq": n, **at, **line} for n, line in enumerate(lines, 1)]
            file.write_text(before + "".join(f"{json.dumps(row)}\n" for row in rows))

    return told


@contextmanager
def here(
    home: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Player]:
    with patch.context() as own, world(home, own, capsys) as made:
        _prepared(home, own, made)
        yield Player(made, own)


@contextmanager
def there(
    home: Path,
    patch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    works: bool = True,
) -> Iterator[Player]:
    """The command line has a home of its own, with nothing in it but the token."""
    with patch.context() as own, world(home, own, capsys) as made:
        secret = _prepared(home, own, made)
        own.setenv("FUYAJO_HOME", str(home.with_name("client")))
        own.setenv("FUYAJO_URI", "test:///nowhere")
        with service(home) as api, working(api) if works else nullcontext():
            url = f"http://127.0.0.1:{api.port}"
            player = Player(made, own, ("--server", url), service=api)
            assert player.play(("login", "--token-stdin"), f"{secret}\n").code == 0
            yield player


@contextmanager
def working(api: Service) -> Iterator[None]:
    """Jobs are carried out by a thread as soon as they are there."""
    wake, ending = threading.Event(), threading.Event()

    def work() -> None:
        while not ending.is_set():
            while _one(api):
                pass
            wake.wait(10)
            wake.clear()

    api.app.state.wake = wake.set
    thread = threading.Thread(target=work, name="worker")
    thread.start()
    try:
        yield
    finally:
        ending.set()
        wake.set()
        thread.join(30)


def _one(api: Service) -> bool:
    store = JobStore(api.app.state.database)
    job = store.claim("test", datetime.now(UTC), LEASE, 2)
    if job is None:
        return False
    actor = Actor(job.owner, api.app.state.settings, "worker", api.app.state.database)
    store.move(job, "running", datetime.now(UTC))
    code = perform(actor, job.run, job.fence, watched=False)
    state, problems = outcome(actor, job, code)
    store.move(job, state, datetime.now(UTC), problems)
    return True
