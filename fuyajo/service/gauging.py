"""What each machine uses at this moment, for a monitoring system: own and shared ones, or everybody's."""

from __future__ import annotations

import time
from dataclasses import dataclass

from fuyajo.domain.history import HOLE, METRICS
from fuyajo.domain.machine import Machine
from fuyajo.service.context import Actor
from fuyajo.service.machines import listed
from fuyajo.store.history import HistoryStore

#: Seconds between rounds where nothing is measured any more: what the last ones said is still fresh.
USUAL = 10


@dataclass(frozen=True)
class Gauged:
    """A machine, and what is known of it. `at`: when it was measured (since 1970); None: not lately."""

    machine: Machine
    at: int | None
    values: dict[str, float]


def gauges(actor: Actor, *, everybody: bool = False) -> list[Gauged]:
    """By name. `everybody` is for administrators: every machine of Fuyajo, and none that is not.

    What is in the trash, and what lies on a host that does not answer, is left out: nobody knows its state.
    """
    host = listed(actor)
    found = host.visible(actor.user)
    if everybody:
        found = {n: m for n, m in host.machines.items() if m.owner and m.trashed is None}
    interval = actor.settings.history_seconds or USUAL
    fresh = HistoryStore(actor.database).latest(int(time.time()) - HOLE * interval)
    return [_gauged(found[name], fresh.get(found[name].uuid)) for name in sorted(found)]


def _gauged(machine: Machine, last: tuple[int, tuple[float, ...]] | None) -> Gauged:
    """A machine that does not run uses nothing: what it used a moment ago is not shown as if it did."""
    if last is None or not machine.running:
        return Gauged(machine, None, {})
    at, values = last
    known = {n: v for n, v in zip(METRICS, values, strict=True) if v == v}  # NaN: nobody knows
    return Gauged(machine, at, known)
