"""What the pages of runs show: rows of the table, and everything about one run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

from fuyajo.domain.errors import FuyajoError, Problem
from fuyajo.domain.jobs import OVER, State
from fuyajo.domain.texts import TABLES, Lang, known, text
from fuyajo.service import failing, following
from fuyajo.service.context import Actor
from fuyajo.service.following import Seen
from fuyajo.service.queueing import Waits, waits
from fuyajo.views.inert import inert
from fuyajo.views.progress import HOST, STAGES, Lane, Line, Progress, between, gathered, line_of

Which = Literal["all", "going", "successful", "failed", "canceled"]
WHICH: tuple[Which, ...] = get_args(Which)
FAILED: frozenset[State] = frozenset({"failed", "timeout", "interrupted"})
MOST_RUNS = 200
#: How a state looks; its word is always beside it.
LOOKS: dict[str, str] = {
    "successful": "good",
    "canceled": "warn",
    **dict.fromkeys(FAILED, "bad"),
    "running": "on",
}
#: In the title of a window, where there is no room for a word.
SIGNS: dict[str, str] = {
    "successful": "✓",
    "canceled": "■",
    **dict.fromkeys(FAILED, "✗"),
    "queued": "…",
}


class Row(NamedTuple):
    """One run in a table. `since` is when it began, or was asked for."""

    id: str
    status: State
    over: bool
    plan: str | None
    machines: tuple[str, ...]
    since: datetime | None
    seconds: float | None
    reason: str
    check: bool


class Step(NamedTuple):
    """One stage: `state` is "done", "now", "ended" (it is where the run stopped), "ahead" or "skipped"."""

    name: str
    state: str
    seconds: float | None


@dataclass(frozen=True)
class Watched:
    """One run with its story. `remains` are None where nobody asks; `unknown` says why they are not known."""

    row: Row
    seen: Seen
    progress: Progress
    waits: Waits | None
    failure: str | None
    left: failing.Left | None
    unknown: tuple[Problem, ...]

    @property
    def image(self) -> str | None:
        """The image that it builds; a run of a plan builds none."""
        return self.seen.job.image if self.seen.job is not None else None

    @property
    def stopping(self) -> bool:
        job = self.seen.job
        return job is not None and job.wanted == "cancel" and not self.row.over

    @property
    def again(self) -> bool:
        """Whether there is a rest to go on with."""
        return self.row.status in FAILED | {"canceled"} and bool(self.row.plan) and self.row.over

    @property
    def lanes(self) -> list[Lane]:
        """Once it is over nobody is at work any more."""
        lanes = list(self.progress.lanes.values())
        if self.row.over:
            return [
                replace(one, state="over") if one.state in ("busy", "idle") else one
                for one in lanes
            ]
        return lanes

    @property
    def bar(self) -> float:
        """Of as many as there are stages; the one that goes on counts half."""
        if self.row.status == "successful":
            return len(STAGES)
        return max(0.0, self.progress.reached - 0.5)

    @property
    def steps(self) -> list[Step]:
        return [self._step(name) for name in STAGES]

    def _step(self, name: str) -> Step:
        seconds = self.progress.seconds.get(name)
        if name == self.progress.stage and self.row.status != "successful":
            mark = "now" if not self.row.over else "ended"
            if mark == "now":
                seconds = (seconds or 0.0) + between(
                    self.progress.since, datetime.now(UTC).isoformat()
                )
            return Step(name, mark, seconds)
        if seconds is not None or name == self.progress.stage:
            return Step(name, "done", seconds)
        return Step(name, "skipped" if self.row.over else "ahead", None)

    @property
    def undoable(self) -> bool:
        record = self.seen.record
        return self.row.over and record is not None and bool(record.plan) and not record.check


def row(seen: Seen) -> Row:
    record, job = seen.record, seen.job
    if record is not None:
        since: datetime | None = record.started
        seconds = record.seconds
        if seconds is None and record.finished is not None:
            seconds = (record.finished - record.started).total_seconds()
    else:
        since, seconds = (job.created if job else None), None
    if seconds is None and since is not None and seen.status not in OVER:
        seconds = max(0.0, (datetime.now(UTC) - since).total_seconds())
    known_of = record or job
    return Row(
        id=seen.id,
        status=seen.status,
        over=seen.over,
        plan=(record.plan if record else None) or (job.plan if job else None),
        machines=record.vms if record else job.machines if job else (),
        since=since,
        seconds=seconds,
        reason=known_of.reason if known_of else "",
        check=known_of.check if known_of else False,
    )


def rows(actor: Actor, which: Which) -> tuple[list[Row], int]:
    """The newest of those that are wanted, and how many go on whatever is wanted."""
    found = [row(seen) for seen in following.all_seen(actor)]
    wanted = [one for one in found if which in ("all", _kind(one))]
    return wanted[:MOST_RUNS], sum(not one.over for one in found)


def _kind(one: Row) -> Which:
    if not one.over:
        return "going"
    return (
        "failed"
        if one.status in FAILED
        else "canceled"
        if one.status == "canceled"
        else "successful"
    )


def watched(actor: Actor, run_id: str) -> Watched:
    """Everything a page of it shows. Raises `NotFound`, also for a run of somebody else.

    How it stands is looked at before its story is read: the stream brings whatever comes after that.
    """
    seen = following.seen(actor, run_id)
    facts = row(seen)
    progress = gathered(_told(actor, run_id), facts.machines)
    left: failing.Left | None = None
    unknown: tuple[Problem, ...] = ()
    if seen.record is not None and seen.record.plan and facts.over and facts.status != "successful":
        left, unknown = _left(actor, run_id)
    return Watched(
        row=facts,
        seen=seen,
        progress=progress,
        waits=waits(actor, seen.job) if seen.job else None,
        failure=seen.record.failure if seen.record else None,
        left=left,
        unknown=unknown,
    )


def _left(actor: Actor, run_id: str) -> tuple[failing.Left | None, tuple[Problem, ...]]:
    """By the host as it is now; the page is shown without it when nobody can look."""
    try:
        return failing.left_by(actor, run_id), ()
    except FuyajoError as error:
        return None, tuple(error.problems)


def _told(actor: Actor, run_id: str) -> Iterator[Mapping[str, Any]]:
    tail = following.story(actor, run_id)
    while found := tail.more():
        for _, line in found:
            yield json.loads(line)


# --- in words ----------------------------------------------------------------------------------------


def spent(lang: Lang) -> Callable[[float | None], str]:
    """Seconds as a person says them."""

    def told(seconds: float | None) -> str:
        if seconds is None:
            return "–"
        whole = int(seconds)
        if whole < 60:
            return text("page.run.s", lang, s=f"{seconds:.1f}" if seconds < 10 else whole)
        if whole < 3600:
            return text("page.run.min", lang, m=whole // 60, s=f"{whole % 60:02}")
        return text("page.run.h", lang, h=whole // 3600, m=f"{whole % 3600 // 60:02}")

    return told


def clock(zone: ZoneInfo) -> Callable[[str], str]:
    """The time of day of an event, without the day: a run takes minutes."""

    def told(at: str) -> str:
        try:
            return f"{datetime.fromisoformat(at).astimezone(zone):%H:%M:%S}"
        except ValueError:
            return "--:--:--"

    return told


def stage_name(stage: str, lang: Lang) -> str:
    key = f"ui.stage.{stage}"
    return text(key, lang) if known(key) else inert(stage)


def who_name(who: str, lang: Lang) -> str:
    return text("page.run.host", lang) if who == HOST else who


def words(lang: Lang) -> dict[str, dict[str, str]]:
    """What the script says by itself; places to be filled are in braces."""
    said, keys = (
        TABLES[lang],
        {key.removeprefix(_ROOM) for key in TABLES[lang] if key.startswith(_ROOM)},
    )
    parts = ("state", "mark", "lane", "step")
    found = {
        part: {
            key.partition(".")[2]: said[_ROOM + key] for key in keys if key.startswith(f"{part}.")
        }
        for part in parts
    }
    return {
        **found,
        "says": {key: said[_ROOM + key] for key in _SAID} | {"share": said["page.images.share"]},
        "looks": dict(LOOKS),
        "signs": dict(SIGNS),
        "stage": {one: stage_name(one, lang) for one in STAGES},
        "build": {
            key.removeprefix(_BUILD).replace("_", " "): said[key]
            for key in said
            if key.startswith(_BUILD)
        },
    }


_ROOM = "page.run."
_BUILD = "page.images.step."
_SAID = (
    "live", "lost", "back", "signed_out", "shown", "earlier", "s", "min", "h", "host", "stage_n",
)  # fmt: skip


def plain_log(actor: Actor, run_id: str, zone: ZoneInfo, lang: Lang) -> Iterator[str]:
    """All of it as text, piece by piece."""
    at = clock(zone)
    tail = following.story(actor, run_id)
    while found := tail.more():
        yield "".join(_plain(line_of(json.loads(line)), at, lang) for _, line in found)


def _plain(line: Line, at: Callable[[str], str], lang: Lang) -> str:
    what = stage_name(line.what, lang) if line.mark == "stage" else line.what
    who = f"{line.who}: " if line.who else ""
    first, *more = line.said.splitlines() or [""]
    said = f" | {first}" if first and what else first
    head = f"{line.seq:>6}  {at(line.at)}  {line.mark:<11}  {who}{what}{said}".rstrip()
    return "\n".join([head, *(" " * 31 + one for one in more)]) + "\n"


def marked(found: Iterable[Line], wanted: str, who: str, only: bool) -> list[tuple[Line, bool]]:
    """Each line, and whether a filter leaves it: what is hidden can be shown again without asking."""
    return [(line, line.shows(wanted, who, only=only)) for line in found]
