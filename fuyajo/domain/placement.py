"""Which of several hypervisors a plan is about: that of its machines, or where new ones have room. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fuyajo.domain.errors import Param, Problem
from fuyajo.domain.hosts import Hypervisor
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Change, Standing
from fuyajo.domain.room import Claim, claim_of, claims_in, total
from fuyajo.domain.spec import TRASH_OPS, Spec


class Candidate(NamedTuple):
    """One hypervisor as it would be afterwards. `problems`: why it cannot be.

    `room_mib` is the memory that may be given away, `taken_mib` what would be of it.
    """

    name: str
    room_mib: int = 0
    taken_mib: int = 0
    weight: float = 1.0
    problems: tuple[Problem, ...] = ()

    @property
    def free(self) -> float:
        """The share of its memory that is left, 0 to 1."""
        return max(0.0, (self.room_mib - self.taken_mib) / self.room_mib) if self.room_mib else 0.0


def choose(candidates: Iterable[Candidate]) -> tuple[str | None, tuple[Standing, ...]]:
    """The one with the largest weighted share of free memory, by name where that is equal; None: none fits.

    How all of them stood comes with it, the chosen one first.
    """
    fit = [one for one in candidates if not one.problems]
    out = [one for one in candidates if one.problems]
    order = sorted(fit, key=lambda one: (-one.free * one.weight, one.name))
    standings = [
        Standing(host=one.name, chosen=not index, free=_percent(one), weight=one.weight)
        for index, one in enumerate(order)
    ]
    for one in sorted(out, key=lambda one: one.name):
        why = one.problems[0]
        standings.append(Standing(host=one.name, why=why.code, params=dict(why.params)))
    return (order[0].name if order else None), tuple(standings)


def _percent(one: Candidate) -> int:
    return int(one.free * 100)


def taken_after(changes: Iterable[Change], view: HostView, held: Iterable[Claim]) -> int:
    """MiB of this host's memory that are given away once this and what goes on is done."""
    there = [claim_of(machine) for machine in view.machines.values()]
    return total([*there, *held, *claims_in(changes, view)])["running_mib"]


def unsuitable(host: Hypervisor, spec: Spec, silent: Mapping[str, str]) -> tuple[Problem, ...]:
    """Why nothing new goes there, before anything of it is looked at."""
    problems: list[Problem] = []
    if spec.host is not None and host.name != spec.host:
        problems.append(Problem("", "host_other", {"value": spec.host}))
    if host.drain:
        problems.append(Problem("", "host_drained"))
    if host.name in silent:
        problems.append(Problem("", "host_silent", {"detail": silent[host.name]}))
    lacking = [label for label in spec.labels if label not in host.labels]
    if lacking:
        problems.append(Problem("", "host_label", {"value": ", ".join(lacking)}))
    return tuple(problems)


def homes(spec: Spec, view: HostView, user: str) -> dict[str, str]:
    """What of this spec exists, and on which hypervisor: what the user may see, or what nobody owns.

    Of several networks of one name, only what a plan without machines is about.
    """
    wanted = {vm.name for vm in spec.vms} | {o.vm for o in spec.operations if o.op not in TRASH_OPS}
    uuids = {o.uuid: o.vm for o in spec.operations if o.uuid}
    seen = view.visible(user) | {n: m for n, m in view.machines.items() if m.owner is None}
    found = {name: m.host for name, m in seen.items() if name in wanted and m.host}
    for machine in view.machines.values():
        if machine.uuid in uuids and machine.host:
            found[uuids[machine.uuid]] = machine.host
    gone = {vm.name for vm in spec.vms if vm.state == "absent"}
    gone |= {o.vm for o in spec.operations if o.op == "delete"}
    for name, host in view.hosts.items():
        found |= dict.fromkeys(gone - found.keys() & host.leftovers, name)
    if not found and not spec.vms:
        nets = {n.name for n in spec.networks}
        found = {net: name for name, h in view.hosts.items() for net in nets & h.facts.networks}
    return found


def places_new(spec: Spec) -> bool:
    """Whether something of it could be new."""
    return bool(spec.networks) or any(vm.state != "absent" for vm in spec.vms)


def mixed(found: Mapping[str, str], asked: str | None) -> list[Problem]:
    """Machines of two hypervisors in one plan, or of another one than was asked for."""
    lie = ", ".join(f"{name} ({host})" for name, host in sorted(found.items())[:10])
    if len(set(found.values())) > 1:
        return [Problem("", "hosts_mixed", {"value": lie})]
    if asked is not None and any(host != asked for host in found.values()):
        return [Problem("host", "host_stays", {"value": lie, "other": asked})]
    return []


def unseen(spec: Spec, view: HostView, user: str) -> list[Problem]:
    """What this is about lies, as far as we remember, where nothing answers. Others' names are only taken."""
    paths = {o.vm: (f"operations[{i}].vm", False) for i, o in enumerate(spec.operations)}
    paths |= {vm.name: (f"vms[{i}].name", True) for i, vm in enumerate(spec.vms)}
    problems = []
    for host in view.silent:
        for name in sorted(paths.keys() & host.machines.keys()):
            path, new = paths[name]
            if name in view.machines:
                continue
            if host.machines[name].owner == user:
                params: dict[str, Param] = {"value": name, "host": host.name, "detail": host.why}
                problems.append(Problem(path, "vm_silent", params))
            elif new:
                problems.append(Problem(path, "name_taken", {"value": name}))
    return problems


def merged(hosts: Mapping[str, HostView]) -> dict[str, Machine]:
    """All machines by name. Of two with one name the one that somebody owns, then by hypervisor."""
    found: dict[str, Machine] = {}
    for name in sorted(hosts):
        for key, machine in hosts[name].machines.items():
            if key not in found or (found[key].owner is None and machine.owner is not None):
                found[key] = machine
    return found
