"""What was left against what is there, and the plans that settle it: adopt and revert."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from threading import Event

from fuyajo.domain.drift import (
    Baseline,
    MachineDrift,
    compare,
    power,
)
from fuyajo.domain.errors import InvalidInput, NotFound, Problem
from fuyajo.domain.machine import UNFINISHED, HostView, Machine, Moved
from fuyajo.domain.ours import unknown_id
from fuyajo.domain.plan import Plan
from fuyajo.domain.reverting import left_behind, operation_for
from fuyajo.domain.spec import OperationSpec, Spec
from fuyajo.service import auditing, planning
from fuyajo.service.context import Actor

# Not every change is told by libvirt (`virsh setvcpus --config` is not): then this is how late it is seen.
LOOK_AGAIN_S = 30.0


class _Everything(Container[str]):
    def __contains__(self, _name: object) -> bool:
        return True


@dataclass(frozen=True)
class Report:
    """One look at all of them, by name."""

    machines: tuple[MachineDrift, ...]

    @property
    def drifted(self) -> bool:
        return any(one.status in ("drift", "gone") for one in self.machines)


@dataclass(frozen=True)
class Reverting:
    """The plan that puts back what can be put back; `left` says what cannot, and why."""

    plan: Plan | None
    left: tuple[Problem, ...]


def drift(actor: Actor, names: tuple[str, ...] = ()) -> Report:
    """Of these machines, or of all that are this user's. Raises `NotFound`, foreign ones included."""
    return _report(actor, _look(actor, names), names)


def drift_of(actor: Actor, host: HostView, name: str) -> MachineDrift:
    """One machine of this user, in a look that brought what it is now."""
    return _one(host.machines[name], actor.baselines.of(actor.user))


def watch(actor: Actor, names: tuple[str, ...] = ()) -> Iterator[Report]:
    """The first look, and every later one that says something else; libvirt's events wake it."""
    from fuyajo.engine.watching import watching

    # Events of several hypervisors are not waited for at once: then the clock wakes it alone.
    several = actor.settings.several
    with nullcontext(Event()) if several else watching(actor.settings.reached_by) as events:
        last: Report | None = None
        while True:
            now = drift(actor, names)
            if now != last:
                yield now
            last = now
            events.wait(LOOK_AGAIN_S)


def plan_adopt(actor: Actor, names: tuple[str, ...]) -> Plan:
    """A plan after which what is there is what was wanted. Raises `InvalidInput` with every problem."""
    host = _look(actor, names)
    report = _report(actor, host, names)
    gone = [Problem(m.name, "drift_gone") for m in report.machines if m.status == "gone"]
    if gone:
        raise InvalidInput(gone)
    baselines = actor.baselines.of(actor.user)
    adopting = {m.name: _adopting(host.machines[m.name], baselines) for m in report.machines}
    spec = Spec(operations=tuple(OperationSpec(op="adopt", vm=m.name) for m in report.machines))
    return _planned(actor, spec, replace(host, drift=adopting), "drift adopt")


def _adopting(machine: Machine, baselines: dict[str, Baseline]) -> tuple[Moved, ...]:
    """What the definition says by now. What only runs is gone with the next restart: nothing to adopt."""
    old = baselines.get(machine.uuid)
    if old is None:
        return (Moved("baseline", None, True),)
    found = [
        Moved(one.path, one.was, one.persistent)
        for one in compare(old, machine).fields
        if one.kind != "live_only" and one.kind != "power"
    ]
    if power(machine) != old.state and machine.state != UNFINISHED:
        found.insert(0, Moved("state", old.state, power(machine)))
    return tuple(found)


def plan_revert(actor: Actor, names: tuple[str, ...]) -> Reverting:
    """Raises `InvalidInput` with the reasons when nothing of it can be put back."""
    host = _look(actor, names)
    report = _report(actor, host, names)
    left = tuple(problem for one in report.machines for problem in left_behind(one))
    wanted = [operation_for(one) for one in report.machines]
    operations = tuple(one for one in wanted if one is not None)
    if not operations and left:
        raise InvalidInput(left)
    if not operations:
        return Reverting(None, ())
    return Reverting(_planned(actor, Spec(operations=operations), host, "drift revert"), left)


def forget(actor: Actor, names: tuple[str, ...]) -> list[str]:
    """No longer miss machines that are gone. Raises `InvalidInput` for one that is there."""
    report = _report(actor, _look(actor, names), names)
    there = [Problem(m.name, "drift_there") for m in report.machines if m.status != "gone"]
    if there:
        raise InvalidInput(there)
    uuids = [one.uuid for one in report.machines]
    auditing.note(actor, "drift.forgotten", objects=[f"forget {m.name}" for m in report.machines])
    actor.objects.note(one._replace(state="gone") for one in actor.objects.find(uuids).values())
    actor.baselines.drop(uuids)
    return [one.name for one in report.machines]


def _planned(actor: Actor, spec: Spec, host: HostView, words: str) -> Plan:
    plan = planning.draft_plan(actor, spec, host, f"{actor.door}: {words}")
    if not plan.nothing_to_do:
        actor.plans.save(plan)
    return plan


def _look(actor: Actor, names: tuple[str, ...]) -> HostView:
    return planning.look(actor, live_of=frozenset(names) or _Everything())


def _report(actor: Actor, host: HostView, names: Iterable[str]) -> Report:
    baselines = actor.baselines.of(actor.user)
    own = host.owned(actor.user)
    found = {name: _one(machine, baselines) for name, machine in own.items()}
    for old in _missing(actor, host, baselines):
        found.setdefault(old.name, MachineDrift(old.name, old.uuid, "gone", old.taken, old.run))
    wanted = list(dict.fromkeys(names)) or sorted(found)
    unknown = [unknown_id("vm", n) for n in wanted if n not in found]
    if unknown:
        raise NotFound(unknown)
    return Report(tuple(found[name] for name in wanted))


def _one(machine: Machine, baselines: dict[str, Baseline]) -> MachineDrift:
    old = baselines.get(machine.uuid)
    if old is None or machine.state == UNFINISHED:
        return MachineDrift(machine.name, machine.uuid, "new")
    return compare(old, machine)


def _missing(actor: Actor, host: HostView, baselines: dict[str, Baseline]) -> list[Baseline]:
    """Left by us on this host, deleted by none of our runs, and not there."""
    there = {machine.uuid for view in host.each() for machine in view.machines.values()}
    here = {view.facts.uri for view in host.each()}
    away = [uuid for uuid in baselines if uuid not in there]
    known = actor.objects.find(away)
    return [
        baselines[uuid]
        for uuid in away
        if uuid in known and known[uuid].state == "there" and known[uuid].host in here
    ]
