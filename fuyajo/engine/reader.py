"""Reads of the host, straight from libvirt through the collection's own host layer."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import is_local
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domains import Sight
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.reading import ReadHost
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import Domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FuyajoError as HostError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.storage import base_name

from fuyajo.domain import expiry
from fuyajo.domain.errors import Problem, Unavailable, shown
from fuyajo.domain.machine import (
    UNFINISHED,
    Fields,
    Forward,
    HostFacts,
    HostView,
    Machine,
    Trashed,
)
from fuyajo.domain.trash import old_name, trash_name

if TYPE_CHECKING:
    from fuyajo.domain.room import Pool

OFF = frozenset({"stopped", "crashed"})
GIB = 2**30
__all__ = [
    "accelerator",
    "base_name",
    "connection",
    "is_local",
    "machine_of",
    "pool_room",
    "told",
    "view",
]


@contextmanager
def connection(uri: str) -> Iterator[ReadHost]:
    """A read-only look at the host. Raises `Unavailable` with what libvirt said.

    Held open around a run on `qemu:///session`, it also keeps that user's session daemon alive outside
    of the run's own process tree.
    """
    session = uri.partition("?")[0].endswith("/session")
    with told(uri), ReadHost.open(uri, readonly=not session) as host:
        yield host


@contextmanager
def told(uri: str) -> Iterator[None]:
    """What the host layer raises, as `Unavailable`."""
    try:
        yield
    except HostError as error:
        params = {"uri": uri, "detail": shown(str(error), 300)}
        raise Unavailable(Problem("", "libvirt_unavailable", dict(params))) from error


def view(
    host: ReadHost,
    images: frozenset[str] = frozenset(),
    pool: str | None = None,
    snapshots_of: frozenset[str] = frozenset(),
    live_of: Container[str] = frozenset(),
) -> HostView:
    """All domains, networks, the host's memory and what lies in our pool, in a handful of calls.

    The snapshots of the machines named in `snapshots_of` as well: they cost several calls for each. Of those
    in `live_of` that run what they are now; that costs one.
    """
    seen = {sight[3]["name"]: sight for sight in host.read_all()}
    running = [n for n, sight in seen.items() if n in live_of and sight[3]["state"] not in OFF]
    lives = dict(zip(running, host.live_xmls(seen[n][0] for n in running), strict=True))
    machines = {name: machine_of(seen[name], lives.get(name)) for name in sorted(seen)}
    if snapshots_of & machines.keys():
        _add_snapshots(host, machines, snapshots_of & machines.keys())
    capacity = host.capacity()
    return HostView(
        facts=HostFacts(
            uri=host.uri,
            memory_mib=int(capacity["memory_total_mib"]),
            networks=frozenset(host.network_names()),
            images=images,
        ),
        machines=machines,
        leftovers=_disk_names(host, pool) - _names(machines) if pool else frozenset(),
    )


def _names(machines: dict[str, Machine]) -> frozenset[str]:
    """Every name that a machine's files may have: one on its way into the trash or back has two."""
    moving = {old_name(m) for m in machines.values()} | {
        trash_name(m.uuid) for m in machines.values() if m.trashed
    }
    return frozenset(machines.keys() | moving)


def _add_snapshots(host: ReadHost, machines: dict[str, Machine], names: frozenset[str]) -> None:
    from fuyajo.engine.snapshots import snapshots_by_name

    for name, snapshots in snapshots_by_name(host, names).items():
        machines[name] = replace(machines[name], snapshots=snapshots)


def _disk_names(host: ReadHost, pool: str) -> frozenset[str]:
    """Names of machines that have a root disk or a seed in the pool. A dot never occurs in such a name."""
    handle = host.pool_handle(pool)
    if handle is None or not host.is_active(handle):
        return frozenset()
    parted = (volume.partition(".") for volume in host.volume_handles(handle))
    ours = {name for name, _, kind in parted if kind in {"qcow2", "seed.iso"}}
    return frozenset(name for name in ours if not name.startswith("base-"))


def pool_room(host: ReadHost, pool: str) -> Pool | None:
    """The disks of machines in our pool, and what they could fill; None while there is no running pool."""
    from fuyajo.domain.room import Pool  # only a run asks

    facts = host.pool(pool)
    if facts is None or not facts["active"]:
        return None
    disks, theirs = {}, 0
    for volume in host.pool_volumes(pool):
        name, _, kind = volume["name"].partition(".")
        if kind == "qcow2" and not name.startswith("base-"):
            disks[name] = -(-int(volume["capacity_bytes"] or 0) // GIB)
            theirs += int(volume["allocation_bytes"] or 0)
    return Pool(disks, int(facts["free_gib"]) + theirs / GIB)


def accelerator() -> str:
    """`kvm` when a guest really ran under it, `tcg` otherwise. Up to 5 s once per boot, then nothing."""
    from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.probe import probe_kvm

    return "kvm" if probe_kvm()[0] else "tcg"


def machine_of(sight: Sight, live: str | None = None) -> Machine:
    """One domain as a plain value; `live`: what it is now, where that was read."""
    _handle, xml, document, facts = sight
    forwards = tuple(
        Forward(int(f["guest"]), int(f["host"]), str(f.get("address", "127.0.0.1")))
        for f in facts.get("forwards") or ()
    )
    return Machine(
        name=facts["name"],
        uuid=facts["uuid"],
        state=UNFINISHED if facts.get("unfinished") else facts["state"],
        cpus=int(facts["cpus"]),
        memory_mib=int(facts["memory_mib"]),
        disk_gib=int(facts.get("disk_gib") or 0),
        owner=facts.get("owner"),
        environment=facts.get("environment"),
        template=facts.get("template"),
        spec_digest=facts.get("spec_digest"),
        configured=facts.get("configured"),
        accelerator=facts.get("accelerator"),
        forwards=forwards,
        max_cpus=facts.get("max_cpus"),
        max_memory_mib=facts.get("max_memory_mib"),
        networks=tuple(facts.get("networks") or ()),
        expires=_expires(facts.get("expires")),
        tags=tuple(facts.get("tags") or ()),
        trashed=_trashed(facts.get("trashed"), document),
        document=cache(lambda: _fields(xml, document)),
        live=cache(lambda: _live(live)) if live is not None else None,
    )


def _expires(said: str | None) -> str | None:
    at = expiry.moment(said)
    return expiry.stamp(at) if at else None


def _trashed(facts: dict[str, Any] | None, document: Domain) -> Trashed | None:
    if not facts:
        return None
    mark = document.meta.trashed if document.meta is not None else None
    moving = mark is not None and mark.moving is not None
    name, since, until = (str(facts.get(key) or "") for key in ("name", "since", "until"))
    return Trashed(name, since, until, moving)


def _fields(xml: str, document: Domain) -> Fields:
    from fuyajo.engine.documents import fields  # most looks are about none or one of the machines

    return fields(xml, document)


def _live(xml: str) -> Fields:
    from fuyajo.engine.documents import live_fields

    return live_fields(xml)
