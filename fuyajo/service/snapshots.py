"""Snapshots of one machine, of several, or of all that belong together: a look, and plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.machine import HostView, Machine, Snapshot
from fuyajo.domain.ours import missing
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.spec import normalise
from fuyajo.service import planning
from fuyajo.service.context import Actor
from fuyajo.service.documents import config_from_text

Way = Literal["create", "revert", "delete"]
OPS: dict[Way, str] = {"create": "snapshot", "revert": "revert", "delete": "delete-snapshot"}


@dataclass(frozen=True)
class Chosen:
    """Machines by name, and one's own of an environment or with a tag; all of these together."""

    names: tuple[str, ...] = ()
    environment: str | None = None
    tag: str | None = None

    @property
    def nothing(self) -> bool:
        return not self.names and self.environment is None and self.tag is None


@dataclass(frozen=True)
class Tree:
    """A machine with its snapshots, the oldest first. Their names are anybody's text."""

    vm: str
    uuid: str
    owner: str | None
    environment: str | None
    snapshots: tuple[Snapshot, ...]


def list_snapshots(actor: Actor, chosen: Chosen) -> list[Tree]:
    """Of those machines; of all that this user sees and that have any, where none was chosen.

    Raises `NotFound` for a machine that is not seen, `InvalidInput` for a group without machines.
    """
    host = planning.look(actor)
    visible = host.visible(actor.user)
    if unknown := [name for name in chosen.names if name not in visible]:
        raise missing("vm", unknown[0])
    names = sorted(visible) if chosen.nothing else _names(chosen, host, actor.user)
    found = planning.look(actor, frozenset(names)).visible(actor.user)
    trees = [_tree(found[name]) for name in names if name in found]
    return [tree for tree in trees if tree.snapshots] if chosen.nothing else trees


def plan_snapshots(actor: Actor, way: Way, chosen: Chosen, snapshot: str | None = None) -> Plan:
    """A plan that takes, goes back to or deletes one of each. Raises `InvalidInput` with every problem."""
    if chosen.nothing:
        raise InvalidInput(Problem("names", "snapshots_of_what"))
    names = _names(chosen, planning.look(actor), actor.user)
    said: dict[str, Any] = {"snapshot": snapshot} if snapshot is not None else {}
    operations = [{"op": OPS[way], "vm": name, **said} for name in names]
    config = parse_config({"operations": operations})
    plan = planning.from_config(actor, config, f"vm snapshot {way}").plan
    if plan is None:
        raise AssertionError("a config always makes a plan")
    return plan


def machines_in(text: str, is_json: bool = False) -> tuple[str, ...]:
    """The names that a request speaks of, without those that it wants gone. Raises `InvalidInput`."""
    config = config_from_text(text, is_json)
    nameless = [
        Problem(f"vms[{i}].name", "snapshots_name")
        for i, vm in enumerate(config.vms)
        if not vm.name
    ]
    if nameless or config.template is not None:
        raise InvalidInput(nameless or [Problem("template", "snapshots_name")])
    plain = config.model_copy(
        update={
            "vms": tuple(vm.model_copy(update={"like": None}) for vm in config.vms),
            "operations": tuple(o for o in config.operations if o.vm is not None),
        }
    )
    spec = normalise(plain, moment=datetime.now(UTC))
    named = [vm.name for vm in spec.vms if vm.state != "absent"] + [o.vm for o in spec.operations]
    return tuple(dict.fromkeys(named))


def _names(chosen: Chosen, host: HostView, user: str) -> list[str]:
    """Each once. A group is of one's own: others may call theirs the same."""
    own = host.owned(user)
    found = list(chosen.names)
    if chosen.environment is not None:
        inside = {name: (m.environment,) if m.environment else () for name, m in own.items()}
        found += _group("environment", chosen.environment, inside)
    if chosen.tag is not None:
        found += _group("tag", chosen.tag, {name: m.tags for name, m in own.items()})
    return list(dict.fromkeys(found))


def _group(kind: str, said: str, groups: Mapping[str, tuple[str, ...]]) -> list[str]:
    members = sorted(name for name, of in groups.items() if said in of)
    if members:
        return members
    known = ", ".join(sorted({one for of in groups.values() for one in of})) or "-"
    params = {"value": shown(said), "known": shown(known, 200)}
    raise InvalidInput(Problem(kind, f"no_{kind}", dict(params)))


def _tree(machine: Machine) -> Tree:
    return Tree(machine.name, machine.uuid, machine.owner, machine.environment, machine.snapshots)
