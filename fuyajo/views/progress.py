"""How far a run came, gathered from its events: its stages, a lane for each machine, its last lines.

`assets/run_state.js` goes on from there with the events that come; a test holds both to the same end.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fuyajo.views.inert import inert

MOST_LINES = 2000
MOST_CHARS = 2000  # of one message
STAGES = ("prepare", "create", "boot", "configure", "verify")
#: In these everything is done by the hypervisor's side, in the others inside the guests.
OUTSIDE = frozenset({"prepare", "create"})
HOST, GUEST = "localhost", ".guest"
FAILED = ("failed", "unreachable")
MARKS = ("stage", "task", "ok", "changed", "failed", "unreachable", "recap", "note")


@dataclass(frozen=True, slots=True)
class Line:
    """One event. `at` is ISO 8601 as the event has it, `who` a machine, "localhost", or nobody."""

    seq: int
    at: str
    mark: str
    who: str
    what: str
    said: str

    def matters(self) -> bool:
        """What changed something, and what failed."""
        return self.mark == "changed" or self.mark in FAILED

    def shows(self, words: str = "", who: str = "", *, only: bool = False) -> bool:
        """Whether a filter leaves it; words are looked for whatever their case."""
        text = f"{self.who} {self.what} {self.said}".lower()
        fits = words.lower() in text and who in ("", self.who)
        return fits and (self.matters() or not only)


@dataclass(slots=True)
class Lane:
    """One machine. `state`: "" (nothing yet), "busy" with `now`, "idle" after it, or how it failed."""

    name: str
    now: str = ""
    state: str = ""
    ok: int = 0
    changed: int = 0
    failed: int = 0

    def count(self, line: Line) -> None:
        if line.mark in FAILED:
            self.failed += 1
        elif line.mark == "changed":
            self.changed += 1
        else:
            self.ok += 1
        self.state, self.now = (line.mark if line.mark in FAILED else "idle"), line.what


@dataclass
class Progress:
    """`seconds` of stages that are over; `stage` is the one that goes on, since `since`.

    A build has no stages: `share` is how much of it is done, from 0 to 1, and `doing` what it is at.
    """

    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    lanes: dict[str, Lane] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    stage: str = ""
    since: str = ""
    last: int = 0
    count: int = 0
    share: float = 0.0
    doing: str = ""

    @property
    def earlier(self) -> int:
        """Lines that are not kept here."""
        return self.count - len(self.lines)

    @property
    def reached(self) -> int:
        """Stages that were begun, of all of them."""
        seen = [place for place, one in enumerate(STAGES, 1) if one in self.seconds]
        here = STAGES.index(self.stage) + 1 if self.stage in STAGES else 0
        return max([here, *seen])

    def lane(self, name: str) -> Lane:
        return self.lanes.setdefault(name, Lane(name))

    def take(self, event: Mapping[str, Any]) -> None:
        line = line_of(event)
        self.last, self.count = line.seq, self.count + 1
        self.lines.append(line)
        share = share_of(event)
        if share is not None:
            self.share, self.doing = share, line.what
        if line.mark == "stage":
            self._stage(str(event.get("stage") or ""), line.at)
        elif line.mark == "recap":
            self._close(line.at)
            self.since = ""
        elif line.mark == "task":
            self._begins(str(event.get("stage") or ""), line.what)
        elif line.who and line.mark in ("ok", "changed", *FAILED):
            self.lane(line.who).count(line)

    def _stage(self, stage: str, at: str) -> None:
        self._close(at)
        self.stage, self.since = stage, at

    def _close(self, at: str) -> None:
        if self.stage:
            spent = self.seconds.get(self.stage, 0.0) + between(self.since, at)
            self.seconds[self.stage] = spent

    def _begins(self, stage: str, what: str) -> None:
        """A task begins for everybody who has not failed and is on its side."""
        for lane in self.lanes.values():
            if (lane.name == HOST) == (stage in OUTSIDE) and lane.state not in FAILED:
                lane.state, lane.now = "busy", what


def gathered(events: Iterable[Mapping[str, Any]], machines: Iterable[str] = ()) -> Progress:
    """`machines` have a lane before anything is told of them."""
    found = Progress()
    for name in (HOST, *machines):
        found.lane(name)
    for event in events:
        found.take(event)
    return found


def line_of(event: Mapping[str, Any]) -> Line:
    """Every event is one line. What it says came from anywhere: nothing in it is trusted."""
    kind = str(event.get("kind") or "note")
    mark = ("changed" if event.get("changed") else "ok") if kind == "result" else kind
    said = _recap(event) if kind == "recap" else _text(event.get("message"))
    return Line(
        seq=int(event["seq"]),
        at=str(event.get("time") or ""),
        mark=mark if mark in MARKS else "note",
        who=_text(event.get("host")).removesuffix(GUEST),
        what=_text(event.get("stage") if kind == "stage" else event.get("task")),
        said=said,
    )


def share_of(event: Mapping[str, Any]) -> float | None:
    """How much is done by then, where the event says that."""
    data = event.get("data")
    share = data.get("share") if isinstance(data, Mapping) else None
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        return None
    return float(share)


def between(before: str, after: str) -> float:
    """Seconds, 0 where either is no moment."""
    try:
        spent = datetime.fromisoformat(after) - datetime.fromisoformat(before)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, spent.total_seconds())


def _text(value: object) -> str:
    return inert(value[:MOST_CHARS]) if isinstance(value, str) else ""


def _recap(event: Mapping[str, Any]) -> str:
    data = event.get("data")
    stats = data.get("stats") if isinstance(data, Mapping) else None
    told = []
    for host, counts in stats.items() if isinstance(stats, Mapping) else ():
        some = counts.items() if isinstance(counts, Mapping) else ()
        said = " ".join(f"{key}={count}" for key, count in some if count)
        told.append(f"{_text(host).removesuffix(GUEST)}: {said}")
    return _text("\n".join(told))
