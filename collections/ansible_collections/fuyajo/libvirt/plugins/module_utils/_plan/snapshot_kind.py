# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of machines: taken, deleted, gone back to."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    DESTROY,
    LIVE,
    STOP,
    Change,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import snapshot_layers as _layers
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.ownership import (
    require_ownership,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_take import plan_take
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import (
    Machine,
    WantedSnapshot,
    parse_snapshot,
    read_machine,
    refuse_saved,
)


def plan_snapshot(ctx: Context, wanted: WantedSnapshot) -> Step:
    """Return the step for one snapshot; reads only."""
    step = Step("snapshot", wanted.name)
    handle = ctx.domains.get(wanted.vm)
    if handle is None:
        if wanted.state == "absent":
            return step
        raise FuyajoError(f"the machine {wanted.vm} does not exist", NOT_FOUND)
    machine = read_machine(ctx, handle)
    step.uuid = machine.document.uuid
    if wanted.uuid is not None and wanted.uuid != step.uuid:
        raise FuyajoError(f"the machine {wanted.vm} is {step.uuid}, not {wanted.uuid}", CONFLICT)
    require_ownership(ctx, machine.document)
    step.facts = machine.facts(wanted.name)
    step.read = lambda: read_machine(ctx, handle).facts(wanted.name)
    found = machine.find(wanted.name)
    if wanted.state == "reverted":
        return _plan_revert(ctx, wanted, machine, found, step)
    if wanted.state == "absent":
        return step if found is None else _plan_delete(ctx, wanted, machine, found, step)
    if found is None:
        refuse_saved(ctx, machine)
        return plan_take(ctx, wanted, machine, step)
    return _plan_same(ctx, wanted, machine, found, step)


def _plan_same(
    ctx: Context,
    wanted: WantedSnapshot,
    machine: Machine,
    found: _snapshot.Snapshot,
    step: Step,
) -> Step:
    """A snapshot that is there is never taken anew: only its description can change."""
    facts = _snapshot.snapshot_facts(found, machine.snapshots)
    said: dict[str, Any] = {"kind": None if wanted.kind == "auto" else wanted.kind}
    if wanted.disks is not None:
        said["disks"] = sorted(_chosen(wanted.disks, machine.disks(), found))
    if found.machine_state != "stopped":
        said["memory"] = wanted.memory
    other = [key for key, value in said.items() if value is not None and value != facts[key]]
    if other:
        raise FuyajoError(
            f"the snapshot {found.name} of {machine.name} exists, with {other[0]} {facts[other[0]]}; "
            "remove it first or take another name",
            CONFLICT,
        )
    text = wanted.description
    if text is not None and text != (found.description or None):
        step.changes = [Change("description", found.description, text)]
        step.apply = lambda done: _describe(ctx, machine, found, text, done)
    return step


def _chosen(
    names: list[str], disks: dict[str, _snapshot.DiskSeen], found: _snapshot.Snapshot
) -> set[str]:
    every = {**disks, **found.frozen}
    by_name = {name: target for target, seen in every.items() for name in seen.names}
    return {by_name.get(name, name) for name in names}


def _describe(
    ctx: Context, machine: Machine, found: _snapshot.Snapshot, text: str, step: Step
) -> None:
    xml = _snapshot.described(found.text, text)
    ctx.host.redefine_snapshot(machine.handle, xml, found.current)
    step.actions.append("describe snapshot")


def _plan_delete(
    ctx: Context,
    wanted: WantedSnapshot,
    machine: Machine,
    found: _snapshot.Snapshot,
    step: Step,
) -> Step:
    """Deleting a snapshot keeps what the machine's disks hold now, and what others recorded."""
    names = _snapshot.descendants(machine.snapshots, found.name) if wanted.children else []
    doomed = [s for n in (*names, found.name) for s in [machine.find(n)] if s is not None]
    for each in doomed:
        if each.kind == _snapshot.EXTERNAL:
            refuse_saved(ctx, machine)
            _layers.refuse_bound(ctx, machine, each)
    step.changes = [Change("state", "present", "absent", DESTROY)]
    if names:
        step.changes.append(Change("children", sorted(names), [], DESTROY))
    step.apply = lambda done: _delete(ctx, machine, doomed, done)
    return step


def _delete(ctx: Context, machine: Machine, doomed: list[_snapshot.Snapshot], step: Step) -> None:
    for each in doomed:
        external = each.kind == _snapshot.EXTERNAL
        if external:
            _layers.drop(ctx, machine.handle, each.name, step)
        ctx.host.delete_snapshot(machine.handle, each.name, forget=external)
        step.actions.append(f"delete snapshot {each.name}")


def _plan_revert(
    ctx: Context,
    wanted: WantedSnapshot,
    machine: Machine,
    found: _snapshot.Snapshot | None,
    step: Step,
) -> Step:
    """Going back always changes something: what the disks hold now cannot be compared cheaply."""
    if found is None:
        raise FuyajoError(
            f"the machine {machine.name} has no snapshot {wanted.name!r:.80}", NOT_FOUND
        )
    if found.kind == _snapshot.EXTERNAL:
        _layers.refuse_lost(ctx, machine, found)
    elif any(s.kind == _snapshot.EXTERNAL for s in machine.snapshots):
        raise FuyajoError(
            f"{found.name} is an internal snapshot and {machine.name} has external ones as well: the "
            "file that holds it is not what the machine writes to; delete the external ones first",
            CONFLICT,
        )
    refuse_saved(ctx, machine)
    power = found.machine_state if wanted.power == "recorded" else wanted.power
    if power not in ("running", "paused"):
        power = "stopped"
    before = machine.state if machine.running else "stopped"
    step.changes = [Change("content", "current", found.name, DESTROY)]
    if machine.running or power != "stopped":
        step.changes.append(Change("state", before, power, STOP if machine.running else LIVE))
    step.apply = lambda done: _revert(ctx, wanted, machine, found, power, done)
    return step


def _revert(
    ctx: Context,
    wanted: WantedSnapshot,
    machine: Machine,
    found: _snapshot.Snapshot,
    power: str,
    step: Step,
) -> None:
    host, handle = ctx.host, machine.handle
    if found.kind == _snapshot.EXTERNAL:
        _layers.go_back(ctx, machine, found, step)
        _keep_owner(ctx, machine)
        if power == "running":
            host.start(handle)
        elif power == "paused":
            host.start_paused(handle)
    else:
        host.revert_snapshot(handle, found.name, power, wanted.force)
        if power == "stopped":
            host.destroy(handle)
        _keep_owner(ctx, machine)
    step.actions.append(f"revert to {found.name}")


def _keep_owner(ctx: Context, machine: Machine) -> None:
    """Write what we know about the machine now into the definition that came back.

    Whose it is and how it is marked is no part of its past. The ports are, they are in its cards, and so
    is what was configured inside: a mark of what the disks no longer hold would never be made true.
    """
    known = machine.document.meta
    if known is None:
        return
    came = _domain.parse_domain(ctx.host.domain_xml(machine.handle)).meta or _domain.Meta()
    known.forwards, known.configured = came.forwards, came.configured
    if known != came:
        ctx.host.set_meta(machine.handle, known, True, ctx.host.is_active(machine.handle))


KIND = Kind("snapshot", "snapshots", 60, parse_snapshot, plan_snapshot)
