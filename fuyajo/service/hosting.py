"""Several hypervisors: who they are, a look at all of them at once, and the one that a plan is about."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from fuyajo.domain.access import Shares
from fuyajo.domain.errors import FuyajoError, InvalidInput, NotFound, Problem, Unavailable, shown
from fuyajo.domain.hosts import Hypervisor, read_inventory
from fuyajo.domain.machine import HostFacts, HostView, Machine, Silent
from fuyajo.domain.placement import merged
from fuyajo.domain.plan import Plan
from fuyajo.domain.strict_json import MAX_BYTES
from fuyajo.service.context import Actor
from fuyajo.service.documents import load_yaml
from fuyajo.service.granted import granted
from fuyajo.service.images import image_names

#: For all of them together: who takes longer is silent, and the others do not wait.
LOOK_SECONDS = 6.0
#: Whoever was late is not asked again so soon: a service would wait for it, and lose a thread, at every call.
PAUSE_SECONDS = 10.0
_late: dict[str, float] = {}  # by URI: when


def hypervisors(actor: Actor) -> dict[str, Hypervisor]:
    """By name. Raises `InvalidInput` with every problem of the inventory."""
    path = actor.settings.inventory
    if path is None:
        return {}
    found, problems = read_inventory(_data(path))
    if problems:
        raise InvalidInput(Problem(f"{path}: {p.path}", p.code, p.params) for p in problems)
    return {one.name: one for one in found}


def _data(path: Path) -> object:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        return load_yaml(raw.decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        detail = shown(getattr(error, "strerror", None) or str(error), 200)
        raise InvalidInput(Problem(str(path), "inventory_unreadable", {"detail": detail})) from None
    except InvalidInput as error:
        raise InvalidInput(Problem(str(path), p.code, p.params) for p in error.problems) from error


def on(actor: Actor, name: str | None) -> Actor:
    """The actor on that hypervisor, wherever it was; as it is where there is one. Raises `NotFound`."""
    if name is None or name == actor.settings.host:
        return actor
    known = hypervisors(actor)
    if name not in known:
        params = {"value": shown(name), "known": shown(", ".join(known), 200)}
        raise NotFound(Problem("", "host_unknown", dict(params)))
    return actor.on(known[name])


def at(actor: Actor, plan: Plan | None) -> Actor:
    """The actor on the hypervisor that this plan is about."""
    return on(actor, plan.host) if plan is not None else actor


@dataclass(frozen=True)
class Wanted:
    """What a look is to read beside what every look reads (see `planning.look_at`)."""

    snapshots_of: frozenset[str] = frozenset()
    live_of: Container[str] = frozenset()
    subnets: bool = False


def look_everywhere(
    actor: Actor, wanted: Wanted | None = None, among: Container[str] | None = None
) -> HostView:
    """All hypervisors together; with `among` the others count as silent, unasked.

    Raises `Unavailable` where none of them answers.
    """
    known, wanted = hypervisors(actor), wanted or Wanted()
    images, shares = image_names(actor), granted(actor)
    asked = {
        name: one
        for name, one in known.items()
        if (among is None or name in among) and not _is_late(one.uri)
    }

    def one(host: Hypervisor) -> HostView:
        return _look(actor.on(host), wanted, images, shares)

    answers = together({name: partial(one, host) for name, host in asked.items()})
    _late.update({one.uri: time.monotonic() for name, one in asked.items() if name not in answers})
    views = {name: found for name, found in answers.items() if isinstance(found, HostView)}
    why = {name: reason(answers.get(name)) for name in known if name not in views}
    if not views:
        raise Unavailable(
            [Problem(name, "host_silent", {"detail": said}) for name, said in why.items()]
        )
    return _together(actor, views, _silent(actor, known, why), shares)


def _is_late(uri: str) -> bool:
    return time.monotonic() - _late.get(uri, -PAUSE_SECONDS) < PAUSE_SECONDS


def narrow(
    actor: Actor, wanted: Wanted | None = None, among: Container[str] | None = None
) -> HostView:
    """The hypervisor that this actor is on, which knows what lies elsewhere. Raises `Unavailable`."""
    name = actor.settings.host
    assert name is not None
    anywhere = replace(actor, settings=replace(actor.settings, host=None))
    view = look_everywhere(anywhere, wanted, among)
    if name not in view.hosts:
        why = next((one.why for one in view.silent if one.name == name), "")
        raise Unavailable(Problem(name, "host_silent", {"detail": why}))
    return view.one(name)


def answering(actor: Actor) -> frozenset[str]:
    """Which of them answer just now. Whoever looks again while others wait asks no one else."""
    anywhere = replace(actor, settings=replace(actor.settings, host=None))
    return frozenset(look_everywhere(anywhere).hosts)


def _look(actor: Actor, wanted: Wanted, images: frozenset[str], shares: Shares) -> HostView:
    from fuyajo.service.planning import look_at

    name = actor.settings.host
    found = look_at(actor, wanted.snapshots_of, wanted.live_of, wanted.subnets, images)
    machines = {key: replace(machine, host=name) for key, machine in found.machines.items()}
    return replace(found, machines=machines, shares=shares)


def _together(
    actor: Actor, views: Mapping[str, HostView], silent: tuple[Silent, ...], shares: Shares
) -> HostView:
    facts = HostFacts(
        uri=actor.settings.uri,
        memory_mib=sum(view.facts.memory_mib for view in views.values()),
        networks=frozenset().union(*(view.facts.networks for view in views.values())),
        images=next(iter(views.values())).facts.images,
    )
    leftovers = frozenset().union(*(view.leftovers for view in views.values()))
    hosts = {name: views[name] for name in sorted(views)}
    return HostView(facts, merged(hosts), leftovers, shares=shares, hosts=hosts, silent=silent)


def together(calls: Mapping[str, Callable[[], object]]) -> dict[str, object]:
    """What each of these returned or raised (a `FuyajoError`) in time; who is late is left behind.

    In daemon threads, not in a pool: that would wait at the end for who hangs.
    """
    found: dict[str, object] = {}

    def keep(name: str, call: Callable[[], object]) -> None:
        try:
            found[name] = call()
        except FuyajoError as error:
            found[name] = error

    threads = [
        threading.Thread(target=keep, args=one, name=f"look-{one[0]}", daemon=True)
        for one in calls.items()
    ]
    until = time.monotonic() + LOOK_SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return dict(found)


def reason(answer: object) -> str:
    """Why there is no view, in the words of libvirt where it had any."""
    if isinstance(answer, FuyajoError):
        first = answer.problems[0]
        return shown(str(first.params.get("detail") or first.message()), 200)
    return f"> {LOOK_SECONDS:g} s"


def _silent(
    actor: Actor, known: Mapping[str, Hypervisor], why: Mapping[str, str]
) -> tuple[Silent, ...]:
    return tuple(
        Silent(name, known[name].uri, said, _remembered(actor, known[name]))
        for name, said in sorted(why.items())
    )


def _remembered(actor: Actor, host: Hypervisor) -> dict[str, Machine]:
    """The machines that our runs left there, with the sizes that they had."""
    rows = actor.objects.there(host.uri)
    documents = {
        uuid: baseline.fields
        for owner in {row.owner for row in rows}
        for uuid, baseline in actor.baselines.of(owner).items()
    }
    found = {}
    for row in rows:
        sizes = [
            documents.get(row.uuid, {}).get(key, 0) for key in ("cpus", "memory_mib", "disk_gib")
        ]
        cpus, memory, disk = (int(size) for size in sizes)
        found[row.name] = Machine(
            row.name, row.uuid, "unknown", cpus, memory, disk, owner=row.owner, host=host.name
        )
    return found
