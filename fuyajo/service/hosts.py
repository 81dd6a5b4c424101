"""The hypervisors as whoever plans sees them: what each has, what is left to give away, who is silent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from fuyajo.domain.hosts import Hypervisor
from fuyajo.domain.placement import taken_after
from fuyajo.domain.policy import allowed
from fuyajo.engine.capabilities import capabilities
from fuyajo.engine.reader import connection, pool_room
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.hosting import hypervisors, reason, together
from fuyajo.service.images import image_names
from fuyajo.service.policing import role_of


@dataclass(frozen=True)
class Host:
    """One hypervisor. Numbers are None where it does not answer; `detail` says why.

    `memory_free_mib` and `disk_free_gib` are what is left to give away, overcommit counted.
    """

    name: str
    uri: str
    state: Literal["ready", "drained", "silent"]
    labels: frozenset[str] = frozenset()
    weight: float = 1.0
    drain: bool = False
    detail: str | None = None
    machines: int | None = None
    cpus: int | None = None
    memory_mib: int | None = None
    memory_free_mib: int | None = None
    disk_free_gib: int | None = None
    accelerator: str | None = None


def list_hosts(actor: Actor) -> list[Host]:
    """By name, those that policy lets this user use; one called `local` where there is no inventory."""
    anywhere = replace(actor, settings=replace(actor.settings, host=None))
    known = usable(actor)
    found = together({one.name: partial(_host, anywhere.on(one), one) for one in known})
    return [_answer(one, found.get(one.name)) for one in known]


def usable(actor: Actor) -> list[Hypervisor]:
    """Those that policy lets this user use; one called `local` where there is no inventory."""
    settings = actor.settings
    known = list(hypervisors(actor).values())
    if not known:
        known = [Hypervisor("local", settings.uri, None, settings.pool, str(settings.pool_path))]
    patterns = role_of(actor, actor.user).hosts
    return [one for one in known if allowed(patterns, one.uri)]


def _answer(host: Hypervisor, found: object) -> Host:
    if isinstance(found, Host):
        return found
    said = reason(found)
    more = {"labels": host.labels, "weight": host.weight, "drain": host.drain}
    return Host(host.name, host.uri, "silent", detail=said, **more)  # type: ignore[arg-type]


def _host(actor: Actor, host: Hypervisor) -> Host:
    """Everything about one that answers. Raises `Unavailable`."""
    settings, times = actor.settings, actor.settings.overcommit
    view = planning.look_at(actor, frozenset(), frozenset(), False, image_names(actor))
    with connection(settings.reached_by) as reads:
        pool = pool_room(reads, settings.pool)
        cpus, accelerator = capabilities(reads)
    claims = [one.claim for one in actor.claims.open() if one.host == host.uri]
    room = int(view.facts.memory_mib * times["overcommit_memory"])
    disk = pool.gib * times["overcommit_disk"] - sum(pool.disks.values()) if pool else None
    return Host(
        name=host.name,
        uri=host.uri,
        state="drained" if host.drain else "ready",
        labels=host.labels,
        weight=host.weight,
        drain=host.drain,
        machines=sum(1 for machine in view.machines.values() if machine.trashed is None),
        cpus=cpus,
        memory_mib=view.facts.memory_mib,
        memory_free_mib=max(0, room - taken_after((), view, claims)),
        disk_free_gib=max(0, int(disk)) if disk is not None else None,
        accelerator=accelerator,
    )
