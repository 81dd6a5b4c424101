"""What machines did over time, for whoever may see them. What measures is in `collecting.py`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from fuyajo.domain.errors import InvalidInput, Problem
from fuyajo.domain.history import (
    FEWEST_POINTS,
    MOST_POINTS,
    History,
    Series,
    curves,
    rolled,
    with_holes,
)
from fuyajo.domain.machine import Machine
from fuyajo.service.context import Actor
from fuyajo.service.machines import listed, one_of
from fuyajo.store.database import Database
from fuyajo.store.history import TIERS, HistoryStore

#: Without a beginning it is the last hour.
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
USUAL, POINTS = timedelta(hours=1), 240
#: The small curves of a list: the last hour in so many seconds each.
SPARK_SECONDS, SPARK_STEP = 3600, 120
AGE_SECONDS = 30.0


def history(
    actor: Actor,
    name: str,
    since: datetime | None = None,
    until: datetime | None = None,
    points: int = POINTS,
) -> History:
    """A machine, by name or UUID, in not more than that many points. Raises as `get_vm` does, and
    `InvalidInput` for a time that ends before it begins."""
    until = until or datetime.now(UTC)
    since = since or (until - USUAL if until > EPOCH + USUAL else EPOCH)
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        params = {"value": points, "low": FEWEST_POINTS, "high": MOST_POINTS}
        raise InvalidInput(Problem("points", "history_points", dict(params)))
    if not EPOCH <= since < until:
        raise InvalidInput(Problem("since", "history_times"))
    machine = _machine(actor, name)
    one, two = int(since.timestamp()), int(until.timestamp())
    number, step = _step(one, two, points, actor.settings.history_seconds or 10)
    found = HistoryStore(actor.database).read(machine.uuid, one // step * step, two + 1, number)
    at, series = with_holes(rolled(found, step), step)
    return History(machine.name, machine.uuid, since, until, step, at, curves(series))


def _machine(actor: Actor, said: str) -> Machine:
    host = listed(actor)
    named = (one.name for one in host.visible(actor.user).values() if said == one.uuid)
    return one_of(host, actor.user, next(named, said))


def _step(since: int, until: int, points: int, interval: int) -> tuple[int, int]:
    """The tier to read, of which two moments at least come to a point, and seconds for each point."""
    wanted = -(-(until - since) // points)
    age = time.time() - since
    fitting = [
        number
        for number, tier in enumerate(TIERS)
        if age <= tier.kept and (2 * tier.step or interval) <= max(wanted, interval)
    ]
    kept = [number for number, tier in enumerate(TIERS) if age <= tier.kept]
    number = max(fitting) if fitting else min(kept, default=len(TIERS) - 1)
    each = TIERS[number].step or interval
    return number, -(-max(wanted, each) // each) * each


# --- lists -------------------------------------------------------------------------------------------


@dataclass
class Spark:
    """One machine in the last hour: a mean for each moment, None where nobody knows; and what it is now."""

    cpu: list[float | None]
    memory: list[float | None]

    @property
    def now(self) -> tuple[float | None, float | None]:
        return _last(self.cpu), _last(self.memory)


def _last(values: list[float | None]) -> float | None:
    return next((value for value in reversed(values[-3:]) if value is not None), None)


@dataclass
class Recent:
    """The last hour of every machine, read once for all who look within half a minute."""

    database: Database
    age: float = AGE_SECONDS
    _found: Mapping[str, Spark] = field(default_factory=dict)
    _read: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def sparks(self) -> Mapping[str, Spark]:
        """By UUID: whoever asks shows those of machines that may be seen."""
        with self._lock:
            if time.monotonic() - self._read > self.age:
                end = int(time.time()) // SPARK_STEP * SPARK_STEP + SPARK_STEP
                found = HistoryStore(self.database).recent(end - SPARK_SECONDS)
                self._found = {uuid: _spark(one, end) for uuid, one in found.items() if one.at}
                self._read = time.monotonic()
            return self._found


def _spark(series: Series, end: int) -> Spark:
    """Memory in per cent of what it may have."""
    small = rolled(series, SPARK_STEP)
    cpu, used, free = small.mean[:3]
    places = {at: place for place, at in enumerate(small.at)}
    found = Spark([], [])
    for moment in range(end - SPARK_SECONDS, end, SPARK_STEP):
        place = places.get(moment)
        found.cpu.append(None if place is None else _known(cpu[place]))
        found.memory.append(None if place is None else _share(used[place], free[place]))
    return found


def _share(used: float, free: float) -> float | None:
    return _known(100 * used / (used + free)) if used + free else None


def _known(number: float) -> float | None:
    return round(number, 1) if number == number else None
