# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of machines: what one is to become, and whether that can be done safely."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import clone as _clone
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import snapshot as _snapshot
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change, diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.clone_make import (
    Copy,
    Recipe,
    make,
    nvram_files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.kind import Kind
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.ownership import (
    require_ownership,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.snapshot_want import (
    Machine,
    read_machine,
)

_STATES = ("present", "started")


@dataclass
class WantedClone:
    """A copy of a machine."""

    name: str
    source: str
    state: str = "present"
    linked: bool = False
    snapshot: str | None = None


def parse_clone(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedClone:
    """Return the checked form of the options of one clone."""
    name = check.name(f"{at}.name", raw.get("name"))
    source = check.name(f"{at}.source", raw.get("source"))
    if name and name == source:
        check.problem(f"{at}.name", "a machine cannot be its own clone")
    return WantedClone(
        name,
        source,
        check.choice(f"{at}.state", raw.get("state"), _STATES) or "present",
        bool(raw.get("linked")),
        check.text(f"{at}.snapshot", raw.get("snapshot"), optional=True),
    )


def plan_clone(ctx: Context, wanted: WantedClone) -> Step:
    """Return the step for one clone; reads only."""
    step = Step("vm", wanted.name)
    handle, left = ctx.domains.get(wanted.name), None
    if handle is not None:
        left = _cut_off(ctx, wanted, handle)
        if left is None:
            return _plan_existing(ctx, wanted, handle, step)
    source = ctx.domains.get(wanted.source)
    if source is None:
        raise FuyajoError(f"the machine {wanted.source} does not exist", NOT_FOUND)
    machine = read_machine(ctx, source)
    require_ownership(ctx, machine.document)
    _refuse_unsteady(ctx, wanted, machine)
    recipe = _recipe(ctx, wanted, machine, set(left.volumes) if left else set())
    recipe.left = left
    after = {
        "state": "running" if wanted.state == "started" else "stopped",
        "source": wanted.source,
        "snapshot": wanted.snapshot,
        "linked": wanted.linked,
        "volumes": sorted([c.volume for c in recipe.copies] + recipe.seeds),
        "forwards": [{"guest": f.guest, "host": f.host} for f in recipe.clone.forwards] or None,
        "metadata": {"owner": ctx.wanted.owner},
    }
    step.changes = diff(after, {"state": "absent" if left is None else "unfinished"})
    step.warnings = [
        f"{wanted.name} is without this of {wanted.source}: {each}"
        for each in _clone.dropped(machine.xml)
    ]
    step.apply = lambda done: make(ctx, recipe, done)
    return step


def _cut_off(ctx: Context, wanted: WantedClone, handle: Any) -> _unfinished.Unfinished | None:
    """Return the machine of that name when its cloning was cut off; None when it is complete."""
    xml = ctx.host.domain_xml(handle)
    document = _domain.parse_domain(xml)
    require_ownership(ctx, document)
    if _clone.origin(xml) != wanted.source:
        return None
    return _unfinished.unfinished(ctx, handle, document)


def _plan_existing(ctx: Context, wanted: WantedClone, handle: Any, step: Step) -> Step:
    xml = ctx.host.domain_xml(handle)
    document = _domain.parse_domain(xml)
    require_ownership(ctx, document)
    source = _clone.origin(xml)
    if source != wanted.source:
        what = "not a clone" if source is None else f"a clone of {source!r:.80}"
        raise FuyajoError(f"the machine {wanted.name} exists and is {what}", CONFLICT)
    step.uuid = document.uuid
    step.facts = ctx.host.vm_facts(handle)
    step.read = lambda: ctx.host.vm_facts(handle)
    state = step.facts["state"]
    if wanted.state == "started" and state != "running":
        step.changes = [Change("state", state, "running")]
        step.apply = lambda done: _start(ctx, handle, state, done)
    return step


def _start(ctx: Context, handle: Any, state: str, step: Step) -> None:
    if state == "paused":
        ctx.host.resume(handle)
    else:
        ctx.host.start(handle)
    step.actions.append("resume" if state == "paused" else "start")


def _refuse_unsteady(ctx: Context, wanted: WantedClone, machine: Machine) -> None:
    """Raise when what is to be copied may change under the copying, or is not all on the disks."""
    if _clone.is_unfinished(machine.xml):
        raise FuyajoError(f"{machine.name} itself is not finished", CONFLICT)
    if wanted.snapshot is None and machine.running:
        raise FuyajoError(
            f"{machine.name} is {machine.state}, so its disks change while they are copied; stop it, or "
            "take an external snapshot with vm_snapshot and clone that with snapshot=NAME",
            CONFLICT,
        )
    if wanted.snapshot is None and ctx.host.has_saved_state(machine.handle):
        raise FuyajoError(
            f"{machine.name} has its memory saved, and its disks are only half of it; start and stop it",
            CONFLICT,
        )
    if ctx.pool is None or not ctx.host.is_active(ctx.pool):
        raise FuyajoError(f"the pool {ctx.wanted.pool.name} does not run", NOT_FOUND)


def _recipe(ctx: Context, wanted: WantedClone, machine: Machine, own: set[str]) -> Recipe:
    meta = machine.document.meta or _domain.Meta()
    forwards = [_domain.Forward(f.guest, 0, f.address) for f in meta.forwards if f.guest]
    recipe = Recipe(
        machine,
        _clone.Clone(
            wanted.name,
            ctx.wanted.owner,
            # Random, as for every machine: the name is the lock.
            str(uuid.uuid4()),
            machine.name,
            machine.document.uuid,
        ),
        start=wanted.state == "started",
    )
    _disks(ctx, wanted, machine, recipe)
    if recipe.seeds and not ctx.host.is_local:
        raise FuyajoError("a seed is written as a file: run this on the hypervisor", INVALID)
    left = {c.volume for c in recipe.copies} | set(recipe.seeds)
    left = (left & ctx.volumes) - own
    if left:
        raise FuyajoError(
            f"the pool {ctx.wanted.pool.name} already holds {' and '.join(sorted(left))}", CONFLICT
        )
    recipe.nvram = nvram_files(ctx, machine, wanted.name)
    recipe.clone.nvram = recipe.nvram[1] if recipe.nvram else None
    for each in forwards:
        each.host = ctx.port_for(wanted.name, each.guest)
    recipe.clone.forwards = forwards
    return recipe


def _disks(ctx: Context, wanted: WantedClone, machine: Machine, recipe: Recipe) -> None:
    """Say where every disk of the copy comes from."""
    layers = _layers(wanted, machine)
    seed = ctx.path_of(_storage.seed_name(machine.name))
    first = True
    for seen in _snapshot.disks_seen(machine.xml):
        if seen.path == seed:
            recipe.seeds.append(_storage.seed_name(wanted.name))
            recipe.seed_target = seen.target
        if not seen.writable:
            continue  # a CD, or a disk that is meant for several machines
        frozen = seen if layers is None else layers.get(seen.target)
        if frozen is None or not frozen.path:
            where = "is not a file" if layers is None else f"is not in {wanted.snapshot}"
            raise FuyajoError(f"the disk {seen.target} of {machine.name} {where}", INVALID)
        volume = _clone.volume_for(wanted.name, machine.name, seen, first)
        if frozen.format != seen.format:
            volume = _clone.volume_for(wanted.name, machine.name, frozen, first)
        recipe.copies.append(_copy(ctx, wanted, frozen, volume))
        first = False


def _layers(wanted: WantedClone, machine: Machine) -> dict[str, _snapshot.DiskSeen] | None:
    if wanted.snapshot is None:
        return None
    found = machine.find(wanted.snapshot)
    if found is None:
        raise FuyajoError(
            f"the machine {machine.name} has no snapshot {wanted.snapshot!r:.80}", NOT_FOUND
        )
    if found.kind != _snapshot.EXTERNAL:
        raise FuyajoError(
            f"{found.name} is an internal snapshot of {machine.name}: what it holds cannot be read while "
            "the disk is in use; revert to it first, or take an external one",
            CONFLICT,
        )
    return found.layers()


def _copy(ctx: Context, wanted: WantedClone, seen: _snapshot.DiskSeen, volume: str) -> Copy:
    source = ctx.host.volume_at(seen.path or "")
    if source is None:
        raise FuyajoError(f"{seen.path} is in no pool that runs, so it cannot be copied", CONFLICT)
    copy = Copy(seen.target, source, seen.path or "", seen.format, volume)
    if not wanted.linked:
        return copy
    copy.format = "qcow2"
    copy.volume = volume if volume.endswith(".qcow2") else f"{wanted.name}.{seen.target}.qcow2"
    if wanted.snapshot is not None:
        # Frozen for as long as the snapshot exists, and vm_snapshot keeps it while a clone needs it.
        copy.on_top = _storage.Backing(seen.path or "", seen.format)
        return copy
    copy.shares = _storage.parse_volume(ctx.host.volume_xml(source)).backing
    if copy.shares is None:
        raise FuyajoError(
            f"the disk {seen.target} of {wanted.source} lies on no image that a clone could share; take an "
            "external snapshot and clone that with snapshot=NAME, or make a full clone",
            CONFLICT,
        )
    return copy


KIND = Kind("vm", "clones", 55, parse_clone, plan_clone)
