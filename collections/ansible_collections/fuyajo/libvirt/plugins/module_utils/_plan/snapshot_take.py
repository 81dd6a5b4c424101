# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a snapshot: which kind is possible, and the overlays of an external one."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import (
    Machine,
    WantedSnapshot,
    volume_of,
)


def plan_take(ctx: Context, wanted: WantedSnapshot, machine: Machine, step: Step) -> Step:
    """Return the step that takes a snapshot; raises when it could not work."""
    writable = {t: seen for t, seen in machine.disks().items() if seen.writable and seen.path}
    disks = _choose(wanted, machine, writable)
    kind = _kind(ctx, wanted, machine, disks, len(disks) == len(writable))
    if wanted.quiesce:
        _refuse_no_agent(machine, kind)
    memory = kind == _snapshot.INTERNAL and machine.running
    after = {"state": "present", "kind": kind, "disks": sorted(disks), "memory": memory}
    if wanted.description is not None:
        after["description"] = wanted.description
    step.changes = diff(after, {"state": "absent"})
    step.apply = lambda done: _take(ctx, wanted, machine, kind, disks, done)
    return step


def _choose(
    wanted: WantedSnapshot, machine: Machine, writable: dict[str, _snapshot.DiskSeen]
) -> dict[str, _snapshot.DiskSeen]:
    if not writable:
        raise FuyajoError(f"{machine.name} has no disk that a snapshot could be taken of", INVALID)
    if wanted.disks is None:
        return writable
    chosen, unknown = {}, []
    for name in wanted.disks:
        hits = [t for t, seen in writable.items() if name == t or name in seen.names]
        if hits:
            chosen[hits[0]] = writable[hits[0]]
        else:
            unknown.append(name)
    if unknown:
        raise FuyajoError(
            f"{machine.name} has no writable disk {', '.join(ascii(u) for u in unknown)}; "
            f"it has {', '.join(sorted(writable))}",
            INVALID,
        )
    return chosen


def _kind(
    ctx: Context,
    wanted: WantedSnapshot,
    machine: Machine,
    disks: dict[str, _snapshot.DiskSeen],
    every: bool,
) -> str:
    why_not = {
        _snapshot.INTERNAL: _not_internal(wanted, machine, disks, every),
        _snapshot.EXTERNAL: _not_external(ctx, wanted, machine),
    }
    asked = [wanted.kind] if wanted.kind != "auto" else list(why_not)
    for kind in asked:
        if why_not[kind] is None:
            return kind
    reasons = "; ".join(f"no {kind} snapshot: {why_not[kind]}" for kind in asked)
    raise FuyajoError(f"{machine.name}: {reasons}", CONFLICT)


def _not_internal(
    wanted: WantedSnapshot,
    machine: Machine,
    disks: dict[str, _snapshot.DiskSeen],
    every: bool,
) -> str | None:
    """Return why a snapshot cannot be internal, or None."""
    raw = sorted(t for t, seen in disks.items() if seen.format != "qcow2")
    if any(s.kind == _snapshot.EXTERNAL for s in machine.snapshots):
        return "it has external ones, and the two kinds cannot be mixed"
    if raw:
        return f"{', '.join(raw)} is not qcow2"
    if _snapshot.uses_pflash(machine.xml):
        return "UEFI variables cannot be part of it"
    if not every:
        return "it has all disks that can be written"
    if machine.running and wanted.memory is False:
        return "of a running machine it has the memory as well"
    if wanted.quiesce:
        return "it cannot be quiesced"
    return None


def _not_external(ctx: Context, wanted: WantedSnapshot, machine: Machine) -> str | None:
    """Return why a snapshot cannot be external, or None."""
    if any(s.kind == _snapshot.INTERNAL for s in machine.snapshots):
        return "it has internal ones, and the two kinds cannot be mixed"
    if wanted.memory and machine.running:
        return "it does not hold the memory"
    if ctx.pool is None or not ctx.host.is_active(ctx.pool):
        return f"the pool {ctx.wanted.pool.name} for its overlays does not run"
    return None


def _refuse_no_agent(machine: Machine, kind: str) -> None:
    if not machine.running:
        raise FuyajoError(f"{machine.name} is off: there is nothing to quiesce", INVALID)
    if not _snapshot.agent_answers(machine.live_xml):
        raise FuyajoError(
            f"the guest agent of {machine.name} does not answer, so a {kind} snapshot cannot be "
            "quiesced: start qemu-guest-agent in the guest, or leave quiesce out",
            CONFLICT,
        )


def _take(
    ctx: Context,
    wanted: WantedSnapshot,
    machine: Machine,
    kind: str,
    disks: dict[str, _snapshot.DiskSeen],
    step: Step,
) -> None:
    made: list[Any] = []
    document = _snapshot.Snapshot(wanted.name, wanted.description)
    try:
        for target, seen in machine.disks().items():
            if target in disks:
                each = _snapshot.SnapDisk(target, kind)
                if kind == _snapshot.EXTERNAL:
                    path = new_layer(ctx, machine, wanted.name, seen, made, step)
                    each.type, each.format, each.path = "file", "qcow2", path
                document.disks.append(each)
            elif seen.device in ("disk", "lun"):
                document.disks.append(_snapshot.SnapDisk(target, "no"))
        xml = _snapshot.build_snapshot(document)
        external = kind == _snapshot.EXTERNAL
        ctx.host.take_snapshot(machine.handle, xml, external, wanted.quiesce)
        step.actions.append(f"take snapshot {wanted.name}")
    except BaseException:
        take_back(ctx, made, step)
        raise


def new_layer(
    ctx: Context,
    machine: Machine,
    name: str,
    below: _snapshot.DiskSeen,
    made: list[Any],
    step: Step,
) -> str:
    """Make an empty overlay on top of a file, note its handle in ``made``, and return its path."""
    path = below.path or ""
    size = ctx.host.disk_bytes(machine.handle, path)
    source = ctx.host.volume_at(path)
    if source is not None:
        size = ctx.host.volume_bytes(source)
    if size is None:
        raise FuyajoError(f"the size of {path} cannot be told", CONFLICT)
    taken = set(ctx.host.volume_handles(ctx.pool))
    volume = _storage.Volume(
        _snapshot.overlay_name(machine.name, name, below.target, taken),
        size,
        backing=_storage.Backing(path, below.format),
    )
    made.append(ctx.host.make_volume(ctx.pool, volume))
    step.actions.append(f"create {volume.name}")
    return ctx.path_of(volume.name)


def take_back(ctx: Context, made: list[Any], step: Step) -> None:
    """Delete the overlays that a failed call made."""
    for handle in reversed(made):
        name = volume_of(ctx, ctx.host.volume_path(handle))
        try:
            ctx.host.delete_volume(handle)
        except FuyajoError as error:
            step.actions.append(f"could not delete {name} again: {error}")
        else:
            step.actions.append(f"undo: create {name}")
