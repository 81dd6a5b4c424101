"""How a run ended: `RunOutcome`, gathered from events by `Tally`, kept as `result.json`.

A pure function of the events, so the box, its parent and a reader who comes after a crash agree.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from fuyajo.engine.box.events import Event, clean

Status = Literal["successful", "failed", "canceled", "timeout", "interrupted"]

RESULT = "result.json"
EVENTS = "events.jsonl"
MAX_NOTES = 20  # remembered, for a run in which no task failed
MAX_FAILURES = 50  # remembered per host; a rescue rarely needs more than one
MAX_LINE = 1024 * 1024  # bytes of one event; the writer's own bound is about half of it


@dataclass(frozen=True)
class Failure:
    """Which task on which host stopped the run, and what it said."""

    host: str | None
    task: str | None
    message: str


@dataclass(frozen=True)
class RunOutcome:
    """The end of a run. `rc` is None when Ansible never got to say; `seconds` are wall-clock."""

    status: Status
    rc: int | None
    changed: int
    stats: dict[str, dict[str, int]]
    facts: dict[str, object]
    seconds: float
    failure: Failure | None = None

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> RunOutcome:
        """The inverse of `to_json`; raises ValueError for anything else."""
        raw = json.loads(text)
        if not isinstance(raw, dict) or raw.get("status") not in get_args(Status):
            raise ValueError("not an outcome")
        try:
            failure = raw.pop("failure", None)
            return cls(**raw, failure=Failure(**failure) if failure else None)
        except TypeError as error:
            raise ValueError("not an outcome") from error


@dataclass
class Tally:
    """Sums up a stream of events."""

    stats: dict[str, dict[str, int]] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)
    failures: dict[str | None, list[tuple[int, Failure]]] = field(default_factory=dict)
    changed_results: int = 0
    notes: deque[str] = field(default_factory=lambda: deque(maxlen=MAX_NOTES))

    def add(self, event: Event) -> None:
        vms = event.data.get("vms")
        if isinstance(vms, Mapping):
            self.facts.update(cast("Mapping[str, object]", vms))
        if event.kind == "recap":
            self.stats = cast("dict[str, dict[str, int]]", event.data.get("stats", {}))
        elif event.kind in {"failed", "unreachable"}:
            failure = Failure(event.host, event.task, event.message)
            kept = self.failures.setdefault(event.host, [])
            if len(kept) < MAX_FAILURES:
                kept.append((event.seq, failure))
        elif event.kind == "note":
            self.notes.append(event.message)
        self.changed_results += event.changed

    def outcome(self, status: Status, rc: int | None, seconds: float) -> RunOutcome:
        """`changed` is the recap's, or the number of results that said so without one."""
        changed = sum(host.get("changed", 0) for host in self.stats.values())
        return RunOutcome(
            status=status,
            rc=rc,
            changed=changed if self.stats else self.changed_results,
            stats=self.stats,
            facts=self.facts,
            seconds=round(seconds, 3),
            failure=None if status == "successful" else self.failure(),
        )

    def failure(self) -> Failure | None:
        """The first failure that was not rescued; Ansible's last word when no task ever ran."""
        found = [self._unrescued(host) for host in self.failures]
        real = min((item for item in found if item), default=None, key=lambda item: item[0])
        if real:
            return real[1]
        return Failure(None, None, self._last_words()) if self.notes else None

    def _last_words(self) -> str:
        """Ansible prints an error line by line: the last one that begins, and what follows."""
        said = list(self.notes)
        begins = [n for n, line in enumerate(said) if line.startswith(("[ERROR]", "ERROR"))]
        return clean("\n".join(said[begins[-1] if begins else -1 :]))

    def _unrescued(self, host: str | None) -> tuple[int, Failure] | None:
        rescued = self.stats.get(host or "", {}).get("rescued", 0)
        return next(iter(self.failures[host][rescued:]), None)


def save(directory: Path, outcome: RunOutcome) -> None:
    """Write `result.json` by rename: a reader sees all of it or nothing."""
    part = directory / f".{RESULT}.{os.getpid()}.part"
    with open(part, "w", encoding="utf-8", opener=private) as stream:
        stream.write(outcome.to_json())
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(directory / RESULT)


def load(directory: Path) -> RunOutcome | None:
    """The outcome on disk, None when there is none yet; ValueError when it is not ours."""
    try:
        return RunOutcome.from_json((directory / RESULT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def replay(directory: Path) -> Tally:
    """The tally of the events on disk, for a run whose owner died. A torn last line is ignored."""
    tally = Tally()
    try:
        with (directory / EVENTS).open("rb") as stream:
            while line := stream.readline(MAX_LINE):
                add_line(tally, line)
    except FileNotFoundError:
        return tally
    return tally


def add_line(tally: Tally, line: bytes) -> Event | None:
    """Add one line of JSON; None when it is not an event."""
    try:
        event = Event.from_json(line)
    except ValueError:
        return None
    tally.add(event)
    return event


def private(path: str, flags: int) -> int:
    """`opener` for files that only their owner may read and that must not exist yet."""
    return os.open(path, flags | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
