"""Alert rules: when a measured value is worth a word, and when it is no longer. Pure, and without a clock.

A state goes ok, pending, firing, clearing, ok. A duration counts only between samples that follow each other:
across a hole in what was measured nothing begins, fires or clears. See docs/design/0020-alerts.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.history import HOLE

#: `down` is 1 for a machine that does not run, else 0; `memory` is per cent of what the machine may have.
Metric = Literal[
    "cpu", "memory", "disk_read", "disk_written", "net_received", "net_sent", "disk_taken", "down"
]
Side = Literal["above", "below"]
Severity = Literal["info", "warning", "critical"]
Phase = Literal["ok", "pending", "firing", "clearing"]
#: `test`: somebody asked whether the channel takes anything.
Kind = Literal["fired", "cleared", "test"]
METRICS: tuple[str, ...] = get_args(Metric)
#: The channel that is always there: a line in the service's own log.
LOG = "log"
PER_CENT = ("cpu", "memory")
#: Seconds: a day is the longest that a rule waits.
LONGEST = 86_400


@dataclass(frozen=True)
class Rule:
    """`lasting` and `clear_lasting` are seconds; `clear` is where it is over, the threshold itself if None.

    The value of the threshold is in the metric's own unit (`history.UNITS`).
    """

    metric: Metric
    threshold: float
    side: Side = "above"
    lasting: int = 300
    clear: float | None = None
    clear_lasting: int = 300
    severity: Severity = "warning"


class Sample(NamedTuple):
    """What a machine did at this moment (whole seconds since 1970, UTC); None: nobody knows."""

    at: int
    value: float | None


@dataclass(frozen=True)
class State:
    """`since`: when this phase was first seen without a break; `last`: the newest sample that counted."""

    phase: Phase = "ok"
    since: int | None = None
    last: int | None = None


class Event(NamedTuple):
    """That it began or is over, with the value that said so (0 of a test)."""

    kind: Kind
    at: int
    value: float


def faults(rule: Rule) -> list[Problem]:
    """Everything for which a rule cannot be taken, each with its path."""
    found = []
    if rule.metric in PER_CENT and not 0 <= rule.threshold <= 100:
        found.append(Problem("threshold", "alert_per_cent", {"value": shown(rule.threshold)}))
    for path, seconds in (("lasting", rule.lasting), ("clear_lasting", rule.clear_lasting)):
        if not 0 <= seconds <= LONGEST:
            params = {"value": seconds, "limit": LONGEST}
            found.append(Problem(path, "alert_seconds", dict(params)))
    if rule.clear is not None and _breaches(rule, rule.clear):
        # Where both hold it would fire and be over at once, for ever.
        ends = {"value": shown(rule.clear), "threshold": shown(rule.threshold)}
        found.append(Problem("clear", "alert_clear", dict(ends)))
    return found


def step(rule: Rule, state: State, sample: Sample, interval: int) -> tuple[State, Event | None]:
    """The next state, and what there is to say. One that is not newer than the last changes nothing.

    `interval`: seconds between two rounds; further apart than three of them there is a hole.
    """
    if sample.value is None or (state.last is not None and sample.at <= state.last):
        return state, None
    torn = state.last is None or sample.at - state.last > HOLE * interval
    since = None if torn else state.since
    if state.phase in ("ok", "pending"):
        return _calm(rule, since, sample, sample.value)
    return _alarmed(rule, since, sample, sample.value)


def _calm(
    rule: Rule, since: int | None, sample: Sample, value: float
) -> tuple[State, Event | None]:
    if not _breaches(rule, value):
        return State("ok", None, sample.at), None
    begun = sample.at if since is None else since
    if sample.at - begun < rule.lasting:
        return State("pending", begun, sample.at), None
    return State("firing", None, sample.at), Event("fired", sample.at, value)


def _alarmed(
    rule: Rule, since: int | None, sample: Sample, value: float
) -> tuple[State, Event | None]:
    if not _is_over(rule, value):
        return State("firing", None, sample.at), None
    begun = sample.at if since is None else since
    if sample.at - begun < rule.clear_lasting:
        return State("clearing", begun, sample.at), None
    return State("ok", None, sample.at), Event("cleared", sample.at, value)


def run(
    rule: Rule, samples: Iterable[Sample], interval: int, state: State | None = None
) -> Iterator[tuple[State, Event | None]]:
    """Every state of a series in its order."""
    now = State() if state is None else state
    for sample in samples:
        now, event = step(rule, now, sample, interval)
        yield now, event


def _breaches(rule: Rule, value: float) -> bool:
    return value > rule.threshold if rule.side == "above" else value < rule.threshold


def _is_over(rule: Rule, value: float) -> bool:
    if rule.clear is None:
        return not _breaches(rule, value)
    return value <= rule.clear if rule.side == "above" else value >= rule.clear


@dataclass(frozen=True)
class Alert:
    """A rule of somebody's, of which machines, and who is told.

    Names and tags add up; with neither it is about all that the owner sees. `channels` are names that the
    administrator gave.
    """

    id: str
    owner: str
    title: str
    rule: Rule
    vms: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    channels: tuple[str, ...] = (LOG,)
    enabled: bool = True
    created: int = 0

    def about(self, name: str, tags: Iterable[str]) -> bool:
        """Whether a machine of this name with these tags is meant; who may see it is asked elsewhere."""
        if not self.vms and not self.tags:
            return True
        return name in self.vms or not set(self.tags).isdisjoint(tags)


class Standing(NamedTuple):
    """How an alert stands with one machine, called `name` when it was last looked at."""

    alert: str
    uuid: str
    name: str
    state: State
    value: float | None = None


class Message(NamedTuple):
    """What one channel has to be told. Times are seconds since 1970, UTC; `error` is of the last try."""

    id: str
    alert: str
    owner: str
    channel: str
    uuid: str
    name: str
    event: Event
    created: int
    due: int
    tries: int = 0
    error: str | None = None
