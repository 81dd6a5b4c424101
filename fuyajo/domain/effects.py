"""What a change does to a machine that is there, and why. Pure; the collection's own words for the same.

`none` < `live` < `restart` < `stop` < `destroy`. A reason is a text code: `why.CODE` in `texts/`. The claims
are held against what the collection really returns by tests/integration/effects.
"""

from __future__ import annotations

from fuyajo.domain.backups import GONE
from fuyajo.domain.machine import UNFINISHED, Machine
from fuyajo.domain.plan import EFFECTS, Change, Effect, FieldChange, FieldValue
from fuyajo.domain.snapshots import RETIRED

Said = tuple[Effect, str]
NOTHING: Said = ("none", "")
# In these states there is no process that could feel anything; paused and suspended ones have one.
OFF = ("stopped", "crashed", UNFINISHED)
_ALWAYS: dict[str, Said] = {
    "delete": ("destroy", "delete"),
    "purge": ("destroy", "purge"),
    "revert": ("destroy", "revert"),
    "delete-backup": ("destroy", "delete_backup"),
    "delete-snapshot": ("destroy", "delete_snapshot"),
}
RESET: Said = ("destroy", "reset")
_WHEN_ON: dict[str, Said] = {
    "stop": ("stop", "stop"),
    "restart": ("stop", "restart"),
    "snapshot": ("live", "snapshot"),
    "backup": ("live", "backup"),
}
#: Fields that mean the same in every change, whether anything runs or not.
_OUTLIVED: Said = ("destroy", "retired")
_WHATEVER_ELSE: dict[str, Said] = {"force": RESET, RETIRED: _OUTLIVED, GONE: _OUTLIVED}
_LIVE = {"disk_gib": "disk_grows", "configured": "configure", "expires": "expires"}


def with_effects(change: Change, machine: Machine | None) -> Change:
    """The same change with `effect`, `why` and `live` filled in, of every field and of the whole."""
    on = machine is not None and machine.state not in OFF
    fields = tuple(_with_effect(change, each, machine if on else None) for each in change.fields)
    own = _ALWAYS.get(change.action) or (_WHEN_ON.get(change.action, NOTHING) if on else NOTHING)
    if change.action == "noop":
        own = NOTHING
    elif change.action == "restore" and machine is not None:
        own = ("destroy", "restore")
    elif change.action == "delete" and machine is None:
        own = ("destroy", "leftover")
    elif change.action == "delete" and change.until:
        own = ("destroy", "trash")
    effect, why = max([own, *((f.effect, f.why) for f in fields)], key=_strength)
    return change.model_copy(update={"fields": fields, "effect": effect, "why": why})


def _strength(said: Said) -> int:
    return EFFECTS.index(said[0])


def _with_effect(change: Change, field: FieldChange, machine: Machine | None) -> FieldChange:
    """`machine` is None when nothing runs."""
    effect, why = _of(change, field, machine)
    more = {"effect": effect, "why": why, "live": effect != "restart"}
    return field.model_copy(update=more)


def _of(change: Change, field: FieldChange, machine: Machine | None) -> Said:
    if change.action in ("delete", "purge"):
        lost = field.path in ("disk_gib", "trash_gib") and not change.until
        return _ALWAYS[change.action] if lost else NOTHING
    if change.action in ("revert", "delete-snapshot"):
        return _of_snapshot(change, field, machine)
    if field.path in _WHATEVER_ELSE:
        return _WHATEVER_ELSE[field.path]
    if machine is None or change.action not in ("update", "start", "stop"):
        return NOTHING
    if field.path == "state":
        known: dict[FieldValue, Said] = {
            "stopped": ("stop", "stop"),
            "restarted": ("stop", "restart"),
        }
        return known.get(field.after, ("live", "resume"))
    if field.path in _LIVE:
        return "live", _LIVE[field.path]
    if field.path in ("cpus", "memory_mib"):
        return _size(field, machine)
    return NOTHING


def _of_snapshot(change: Change, field: FieldChange, machine: Machine | None) -> Said:
    if field.path == "snapshot":
        return _ALWAYS[change.action]
    return ("stop", "revert_state") if field.path == "state" and machine else NOTHING


def _size(field: FieldChange, machine: Machine) -> Said:
    """Within a room that somebody gave it at its start a size moves at once; else at the next start."""
    cpus = field.path == "cpus"
    room = machine.max_cpus if cpus else machine.max_memory_mib
    before, after = _number(field.before), _number(field.after)
    # A guest can be asked to give a processor back, but few do.
    given_back = cpus and after < before
    if room is not None and room > before and after <= room and not given_back:
        return "live", "within_room"
    return "restart", field.path


def _number(value: FieldValue) -> int:
    return value if isinstance(value, int) else 0
