"""Undo: what of a plan can be taken back, and the operations that take back what its run did. Pure.

Nothing here looks at how a run ended: what is held against the host as it is now is what the plan meant to
do. A change that never happened, or was taken back since, is nothing to undo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from fuyajo.domain.backups import gone_of
from fuyajo.domain.errors import Param, shown
from fuyajo.domain.expiry import NEVER
from fuyajo.domain.machine import HostView, Machine
from fuyajo.domain.plan import Change, FieldChange, FieldValue, Plan, Undoable
from fuyajo.domain.snapshots import retired_of, snapshot_of, taken_of
from fuyajo.domain.spec import BACKUP_OPS, OperationSpec
from fuyajo.domain.trash import name_is_free, old_name, trash_name, trashed

Power = Literal["running", "stopped"]
POWERS: tuple[Power, ...] = ("running", "stopped")
RESIZABLE = ("cpus", "memory_mib")
# What one operation puts back beside the power.
KEPT = (*RESIZABLE, "expires")
# Actions that nothing takes back, and why.
_FINAL = {"purge": "purged", "adopt": "adopted", "delete-snapshot": "snapshot_deleted"}


_BACKUPS = BACKUP_OPS

# --- before a run: a note on every change --------------------------------------------------------------


def noted(change: Change, host: HostView) -> Change:
    """The change, with whether it can be undone afterwards and what stays if it is."""
    undo, why = _verdict(change, host.machines.get(change.name))
    return change.model_copy(update={"undo": undo, "undo_why": why})


def _verdict(change: Change, machine: Machine | None) -> tuple[Undoable, tuple[str, ...]]:
    if change.action in _BACKUPS:
        return _backup_verdict(change)
    if change.action in ("noop", "restart", "snapshot"):
        if retired_of(change):
            return "no", ("retired",)
        return ("no", ("unsaved",)) if _is_reset(change) else ("none", ())
    if change.object == "network":
        return "no", ("network",)
    if change.action == "delete":
        return ("yes", ("trash",)) if change.until else ("no", ("purged",))
    if change.action == "revert":
        older = machine is not None and _later_snapshot(change, machine, None) is not None
        return ("part", ("since_snapshot",)) if older else ("no", ("reverted",))
    if change.action in _FINAL:
        return "no", (_FINAL[change.action],)
    if change.action in ("update", "start", "stop"):
        return _fields_verdict(change)
    return "yes", ()


def _is_reset(change: Change) -> bool:
    return change.action == "restart" and change.irreversible


def _backup_verdict(change: Change) -> tuple[Undoable, tuple[str, ...]]:
    """A new backup harms nobody; what it replaced, overwrote or removed stays so."""
    if change.action == "restore":
        return ("no", ("restored",)) if change.uuid else ("yes", ())
    lost = change.action == "delete-backup" or gone_of(change)
    return ("no", ("backup_deleted",)) if lost else ("none", ())


def _fields_verdict(change: Change) -> tuple[Undoable, tuple[str, ...]]:
    stays = [why for item in change.fields if (why := _stays(item)) is not None]
    if not stays:
        return "yes", ()
    return ("part" if len(stays) < len(change.fields) else "no"), tuple(dict.fromkeys(stays))


def _stays(item: FieldChange) -> str | None:
    """Why this value does not come back; None where it does."""
    if item.path == "state":
        return None if item.before in POWERS else "power"
    if item.path in KEPT:
        return None
    return "disk" if item.path == "disk_gib" else "configured"


def _later_snapshot(change: Change, machine: Machine, before: datetime | None) -> str | None:
    """The last snapshot that was taken after the one that a revert goes back to, and before the revert."""
    names = [s.name for s in machine.snapshots]
    target = snapshot_of(change)
    if target not in names:
        return None
    later = [
        s.name
        for s in machine.snapshots[names.index(target) + 1 :]
        if before is None or _moment(s.created) <= before
    ]
    return later[-1] if later and taken_of(change) is not None else None


def _moment(created: str | None) -> datetime:
    """When it was taken; never, for what cannot be read."""
    never = datetime.max.replace(tzinfo=UTC)
    try:
        moment = datetime.fromisoformat(created or "")
    except ValueError:
        return never
    return moment if moment.tzinfo else never


# --- after a run: the operations that reverse it -------------------------------------------------------


@dataclass(frozen=True)
class Left:
    """Something that stays as the run left it; `why` is a text code (`undo.CODE`) with its parameters."""

    object: Literal["vm", "network"]
    name: str
    action: str
    why: str
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class Undoing:
    """`operations` reverse what can be; nothing of either: all is as it was before the run."""

    operations: tuple[OperationSpec, ...]
    left: tuple[Left, ...]


@dataclass(frozen=True)
class Past:
    """A run: its plan, UUIDs of the machines that it made by name, and when it began."""

    plan: Plan
    made: Mapping[str, str]
    began: datetime


_Undone = tuple[OperationSpec | None, list[Left]]


def undoing(past: Past, host: HostView, owner: str) -> Undoing:
    """What reverses this run on the host as it is now, the last change first."""
    operations: list[OperationSpec] = []
    left: list[Left] = []
    for change in reversed(past.plan.changes):
        if change.action == "noop":
            continue
        operation, stays = _undone(change, past, host, owner)
        left += stays
        if operation is not None:
            operations.append(operation)
    return Undoing(tuple(operations), tuple(left))


def _undone(change: Change, past: Past, host: HostView, owner: str) -> _Undone:
    if change.object == "network":
        there = change.name in host.facts.networks
        return None, [_left(change, "network")] if there else []
    if change.action == "create":
        return _uncreate(change, past, host, owner)
    if change.action == "delete":
        return _undelete(change, host, owner)
    if change.action in _FINAL or _is_reset(change):
        return None, [_left(change, _FINAL.get(change.action, "unsaved"))]
    if change.action in _BACKUPS:
        return _unbackup(change, host)
    machine = _same(change, host, owner)
    if isinstance(machine, Left):
        return None, [] if _nothing_to_undo(change) else [machine]
    return _REVERSALS.get(change.action, _nothing)(change, machine, past)


def _nothing_to_undo(change: Change) -> bool:
    # One that was brought back and is not there: it went again.
    return change.action in ("restart", "snapshot", "recover")


def _left(change: Change, why: str, **params: Param) -> Left:
    return Left(change.object, change.name, change.action, why, params)


def _same(change: Change, host: HostView, owner: str) -> Machine | Left:
    """The machine that was changed, as it is now."""
    machine = host.owned(owner).get(change.name)
    if machine is None:
        return _left(change, "gone")
    return machine if machine.uuid == change.uuid else _left(change, "another")


def _uncreate(change: Change, past: Past, host: HostView, owner: str) -> _Undone:
    machine = host.owned(owner).get(change.name)
    if machine is None:
        return None, []
    made = past.made.get(change.name) or change.uuid
    if made is None:
        return None, [_left(change, "unknown")]
    if machine.uuid != made:
        return None, [_left(change, "another")]
    return OperationSpec(op="delete", vm=machine.name), []


def _undelete(change: Change, host: HostView, owner: str) -> _Undone:
    if any(m.uuid == change.uuid for m in host.owned(owner).values()):
        return None, []
    kept = trashed(host, owner, change.uuid)
    if kept is None:
        return None, [_left(change, "emptied" if change.until else "purged")]
    if not name_is_free(kept, host):
        return None, [_left(change, "taken", kept=trash_name(kept.uuid))]
    state: Power | None = "running" if _before(change, "state") == "running" else None
    return OperationSpec(op="recover", vm=old_name(kept), uuid=kept.uuid, power=state), []


def _before(change: Change, path: str) -> FieldValue:
    return next((f.before for f in change.fields if f.path == path), None)


def _unchange(change: Change, machine: Machine, _past: Past) -> _Undone:
    """Sizes and power back, each where it still is what the run made of it."""
    back: dict[str, FieldValue] = {}
    left: list[Left] = []
    for item in change.fields:
        now = getattr(machine, item.path, None)
        if item.path == "expires":
            now = now or NEVER
        if item.path == "configured":
            left.append(_left(change, "configured"))
        elif now == item.before:
            continue
        elif (why := _stays(item)) is not None:
            left.append(_left(change, why))
        elif now != item.after:
            params: dict[str, Param] = {"key": item.path, "now": shown(now)}
            left.append(_left(change, "moved", **params))
        else:
            back[item.path] = item.before
    if not back:
        return None, left
    return _resize(machine.name, back), left


def _resize(name: str, back: Mapping[str, FieldValue]) -> OperationSpec:
    state = next((power for power in POWERS if power == back.get("state")), None)
    if set(back) == {"state"}:
        return OperationSpec(op="start" if state == "running" else "stop", vm=name)
    sizes = {key: back[key] for key in KEPT if key in back}
    return OperationSpec.model_validate({"op": "resize", "vm": name, "power": state, **sizes})


def _unrevert(change: Change, machine: Machine, past: Past) -> _Undone:
    """Back to the last snapshot from before, if there is one: what was done after it stays lost."""
    name = _later_snapshot(change, machine, past.began)
    if name is None:
        return None, [_left(change, "reverted")]
    operation = OperationSpec(op="revert", vm=machine.name, snapshot=name)
    return operation, [_left(change, "since_snapshot")]


def _unrecover(_change: Change, machine: Machine, _past: Past) -> _Undone:
    return OperationSpec(op="delete", vm=machine.name), []


def _unbackup(change: Change, host: HostView) -> _Undone:
    """A machine that a backup made goes again; nothing else of it can be taken back."""
    if change.action == "restore" and not change.uuid:
        there = host.machines.get(change.name)
        return (OperationSpec(op="delete", vm=change.name) if there else None), []
    verdict, why = _backup_verdict(change)
    return None, [_left(change, why[0])] if verdict == "no" else []


def _nothing(change: Change, _machine: Machine, _past: Past) -> _Undone:
    """A restart is over, and a snapshot harms nobody; what went for its sake stays away."""
    return None, [_left(change, "retired")] if retired_of(change) else []


_REVERSALS: dict[str, Callable[[Change, Machine, Past], _Undone]] = {
    "update": _unchange,
    "start": _unchange,
    "stop": _unchange,
    "revert": _unrevert,
    "recover": _unrecover,
}
