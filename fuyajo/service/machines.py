"""The user's own VMs: reads go straight to libvirt, every change is a plan."""

from __future__ import annotations

from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.domain.machine import Machine
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.service.context import Actor
from fuyajo.service.planning import from_config, look


def list_vms(actor: Actor, everyone: bool = False) -> list[Machine]:
    """This user's VMs by name; `everyone` adds the host's other domains, for its administrator."""
    host = look(actor)
    found = host.machines if everyone else host.owned(actor.user)
    return [found[name] for name in sorted(found) if found[name].trashed is None]


def get_vm(actor: Actor, name: str) -> Machine:
    machine = look(actor).owned(actor.user).get(name)
    if machine is None:
        raise NotFound(Problem("", "vm_not_found", {"value": shown(name)}))
    return machine


def plan_operation(actor: Actor, op: str, names: tuple[str, ...], *, purge: bool = False) -> Plan:
    """A plan that does one operation to each of these VMs; `purge`: what it deletes is gone at once."""
    config = parse_config({"operations": [{"op": op, "vm": name} for name in dict.fromkeys(names)]})
    plan = from_config(actor, config, f"vm {op}", purge=purge).plan
    if plan is None:
        raise AssertionError("a config always makes a plan")
    return plan
