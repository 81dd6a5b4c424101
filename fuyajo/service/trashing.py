"""The trash of a user: what is in it, and the plans that bring something back or end it."""

from __future__ import annotations

from datetime import UTC, datetime

from fuyajo.domain.errors import InvalidInput, NotFound, Problem, shown
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Plan
from fuyajo.domain.spec import OperationSpec, Spec
from fuyajo.domain.trash import expired, in_order, old_name, trash_name
from fuyajo.service import planning
from fuyajo.service.context import Actor


def list_trash(actor: Actor) -> list[Machine]:
    """What is in this user's trash, the oldest first."""
    return _trash(actor, planning.look(actor))


def plan_restore(
    actor: Actor, names: tuple[str, ...], *, start: bool = False, taint: bool = False
) -> Plan:
    """A saved plan that brings these back. Raises `NotFound`, or `InvalidInput` with every problem.

    `taint`: whoever asks has read what a guest wrote, so that only a person can approve it.
    """
    host = planning.look(actor)
    found = _meant(_trash(actor, host), names)
    state = "running" if start else None
    operations = [
        OperationSpec.model_validate(
            {"op": "recover", "vm": old_name(m), "uuid": m.uuid, "power": state}
        )
        for m in found
    ]
    return _plan(actor, host, operations, "trash restore", taint=taint)


def plan_empty(actor: Actor, names: tuple[str, ...] = (), *, only_expired: bool = False) -> Plan:
    """A saved plan that ends these; without names all of them. `only_expired`: whose time is over."""
    host = planning.look(actor)
    found = _trash(actor, host)
    if names:
        found = _meant(found, names)
    if only_expired:
        now = datetime.now(UTC)
        found = [machine for machine in found if expired(machine, now)]
    return _plan(actor, host, [purging(machine) for machine in found], "trash empty")


def plan_ending(actor: Actor, machines: list[Machine], kept: list[Machine]) -> Plan:
    """A saved plan after which nothing is left of these, and of those in the trash."""
    gone = [OperationSpec(op="delete", vm=machine.name, purge=True) for machine in machines]
    operations = gone + [purging(machine) for machine in kept]
    return _plan(actor, planning.look(actor), operations, "delete for good")


def purging(machine: Machine) -> OperationSpec:
    """The operation that ends a machine of the trash."""
    return OperationSpec(op="purge", vm=old_name(machine), uuid=machine.uuid)


def _trash(actor: Actor, host: HostView) -> list[Machine]:
    return in_order(host.trash(actor.user).values())


def _plan(
    actor: Actor,
    host: HostView,
    operations: list[OperationSpec],
    what: str,
    *,
    taint: bool = False,
) -> Plan:
    spec = Spec(operations=tuple(operations))
    plan = planning.draft_plan(actor, spec, host, f"{actor.door}: {what}", taint=taint)
    if not plan.nothing_to_do:
        actor.plans.save(plan)
    return plan


def _meant(trash: list[Machine], names: tuple[str, ...]) -> list[Machine]:
    """By the name that they had, their name in the trash or their UUID; every problem at once."""
    found: list[Machine] = []
    problems: list[Problem] = []
    missing = False
    for name in dict.fromkeys(names):
        fits = [m for m in trash if name in (old_name(m), m.name, trash_name(m.uuid), m.uuid)]
        if len(fits) == 1:
            found += [m for m in fits if m not in found]
        elif fits:
            known = ", ".join(trash_name(m.uuid) for m in fits)
            problems.append(Problem("", "trash_many", {"value": shown(name), "known": known}))
        else:
            missing = True
            problems.append(Problem("", "not_in_trash", {"value": shown(name)}))
    if problems:
        raise NotFound(problems) if missing else InvalidInput(problems)
    return found
