"""All machines at once: what each uses now, and what each hypervisor has given away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fuyajo.domain.errors import Unavailable
from fuyajo.domain.history import METRICS, Counters, sample
from fuyajo.domain.machine import Machine
from fuyajo.service.context import Actor
from fuyajo.service.gauging import gauges
from fuyajo.service.hosts import Host, list_hosts
from fuyajo.service.machines import listed

#: What of the measured values a fleet shows, in the order of its columns.
SHOWN = ("cpu", "memory_used", "disk_read", "disk_written", "net_received", "net_sent")

#: Seconds; less lies between no two looks.
LEAST = 0.001


@dataclass(frozen=True)
class Row:
    """One machine. `values` by metric: per cent of its vCPUs, bytes, bytes a second; what nobody knows is not
    there. Names and owners are anybody's text."""

    vm: str
    uuid: str
    owner: str | None
    host: str | None
    state: str
    cpus: int
    memory_mib: int
    disk_gib: int
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Fleet:
    """`measured`: whether anybody measures; a service that has just begun, or none, knows no rates."""

    at: datetime
    hosts: tuple[Host, ...]
    machines: tuple[Row, ...]
    measured: bool


def fleet(actor: Actor, everybody: bool = False) -> Fleet:
    """As the service measured it last. `everybody`: every machine of Fuyajo; its door sees to who may."""
    found = gauges(actor, everybody=everybody)
    rows = tuple(_row(one.machine, one.values) for one in found)
    measured = any(one.at is not None for one in found)
    return Fleet(datetime.now(UTC), tuple(list_hosts(actor)), rows, measured)


class Live:
    """The same measured by this process: one bulk call to each hypervisor for every look. For one thread."""

    def __init__(self, actor: Actor, everybody: bool = False) -> None:
        from fuyajo.engine.measuring import Meter
        from fuyajo.service.collecting import hosts

        self._actor, self._everybody = actor, everybody
        self._meters = [Meter(host.uri) for host in hosts(actor)]
        self._before: dict[str, Counters] = {}

    def look(self) -> Fleet:
        """Rates are between this look and the one before; the first has none. A silent host has no values."""
        now: dict[str, Counters] = {}
        for meter in self._meters:
            try:
                now |= meter.round()
            except Unavailable:
                continue  # it is shown as silent
        values = {uuid: self._values(uuid, one) for uuid, one in now.items()}
        self._before = now
        view = listed(self._actor)
        found = view.visible(self._actor.user)
        if self._everybody:
            found = {n: m for n, m in view.machines.items() if m.owner and m.trashed is None}
        rows = tuple(_row(found[name], values.get(found[name].uuid, {})) for name in sorted(found))
        return Fleet(datetime.now(UTC), tuple(list_hosts(self._actor)), rows, bool(now))

    def close(self) -> None:
        for meter in self._meters:
            meter.close()

    def _values(self, uuid: str, now: Counters) -> dict[str, float]:
        before = self._before.get(uuid)
        # Between two looks lies whatever a person chose: nothing is too long ago.
        passed = now.seconds - before.seconds if before is not None else 1.0
        found = zip(METRICS, sample(before, now, max(passed, LEAST)), strict=True)
        return {name: value for name, value in found if value == value}


def _row(machine: Machine, values: Mapping[str, float]) -> Row:
    return Row(
        vm=machine.name,
        uuid=machine.uuid,
        owner=machine.owner,
        host=machine.host,
        state=machine.state,
        cpus=machine.cpus,
        memory_mib=machine.memory_mib,
        disk_gib=machine.disk_gib,
        values={name: values[name] for name in SHOWN if name in values} if machine.running else {},
    )
