"""What a run that did not come to its end has done, left half-way, and not begun. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Literal

from fuyajo.domain.machine import HostView
from fuyajo.domain.plan import Change, Plan
from fuyajo.domain.planning import changes_of
from fuyajo.domain.spec import OperationSpec, Spec
from fuyajo.domain.trash import on_its_way

Standing = Literal["done", "left", "not_begun", "unknown", "undone"]
# The playbook's names of the tasks that do what cannot be seen on a machine afterwards.
MAKE, GO_BACK = "create: make the machines", "create: go back to the snapshots"
BACK_UP, DROP = "create: make the backups", "create: delete the backups"
RESTORE, TRY = "create: restore from the backups", "create: test the backups"
COPY, FETCH = "create: copy the backups", "create: fetch the backups"
_UNSEEN = {
    "restart": MAKE,
    "revert": GO_BACK,
    "backup": BACK_UP,
    "restore": RESTORE,
    "delete-backup": DROP,
    "test-backup": TRY,
    "copy-backup": COPY,
    "fetch-backup": FETCH,
}


@dataclass(frozen=True)
class Remain:
    """One change of a plan, and how far it came."""

    object: str
    name: str
    action: str
    standing: Standing


def remains(plan: Plan, host: HostView, finished: Set[str]) -> tuple[Remain, ...]:
    """Every change that was wanted, in the plan's order. `finished` are the names of tasks that went well."""
    now = {(c.object, c.name): c for c in changes_of(plan.spec, host, plan.owner)[0]}
    return tuple(
        Remain(
            change.object,
            change.name,
            change.action,
            _standing(change, now.get((change.object, change.name)), host, finished),
        )
        for change in plan.changes
        if change.action != "noop"
    )


def _standing(change: Change, now: Change | None, host: HostView, finished: Set[str]) -> Standing:
    if change.action in _UNSEEN:
        return "done" if _UNSEEN[change.action] in finished else "unknown"
    if change.action in ("delete", "purge", "recover"):
        return _moved(change, host)
    if now is not None and now.action == "noop":
        return "done"
    if change.action == "create":
        there = change.name in host.machines or change.name in host.leftovers
        return "left" if there else "not_begun"
    same_rest = now is not None and now.fields == change.fields
    return "not_begun" if same_rest else "left"


def _moved(change: Change, host: HostView) -> Standing:
    """Into the trash, out of it, or gone: the machine is known by its UUID, whatever it is called."""
    if change.uuid is None:
        return "not_begun" if change.name in host.leftovers else "done"
    machine = next((m for m in host.machines.values() if m.uuid == change.uuid), None)
    if change.action == "purge" or machine is None:
        return "done" if (machine is None) == (change.action != "recover") else "not_begun"
    if change.action == "recover":
        return "done" if machine.trashed is None else "not_begun"
    if machine.trashed is None:
        return "not_begun"
    # Marked, but not all of it has its name there: it is on its way.
    return "left" if on_its_way(machine) else "done"


def unseen_left(spec: Spec, finished: Set[str]) -> tuple[OperationSpec, ...]:
    """Without the operations that are done and would show again as if they had not been."""
    return tuple(o for o in spec.operations if _UNSEEN.get(o.op, "") not in finished)


def finished_tasks(events: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Names of the tasks of a run that went well on the host that makes the machines."""
    return frozenset(
        str(event.get("task"))
        for event in events
        if event.get("kind") == "result" and event.get("host") == "localhost"
    )


def made_by(plan: Plan, events: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """UUIDs of the machines that a run itself made out of nothing, as `stack` said; nothing is guessed.

    A machine that somebody else made meanwhile, or that an earlier run had begun, is none of these.
    """
    new = {c.name for c in plan.changes if c.action == "create" and c.object == "vm" and not c.uuid}
    found: set[str] = set()
    for event in events:
        results = _mapping(event.get("data")).get("results")
        for result in results if isinstance(results, list) else ():
            said = _mapping(result)
            if said.get("kind") == "vm" and said.get("name") in new and _from_nothing(said):
                found.add(str(said["uuid"]))
    return frozenset(found)


def _from_nothing(said: Mapping[str, Any]) -> bool:
    changes = said.get("changes")
    moved = [_mapping(change) for change in changes] if isinstance(changes, list) else []
    absent = any(c.get("path") == "state" and c.get("before") == "absent" for c in moved)
    return bool(said.get("uuid")) and absent and "define" in (said.get("actions") or ())


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
