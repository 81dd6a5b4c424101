"""A round of measuring seen by all alerts: how they stand afterwards, and who is to be told what. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from fuyajo.domain.alerts import Alert, Event, Message, Metric, Sample, Standing, State, step
from fuyajo.domain.history import METRICS
from fuyajo.domain.history import Sample as Measured

Key = tuple[str, str]  # alert, UUID of a machine


class Watched(NamedTuple):
    """A machine that an alert may be about."""

    uuid: str
    name: str
    tags: tuple[str, ...] = ()


class Verdict(NamedTuple):
    """What moved, and what there is to say because of it."""

    moved: tuple[Standing, ...]
    said: tuple[Message, ...]


def value_of(metric: Metric, measured: Measured | None) -> float | None:
    """What a rule compares; None where nobody knows. `measured` is None for a machine that does not run."""
    if metric == "down":
        return 1.0 if measured is None else 0.0
    if measured is None:
        return None
    if metric == "memory":
        used, free = (measured[METRICS.index(key)] for key in ("memory_used", "memory_available"))
        share = 100 * used / (used + free) if used + free else float("nan")
        return _known(share)
    return _known(measured[METRICS.index(metric)])


def _known(value: float) -> float | None:
    return value if value == value else None


def judge(
    alerts: Iterable[Alert],
    seen: Mapping[str, Iterable[Watched]],
    measured: Mapping[str, Measured],
    before: Mapping[Key, Standing],
    now: int,
    interval: int,
    new_id: Callable[[], str],
) -> Verdict:
    """`seen` are the machines of this host that each owner may see, `measured` those that run, by UUID.

    A disabled alert stands where it stood. Every channel is told by itself, so that one that is away keeps
    nothing from the others.
    """
    moved: list[Standing] = []
    said: list[Message] = []
    for alert in alerts:
        if not alert.enabled:
            continue
        for machine in seen.get(alert.owner, ()):
            if not alert.about(machine.name, machine.tags):
                continue
            value = value_of(alert.rule.metric, measured.get(machine.uuid))
            standing = before.get((alert.id, machine.uuid))
            state = standing.state if standing else State()
            after, event = step(alert.rule, state, Sample(now, value), interval)
            if after != state:
                moved.append(Standing(alert.id, machine.uuid, machine.name, after, value))
            if event is not None:
                said.extend(_messages(alert, machine, event, now, new_id))
    return Verdict(tuple(moved), tuple(said))


def _messages(
    alert: Alert, machine: Watched, event: Event, now: int, new_id: Callable[[], str]
) -> Iterator[Message]:
    for channel in dict.fromkeys(alert.channels):
        about = (machine.uuid, machine.name, event)
        yield Message(new_id(), alert.id, alert.owner, channel, *about, created=now, due=now)
