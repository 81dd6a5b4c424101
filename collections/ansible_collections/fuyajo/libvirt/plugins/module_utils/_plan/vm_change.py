# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing a machine that exists: its definition, what runs, its power."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    LIVE,
    RESTART,
    STOP,
    Change,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.live import Way
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_live as _live
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_power as _power
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import waits as _waits
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.ownership import (
    require_ownership,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_diff import (
    changes_between,
    found_options,
    wanted_values,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_edit import Edit, Wish
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_edit_all import edit_for
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_found import Found, read
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_make import (
    plan_make,
    volumes_of_this_call,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_remove import (
    plan_absent,
    plan_leftovers,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_write import (
    grow_disks,
    made_volumes,
    write_definition,
    write_texts,
)

_RESTARTS_FOR = ("present", "started", "restarted", "paused")


@dataclass
class Update:
    """Everything that is to be done to one machine that exists."""

    vm: WantedVm
    found: Found
    edit: Edit
    xml: str
    route: Way
    seed: bytes | None = None
    goal: str | None = None
    restart: bool = False
    root_bytes: int | None = None
    autostart: bool | None = None
    transient: bool = False
    paths: set[str] = field(default_factory=set)

    @property
    def redefines(self) -> bool:
        """True when the definition is written anew."""
        return self.xml != self.found.xml or self.transient


def plan_vm(ctx: Context, vm: WantedVm) -> Step:
    """Return the step for one machine; reads only."""
    handle = ctx.domains.get(vm.name)
    if handle is None:
        return plan_leftovers(ctx, vm) if vm.state == "absent" else plan_make(ctx, vm)
    found = read(ctx, handle)
    _refuse_foreign(ctx, vm, found)
    left = _unfinished.unfinished(ctx, handle, found.document)
    if vm.state == "absent":
        return plan_absent(ctx, vm, found, left)
    if left is not None:
        return plan_make(ctx, vm, left)
    return _plan_update(ctx, vm, found)


def _refuse_foreign(ctx: Context, vm: WantedVm, found: Found) -> None:
    identity = found.document.uuid
    if vm.uuid is not None and vm.uuid != identity:
        raise FuyajoError(f"the machine {vm.name} is {identity}, not {vm.uuid}", CONFLICT)
    require_ownership(ctx, found.document)


def _plan_update(ctx: Context, vm: WantedVm, found: Found) -> Step:
    step = Step("vm", vm.name, found.document.uuid, facts=found.facts(ctx))
    step.read = lambda: ctx.host.vm_facts(found.handle)
    now = found_options(ctx, vm, found)
    wanted = wanted_values(ctx, vm, found, now)
    step.changes = changes_between(wanted, now)
    differing = {key: wanted[key] for key in wanted if wanted[key] != now.get(key)}
    edit = edit_for(Wish(ctx, vm, found, differing, now))
    xml = edit.xml_for(found)
    update = Update(vm, found, edit, xml, _live.way_to(found, xml, edit.document))
    _plan_more(ctx, update, step)
    _plan_power(ctx, update, step)
    update.root_bytes = vm.disk if "disk_gib" in differing else None
    update.autostart = vm.autostart if "autostart" in differing else None
    update.paths = {change.path for change in step.changes}
    step.needs = _needs(ctx, update)
    if step.changes:
        step.apply = lambda done: _update_alone(ctx, update, done)
    step.wait = _waits.waiter(ctx, vm, step)
    return step


def _needs(ctx: Context, update: Update) -> list[tuple[str, str]]:
    """Return the objects of this call that must be there first."""
    needs = [("pool", ctx.wanted.pool.name)] if update.edit.volumes or update.seed else []
    made = volumes_of_this_call(ctx)
    needs += [("volume", made[d.volume]) for d in update.vm.disks or () if d.volume in made]
    listed = {network.name for network in ctx.wanted.of("networks")}
    return needs + [("network", name) for name in update.vm.networks or () if name in listed]


def _plan_more(ctx: Context, update: Update, step: Step) -> None:
    """Add what is not a comparison of documents: the seed, and a definition that got lost."""
    seed = _seed.plan_seed(ctx, update.vm, update.found)
    if seed is not None:
        step.changes.append(seed[0])
        update.seed = seed[1]
        if update.found.running:
            update.route.restart.add(("cloud_init", ""))
        if not _seed.has_seed(update.found.document):
            update.edit.document.disks.append(_seed.seed_disk(ctx, update.edit.document))
            update.xml = update.edit.xml_for(update.found)
    if update.found.running and ctx.is_flagged("transients", update.found.uuid):
        update.transient = True
        step.changes.append(Change("persistent", False, True))


def _plan_power(ctx: Context, update: Update, step: Step) -> None:
    """Say what each change takes, and what becomes of the machine."""
    vm, found, route = update.vm, update.found, update.route
    documents = (found.document, update.edit.document)
    waits = bool(route.restart)
    if found.running:
        step.changes = _live.with_effects(step.changes, route, *documents)
        # Nothing of ours to do, but somebody's definition has not reached what runs yet.
        waits = waits or (not step.changes and not route.is_there)
    elif update.redefines and ctx.host.has_saved_memory(found.handle):
        # The saved machine comes back with the hardware of that time.
        waits = True
        step.changes = [Change(c.path, c.before, c.after, RESTART) for c in step.changes]
    goal = _power.target(vm.state, found.state)
    can_restart = ctx.wanted.allow_restart and vm.state in _RESTARTS_FOR
    update.restart = found.running and (vm.state == "restarted" or (waits and can_restart))
    update.goal = _goal(vm, found) if update.restart else goal
    if goal is not None and not update.restart:
        effect = STOP if found.running and goal != "running" else LIVE
        step.changes.insert(0, Change("state", found.state, goal, effect))
    if update.restart:
        step.changes.append(Change("restart", False, True, STOP))
    step.restart_required = waits and not update.restart and update.goal != "stopped"


def _goal(vm: WantedVm, found: Found) -> str:
    """Return what a machine that is restarted comes back as."""
    wanted = _power.TARGETS.get(vm.state)
    if wanted is not None:
        return wanted
    return "paused" if found.state == "paused" else "running"


def _update_alone(ctx: Context, update: Update, step: Step) -> None:
    # Writing a definition compares it by itself; what is done before that, or instead, must not be in vain.
    first = not update.redefines or bool(update.edit.volumes or update.seed)
    xml = update.found.xml if first else None
    with _unfinished.alone(ctx, update.found.handle, update.vm.name, xml):
        _update(ctx, update, step)


def _update(ctx: Context, update: Update, step: Step) -> None:
    found, state = update.found, update.found.state
    grace = 0 if update.vm.force_off else ctx.wanted.shutdown_timeout
    stops = update.restart or (update.goal == "stopped" and state != "stopped")
    # The definition comes first: what libvirt does not accept must not cost anybody a running machine.
    with made_volumes(ctx, update.edit, step):
        if update.seed is not None and not _seed.has_seed(found.document):
            _seed.write_seed(ctx, update.vm, update.seed, step)
        write_definition(ctx, found, update.xml if update.redefines else None, step)
    if stops:
        _power.turn_off(ctx, found.handle, state, grace, step)
        state = "stopped"
    _write(ctx, update, state, step)
    if found.running and not stops:
        if "memory_mib" not in update.paths:
            # What the balloon holds is no difference by itself: a guest may not have a driver.
            update.route.memory_mib = None
        _live.walk(ctx, found, update.route, step)
    if update.goal in ("running", "paused") and state != update.goal:
        _power.turn_on(ctx, found.handle, state, str(update.goal), step)
    if found.running and not stops and update.redefines:
        _tell_what_waits(ctx, update, step)


def _write(ctx: Context, update: Update, state: str, step: Step) -> None:
    """Write everything that outlives the next start."""
    found = update.found
    active = state not in _power.OFF
    if update.seed is not None and _seed.has_seed(found.document):
        _seed.write_seed(ctx, update.vm, update.seed, step)
    if update.seed is not None and active:
        meta = update.edit.document.meta or _domain.Meta(owner=ctx.wanted.owner)
        # Any word that was not there before: it says nothing about what the seed holds.
        meta = replace(meta, seed=uuid.uuid4().hex[:16])
        update.edit.document.meta = meta
    write_texts(ctx, found, update.edit.document, active, step)
    if update.autostart is not None:
        ctx.host.set_autostart(found.handle, update.autostart)
        step.actions.append("set autostart")
    grow_disks(ctx, found, update.edit, update.root_bytes, active, step)


def _tell_what_waits(ctx: Context, update: Update, step: Step) -> None:
    """Look at what came of it: a guest may have kept what it was asked to give back."""
    now = read(ctx, update.found.handle, fresh=True)
    now.sizes.update(update.found.sizes)
    step.read = lambda: now.facts(ctx)
    left = _live.way_to(now, now.xml, now.document)
    # What could be done now and was not, was tried and refused.
    left.restart |= {(move.group, move.key) for move in left.moves}
    left.restart |= {("cpus", "")} if left.cpus is not None else set()
    step.restart_required = bool(left.restart)
    documents = (update.found.document, update.edit.document)
    keep = ("state", "restart", "persistent", "cloud_init")
    kept = [change for change in step.changes if change.path in keep]
    told = [change for change in step.changes if change.path not in keep]
    retold = iter(_live.with_effects(told, left, *documents))
    step.changes = [each if each in kept else next(retold) for each in step.changes]


__all__ = ["plan_vm"]
