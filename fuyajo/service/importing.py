"""Existing machines → an env.yml that plans to no changes; machines that nobody owns → a plan to own them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fuyajo.domain.errors import InvalidInput, NotFound, Problem, shown
from fuyajo.domain.importing import (
    DEFAULT_TEMPLATE,
    Entry,
    entry_of,
    import_problems,
    too_many,
)
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.ours import unknown_id
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.planning import changes_of
from fuyajo.domain.spec import OperationSpec, Spec
from fuyajo.service import planning
from fuyajo.service.context import Actor


@dataclass(frozen=True)
class Imported:
    """`environment` is the one that all of them are in."""

    entries: tuple[Entry, ...]
    environment: str | None


def import_vms(actor: Actor, names: tuple[str, ...]) -> Imported:
    """Own machines as a request. Raises `NotFound` (foreign ones too) or `InvalidInput` with every reason."""
    host = planning.look(actor)
    machines = _machines(actor, host, names)
    ownerless = [
        Problem("", "import_ownerless", {"value": shown(m.name)}) for m in machines if not m.owner
    ]
    problems = [p for m in machines for p in import_problems(m)]
    if ownerless or problems:
        raise InvalidInput([*ownerless, *problems, *too_many(machines)])
    entries = tuple(entry_of(machine) for machine in machines)
    environments = {machine.environment for machine in machines}
    environment = environments.pop() if len(environments) == 1 else None
    _refuse_changes(actor, entries, host)
    return Imported(entries, environment)


def _refuse_changes(actor: Actor, entries: tuple[Entry, ...], host: HostView) -> None:
    """The promise of the file, held against the request's own checks and the planner itself."""
    for entry in entries:
        _checked(entry)
    changes, problems = changes_of(Spec(vms=tuple(e.spec for e in entries)), host, actor.user)
    for change in changes:
        if change.action != "noop":
            detail = f"{change.action} " + ", ".join(field.path for field in change.fields)
            params = {"detail": shown(detail, 200), "vm": change.name}
            problems.append(Problem(change.name, "import_changes", dict(params)))
    if problems:
        raise InvalidInput(problems)


def _checked(entry: Entry) -> None:
    """A template may ask for more than a machine has. Raises `InvalidInput` with the machine's name."""
    spec = entry.spec
    said = {
        "name": spec.name,
        "template": spec.template,
        "cpus": spec.cpus,
        "memory": spec.memory_mib,
        "disk": spec.disk_gib,
        "state": spec.state,
    }
    try:
        parse_config({"vms": [said]})
    except InvalidInput as error:
        raise InvalidInput(
            [replace(p, path=f"{spec.name}: {p.path}") for p in error.problems]
        ) from error


def plan_takeover(actor: Actor, names: tuple[str, ...]) -> Plan:
    """A plan that makes machines that nobody owns this user's. Raises `InvalidInput`, `NotFound`."""
    host = planning.look(actor)
    machines = _machines(actor, host, names)
    own = [Problem("", "import_own", {"value": m.name}) for m in machines if m.owner]
    problems = [p for m in machines for p in import_problems(m)]
    if own or problems:
        raise InvalidInput([*own, *problems])
    for machine in machines:
        _checked(entry_of(machine))
    operations = tuple(
        OperationSpec(op="adopt", vm=m.name, template=m.template or DEFAULT_TEMPLATE)
        for m in machines
    )
    plan = planning.draft_plan(
        actor, Spec(operations=operations), host, f"{actor.door}: import --adopt"
    )
    actor.plans.save(plan)
    return plan


def _machines(actor: Actor, host: HostView, names: tuple[str, ...]) -> list[Machine]:
    """Own ones, and those of nobody for who may do what this machine's administrator may: at its terminal."""
    own = host.owned(actor.user)
    free = {
        name: m
        for name, m in host.machines.items()
        if m.owner is None and m.trashed is None and actor.door == "cli"
    }
    visible = {**free, **own}
    wanted = list(dict.fromkeys(names))
    unknown = [n for n in wanted if n not in visible]
    if unknown:
        raise NotFound([unknown_id("vm", n) for n in unknown])
    return [visible[name] for name in wanted]
