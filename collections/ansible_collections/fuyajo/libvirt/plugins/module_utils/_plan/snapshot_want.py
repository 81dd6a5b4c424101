# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a snapshot, and the machine it is asked of as it was read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context

STATES = ("present", "absent", "reverted")
KINDS = ("auto", _snapshot.INTERNAL, _snapshot.EXTERNAL)
POWERS = ("recorded", "running", "paused", "stopped")
_OFF = ("stopped", "crashed")


@dataclass
class WantedSnapshot:
    """One snapshot of one machine. None means: nobody said."""

    vm: str
    name: str
    state: str = "present"
    description: str | None = None
    kind: str = "auto"
    disks: list[str] | None = None
    memory: bool | None = None
    quiesce: bool = False
    children: bool = False
    power: str = "recorded"
    force: bool = False
    uuid: str | None = None


@dataclass
class Machine:
    """A machine with its snapshots: as it starts next (``xml``), and as it is when it runs."""

    handle: Any
    name: str
    xml: str
    live_xml: str
    document: _domain.Domain
    state: str
    snapshots: list[_snapshot.Snapshot]

    @property
    def running(self) -> bool:
        """True unless it is off; a paused machine has its disks open as well."""
        return self.state not in _OFF

    def find(self, name: str) -> _snapshot.Snapshot | None:
        """Return the snapshot of that name, or None."""
        return next((s for s in self.snapshots if s.name == name), None)

    def disks(self) -> dict[str, _snapshot.DiskSeen]:
        """Return {target: disk} as the machine has them at its next start."""
        return {seen.target: seen for seen in _snapshot.disks_seen(self.xml)}

    def facts(self, name: str) -> dict[str, Any] | None:
        """Return the facts of a snapshot, or None when it does not exist."""
        found = self.find(name)
        if found is None:
            return None
        return {"vm": self.name, **_snapshot.snapshot_facts(found, self.snapshots)}


def parse_snapshot(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedSnapshot:
    """Return the checked form of the options of one snapshot."""
    state = check.choice(f"{at}.state", raw.get("state"), STATES) or "present"
    name, disks = raw.get("name"), raw.get("disks")
    # A snapshot that exists may have been made by anybody, with any name.
    make = state == "present"
    wanted = WantedSnapshot(
        vm=check.name(f"{at}.vm", raw.get("vm")),
        name=check.name(f"{at}.name", name) if make else check.text(f"{at}.name", name) or "",
        state=state,
        description=check.text(f"{at}.description", raw.get("description"), optional=True),
        kind=check.choice(f"{at}.kind", raw.get("kind"), KINDS) or "auto",
        memory=raw.get("memory"),
        quiesce=bool(raw.get("quiesce")),
        children=bool(raw.get("children")),
        power=check.choice(f"{at}.power", raw.get("power"), POWERS) or "recorded",
        force=bool(raw.get("force")),
        uuid=check.uuid(f"{at}.uuid", raw.get("uuid")),
    )
    if disks is not None:
        texts = [check.text(f"{at}.disks[{i}]", each) or "" for i, each in enumerate(disks)]
        wanted.disks = sorted(set(texts))
        if not disks:
            check.problem(f"{at}.disks", "a snapshot needs at least one disk")
    if wanted.kind == _snapshot.EXTERNAL and wanted.memory:
        check.problem(f"{at}.memory", "only internal snapshots hold the memory")
    if wanted.kind == _snapshot.INTERNAL and wanted.quiesce:
        check.problem(f"{at}.quiesce", "is for external snapshots; an internal one stops the guest")
    return wanted


def read_machine(ctx: Context, handle: Any) -> Machine:
    """Return a machine and its snapshots as they are now."""
    host = ctx.host
    xml = host.domain_xml(handle)
    document = _domain.parse_domain(xml)
    state = host.domain_info(handle)[0]
    snapshots = host.snapshots(handle)
    return Machine(handle, document.name, xml, host.live_xml(handle), document, state, snapshots)


def refuse_saved(ctx: Context, machine: Machine) -> None:
    """Raise when a machine's memory is saved: it belongs to the disks as they are, and no others."""
    if ctx.host.has_saved_state(machine.handle):
        raise FuyajoError(
            f"{machine.name} has its memory saved; start it, or discard what was saved, first",
            CONFLICT,
        )


def volume_of(ctx: Context, path: str) -> str | None:
    """Return the name of the volume of our pool that a file is, or None."""
    directory, name = os.path.split(path)
    return name if directory == ctx.pool_path else None


def foreign_users(ctx: Context, machine: Machine, path: str) -> list[str]:
    """Return who else needs a file: other machines, their snapshots, volumes on top of it."""
    own = {volume_of(ctx, s.path or "") for s in machine.disks().values()}
    for snapshot in machine.snapshots:
        own |= {volume_of(ctx, seen.path or "") for seen in snapshot.layers().values()}
    # A file outside our pool is asked for by its path, which `path_of` leaves as it is.
    users = ctx.users_of(volume_of(ctx, path) or path, but=machine.name)
    return [u for u in users if u not in own and not _snapshot.is_overlay(machine.name, u)]
