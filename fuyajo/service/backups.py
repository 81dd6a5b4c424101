"""Backups of machines: where they lie, what there is, and whether every byte of it is as it was written.

Making, restoring and removing them are operations of a plan.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fuyajo.domain.backups import Backup, Shelf
from fuyajo.domain.errors import Conflict, Problem, Unavailable
from fuyajo.domain.ours import missing
from fuyajo.domain.plan import Plan
from fuyajo.service.context import Actor

#: Seconds that reading every byte of somebody's backups may take.
VERIFY_SECONDS = 6 * 3600


def directory_of(actor: Actor) -> Path:
    """The directory of this host: the setting, or beside the pool, where QEMU's account can pass through."""
    settings = actor.settings
    pool = settings.pool_path
    return settings.backups or pool.with_name(f"{pool.name}-backups")


def shelf_of(actor: Actor, owner: str, vm: str | None = None) -> Shelf:
    """That owner's backups by machine, nothing of it read but its metadata. Raises `Unavailable`."""
    from fuyajo.engine.backups import read_backups

    if actor.settings.several:
        raise Unavailable(Problem("", "backups_hosts"))
    return read_backups(directory_of(actor), owner, vm)


def copies_of(actor: Actor, vm: str | None = None) -> Shelf:
    """One's own encrypted copies by machine. Raises `Unavailable`, `Conflict` where none are kept."""
    from fuyajo.engine.backups import read_copies

    if actor.settings.vault is None:
        raise Conflict(Problem("", "copies_off"))
    return read_copies(actor.settings.vault, actor.user, vm)


def list_copies(actor: Actor, vm: str | None = None) -> list[Backup]:
    """One's own, by machine and age; of machines and backups that are gone as well."""
    found = copies_of(actor, vm)
    return [copy for name in sorted(found) for copy in found[name]]


def list_backups(actor: Actor, vm: str | None = None) -> list[Backup]:
    """One's own, by machine and age; of machines that are gone as well."""
    found = shelf_of(actor, actor.user, vm)
    return [backup for name in sorted(found) for backup in found[name]]


def get_backups(actor: Actor, vm: str) -> list[Backup]:
    """Those of one machine. Raises `NotFound` where there are none of it."""
    found = list_backups(actor, vm)
    if not found:
        raise missing("backup", vm)
    return found


def plan_backups(actor: Actor, operations: Any) -> Plan:
    """A saved plan of these operations about backups, a list as a request has it; None: nothing was said.

    Whatever it is, it is checked here. Raises `InvalidInput` with all problems.
    """
    from fuyajo.domain.parse import parse_config
    from fuyajo.service.planning import from_config

    said = [_said(one) for one in operations] if isinstance(operations, list) else operations
    plan = from_config(actor, parse_config({"operations": said}), "backup").plan
    assert plan is not None, "a config always makes a plan"
    return plan


def _said(one: Any) -> Any:
    if not isinstance(one, dict):
        return one
    return {key: value for key, value in one.items() if value is not None}


def verify(actor: Actor, vm: str | None = None) -> list[Backup]:
    """The same with every byte read. A broken one has its `problem`; nothing is raised for it."""
    from fuyajo.engine.backups import read_backups

    if actor.settings.several:
        raise Unavailable(Problem("", "backups_hosts"))
    directory = directory_of(actor)
    found = read_backups(directory, actor.user, vm, verify=True, seconds=VERIFY_SECONDS)
    if vm is not None and not found:
        raise missing("backup", vm)
    return [backup for name in sorted(found) for backup in found[name]]
