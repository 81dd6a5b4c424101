"""Two hypervisors that are values: what lies on them is said, one can fall silent or hang."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from fuyajo.domain.errors import Problem, Unavailable
from fuyajo.domain.machine import HostFacts, HostView, Machine
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.room import Pool
from fuyajo.service import hosting, planning
from fuyajo.service.context import Actor, load_settings
from fuyajo.service.planning import Planned, from_config

URI = "qemu+ssh://{}/system"
INVENTORY: dict[str, dict[str, Any]] = {
    "kvm1": {"fuyajo_labels": ["hdd"]},
    "kvm2": {"fuyajo_labels": ["ssd"]},
}


@dataclass
class Several:
    """`memory` is what each host has (MiB)."""

    home: Path
    hosts: dict[str, dict[str, Any]]
    memory: dict[str, int] = field(default_factory=dict)
    machines: list[Machine] = field(default_factory=list)
    networks: dict[str, frozenset[str]] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    hanging: set[str] = field(default_factory=set)
    looks: list[str] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def write(self) -> None:
        said = {n: {"fuyajo_uri": URI.format(n), **more} for n, more in self.hosts.items()}
        path = self.home / "inventory.yml"
        path.write_text(json.dumps({"hypervisors": {"hosts": said}}), encoding="utf-8")

    def actor(self, user: str = "mika", **settings: str) -> Actor:
        said = {f"FUYAJO_{key.upper()}": value for key, value in settings.items()}
        where = {"FUYAJO_HOME": str(self.home), "FUYAJO_INVENTORY": "inventory.yml"}
        return Actor(user, load_settings({**where, **said}))

    def add(self, name: str, host: str, owner: str | None = "mika", **more: Any) -> Machine:
        values = {"state": "running", "cpus": 1, "memory_mib": 1024, "disk_gib": 10, **more}
        made = Machine(name, f"{host}-{name}", owner=owner, template="web-server", **values)
        self.machines.append(made)
        self.where[made.uuid] = host
        return made

    where: dict[str, str] = field(default_factory=dict)

    def look_at(self, actor: Actor, *_of: object) -> HostView:
        name = actor.settings.host
        assert name is not None
        self.looks.append(name)
        if name in self.hanging:
            self.ended.wait(60)
        if name in self.silent | self.hanging:
            raise Unavailable(Problem("", "libvirt_unavailable", {"uri": name, "detail": "gone"}))
        facts = HostFacts(
            actor.settings.uri,
            self.memory.get(name, 8192),
            self.networks.get(name, frozenset()),
            frozenset({"debian-12"}),
        )
        return HostView(facts, {m.name: m for m in self.machines if self.where[m.uuid] == name})

    def plan(self, request: dict[str, Any], user: str = "mika", **settings: str) -> Planned:
        return from_config(self.actor(user, **settings), parse_config(request), "test")

    def planned(self, request: dict[str, Any], user: str = "mika", **settings: str) -> Plan:
        plan = self.plan(request, user, **settings).plan
        assert plan is not None
        return plan


@contextmanager
def several(
    home: Path, patch: pytest.MonkeyPatch, hosts: dict[str, dict[str, Any]] | None = None
) -> Iterator[Several]:
    home.mkdir(mode=0o700, exist_ok=True)
    made = Several(home, hosts or INVENTORY)
    made.write()
    patch.setattr(planning, "look_at", made.look_at)
    patch.setattr(planning, "pool_of", lambda _actor: Pool({}, 1000.0))
    patch.setattr(hosting, "_late", {})
    try:
        yield made
    finally:
        made.ended.set()
