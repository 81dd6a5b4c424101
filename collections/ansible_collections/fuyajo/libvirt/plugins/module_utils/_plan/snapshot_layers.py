# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers of external snapshots: merged when one is deleted, topped anew when one is gone back to.

libvirt learned both only step by step (8.x, 9.0, 9.9), and not for forks. Here they are done on every
version in the same way, in an order that leaves a machine startable, with the right content, wherever
it is cut off: data is copied first, then names change, and files that nobody names go last.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    qemu_layers as _layers_tool,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_take import (
    new_layer,
    take_back,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import (
    Machine,
    foreign_users,
    read_machine,
    volume_of,
)


@dataclass
class Pile:
    """The files of one pool, and what lies below each: {path: Backing or None}."""

    below: dict[str, _storage.Backing | None]

    def tops(self, path: str) -> list[str]:
        """Return the files that lie directly on top of one."""
        return sorted(p for p, b in self.below.items() if b is not None and b.path == path)

    def chain(self, path: str) -> list[str]:
        """Return a file and everything below it, as far as the pool reaches."""
        found: list[str] = []
        while path not in found:
            found.append(path)
            backing = self.below.get(path)
            if backing is None:
                break
            path = backing.path
        return found


def read_pile(ctx: Context, fresh: bool = True) -> Pile:
    """Return the layers as they are now."""
    if fresh:
        # libvirt remembers what lies below a volume; only this makes it look again.
        ctx.host.refresh_pool(ctx.pool)
    below: dict[str, _storage.Backing | None] = {}
    for handle in ctx.host.volume_handles(ctx.pool).values():
        volume = _storage.parse_volume(ctx.host.volume_xml(handle))
        below[volume.path or ""] = volume.backing
    return Pile(below)


def refuse_bound(ctx: Context, machine: Machine, snapshot: _snapshot.Snapshot) -> None:
    """Raise when deleting an external snapshot would change or take what others need."""
    if ctx.pool is None or not ctx.host.is_active(ctx.pool):
        raise FuyajoError(f"the pool {ctx.wanted.pool.name} does not run", CONFLICT)
    pile = read_pile(ctx, fresh=False)
    for seen in snapshot.layers().values():
        base = seen.path or ""
        for path in (base, *pile.tops(base)):
            users = foreign_users(ctx, machine, path)
            if users:
                raise FuyajoError(
                    f"the snapshot {snapshot.name} of {machine.name} is needed by "
                    f"{', '.join(users)}; remove that first",
                    CONFLICT,
                )
        tops = pile.tops(base)
        alone = len(tops) < 2 and all(len(pile.tops(top)) < 2 for top in tops)
        if not (machine.running and alone):
            _tool(ctx)


def _tool(ctx: Context) -> ModuleType:
    """Return QEMU's tool for layers; raises where it would look at files of another host."""
    if not ctx.host.is_local:
        raise FuyajoError(
            "layers that no machine writes to are merged as files: run this on the hypervisor",
            INVALID,
        )
    return _layers_tool


def refuse_lost(ctx: Context, machine: Machine, snapshot: _snapshot.Snapshot) -> None:
    """Raise when an external snapshot cannot be gone back to."""
    if ctx.pool is None or not ctx.host.is_active(ctx.pool):
        raise FuyajoError(f"the pool {ctx.wanted.pool.name} does not run", CONFLICT)
    if not snapshot.layers() or snapshot.memory == _snapshot.EXTERNAL:
        raise FuyajoError(
            f"the snapshot {snapshot.name} of {machine.name} has memory or disks outside of files, which "
            "was not made here and cannot be gone back to",
            CONFLICT,
        )
    for target, seen in snapshot.layers().items():
        if ctx.host.volume_at(seen.path or "") is None:
            raise FuyajoError(
                f"{seen.path}, which holds {target} of {snapshot.name}, is gone", NOT_FOUND
            )


def drop(ctx: Context, handle: Any, name: str, step: Step) -> None:
    """Merge the layers that an external snapshot kept apart; libvirt's record of it stays."""
    found = read_machine(ctx, handle).find(name)
    for target in sorted(found.layers()) if found is not None else ():
        # Read anew for every disk: the one before may have changed names of layers.
        machine = read_machine(ctx, handle)
        snapshot = machine.find(name)
        if snapshot is not None:
            _drop_layer(ctx, machine, snapshot, target, step)
    left = read_machine(ctx, handle).find(name)
    if left is not None:
        ctx.host.redefine_snapshot(handle, _snapshot.unlinked(left), left.current)


def _drop_layer(
    ctx: Context, machine: Machine, snapshot: _snapshot.Snapshot, target: str, step: Step
) -> None:
    frozen, pile = snapshot.layers()[target], read_pile(ctx)
    base = frozen.path or ""
    others = [s for s in machine.snapshots if s.name != snapshot.name]
    named = {seen.path for s in others for seen in s.layers().values()}
    active = machine.disks().get(target)
    writes_to = active.path if active is not None and active.path else ""
    if base in named or base == writes_to:
        # An earlier call was cut off after its merge, or somebody else made it so: nothing to part with.
        return
    tops = pile.tops(base)
    if not tops:
        _delete(ctx, machine, base, step)
        return
    chain = pile.chain(writes_to)
    keep = next((top for top in tops if top in chain), tops[0])
    lower = pile.below.get(base)
    for other in tops:
        if other != keep:
            _refuse_unknown_base(base, pile)
            _tool(ctx).lift(other, lower.path if lower else None, lower.format if lower else "")
            step.actions.append(f"copy into {volume_of(ctx, other)}")
    _merge(ctx, machine, target, keep, frozen, step)


def _refuse_unknown_base(base: str, pile: Pile) -> None:
    if base not in pile.below:
        raise FuyajoError(
            f"{base} is outside of the pool, so what is below it is not known", CONFLICT
        )


def _merge(
    ctx: Context, machine: Machine, target: str, top: str, base: _snapshot.DiskSeen, step: Step
) -> None:
    """Bring a layer's content into the one below, let everything name that one, and delete the layer."""
    path = base.path or ""
    if machine.running and top in _live_files(machine, target):
        ctx.host.merge_live(machine.handle, target, top, path)
    else:
        _tool(ctx).commit(top)
    step.actions.append(f"merge {volume_of(ctx, top)}")
    for snapshot in machine.snapshots:
        if any(t == target and seen.path == top for t, seen in snapshot.frozen.items()):
            text = _snapshot.repointed(snapshot.text, target, path, base.format)
            ctx.host.redefine_snapshot(machine.handle, text, snapshot.current)
    for above in read_pile(ctx).tops(top):
        _tool(ctx).rename_below(above, path, base.format)
    _point_next_start(ctx, machine, target, top, base)
    _delete(ctx, machine, top, step)


def _point_next_start(
    ctx: Context, machine: Machine, target: str, top: str, base: _snapshot.DiskSeen
) -> None:
    xml = ctx.host.domain_xml(machine.handle)
    disk = next((d for d in _snapshot.disks_seen(xml) if d.target == target), None)
    if disk is None or top not in _snapshot.layer_files(xml, target):
        return
    # Named as a layer further down, it only has to be forgotten: libvirt reads the chain itself.
    file = (base.path or "", base.format) if disk.path == top else (disk.path or "", disk.format)
    ctx.host.define(_snapshot.pointed(xml, {target: file}))


def _live_files(machine: Machine, target: str) -> list[str]:
    return _snapshot.layer_files(machine.live_xml, target)


def go_back(ctx: Context, machine: Machine, snapshot: _snapshot.Snapshot, step: Step) -> None:
    """Let the machine write to new layers on top of a snapshot's files; what it wrote to goes.

    The machine is off afterwards. Other snapshots keep what they recorded.
    """
    made: list[Any] = []
    layers, old = snapshot.layers(), machine.disks()
    try:
        files = {
            target: (new_layer(ctx, machine, snapshot.name, seen, made, step), "qcow2")
            for target, seen in sorted(layers.items())
        }
        then = _snapshot.machine_of(snapshot.text) or machine.xml
        xml = _snapshot.taken_back(then, machine.xml, files)
        if machine.running:
            ctx.host.destroy(machine.handle)
            step.actions.append("destroy")
        ctx.host.define(xml)
    except BaseException:
        take_back(ctx, made, step)
        raise
    ctx.host.redefine_snapshot(machine.handle, snapshot.text, current=True)
    for target in sorted(layers):
        if target in old and old[target].path:
            _discard(ctx, machine, old[target].path or "", step)


def _discard(ctx: Context, machine: Machine, path: str, step: Step) -> None:
    """Delete the layer that the machine wrote to until now, when nothing else needs it."""
    named = {seen.path for s in machine.snapshots for seen in s.layers().values()}
    if path in named or read_pile(ctx).tops(path) or foreign_users(ctx, machine, path):
        return
    _delete(ctx, machine, path, step)


def _delete(ctx: Context, machine: Machine, path: str, step: Step) -> None:
    """Delete a layer that nothing names any more, when it is a file of this machine in our pool."""
    volume = volume_of(ctx, path)
    if volume is not None and volume.startswith(f"{machine.name}."):
        ctx.delete_volume(volume, step)
    else:
        step.warnings.append(
            f"{path} is not needed any more; it is left, because we did not make it"
        )
