# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Removing a machine: what goes with it, and above all what stays.

libvirt and its incumbents delete by what a definition mentions, install CDs included. Here a file goes
only when its name says that it was made for this machine, in our own pool, and nobody else needs it.
"""

from __future__ import annotations

import re

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import NAME
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    DESTROY,
    LIVE,
    STOP,
    Change,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import unfinished as _unfinished
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_found import Found
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

_DATA = re.compile(rf"(?P<vm>[^.]+)\.(?P<disk>{NAME.pattern})\.(?:qcow2|raw)", re.ASCII)
# The layers that snapshots of a machine left: what the snapshot was called, a target, maybe a number.
_LAYER = re.compile(r"(?P<vm>[^.]+)\.[^/]+\.[vsh]d[a-z]{1,2}(?:\.[0-9]{1,6})?\.qcow2", re.ASCII)
_BASE = re.compile(r"base-[0-9a-f]{16}\.qcow2", re.ASCII)


def plan_absent(
    ctx: Context, vm: WantedVm, found: Found, left: _unfinished.Unfinished | None = None
) -> Step:
    """Return the step that removes a machine; its disks stay unless that was said.

    Those of an unfinished machine (``left``) always go: nothing ever wrote to them.
    """
    step = Step("vm", vm.name, found.document.uuid)
    step.facts = found.facts(ctx)
    step.read = lambda: ctx.host.vm_facts(found.handle)
    effect = STOP if found.running else LIVE
    step.changes = [Change("state", found.state, "absent", effect)]
    if left is not None:
        _tell(vm, sorted(ctx.volumes & set(left.volumes)), step)
        step.apply = lambda done: _remove_unfinished(ctx, found, left, done)
        return step
    volumes = removable(ctx, vm, [found.xml, found.live_xml or found.xml])
    _tell(vm, volumes, step)
    step.apply = lambda done: _remove(ctx, found, volumes, done)
    return step


def _remove_unfinished(
    ctx: Context, found: Found, left: _unfinished.Unfinished, step: Step
) -> None:
    with _unfinished.claimed(ctx, left.name, left):
        if found.running:
            # Not by us: somebody started it by hand.
            ctx.host.destroy(found.handle)
            step.actions.append("destroy")
        _unfinished.clear(ctx, left, step)


def plan_leftovers(ctx: Context, vm: WantedVm) -> Step:
    """Return the step that clears what a machine of that name left behind."""
    step = Step("vm", vm.name)
    volumes = removable(ctx, vm, [])
    if volumes:
        _tell(vm, volumes, step)
        step.apply = lambda done: _delete(ctx, volumes, done)
    return step


def removable(ctx: Context, vm: WantedVm, documents: list[str]) -> list[str]:
    """Return the volumes that go with a machine, whose XML is ``documents`` (none when it is gone).

    The seed always goes: it can be made again. The rest goes with ``remove_storage`` only. Of a machine
    that is gone data disks stay: nobody knows any more whether one was meant for several machines.
    """
    data = bool(documents)
    shared = set().union(*(_not_its_own(text) for text in documents))
    seed = _storage.seed_name(vm.name)
    chosen = {
        v for v in ctx.volumes if v == seed or (vm.remove_storage and _made_for(vm.name, v, data))
    }
    chosen = {v for v in chosen if v == seed or ctx.path_of(v) not in shared}
    users = {volume: set(ctx.users_of(volume, but=vm.name)) for volume in chosen}
    while True:
        # What lies on top of another one that goes as well is no reason to keep that.
        kept = {volume for volume in chosen if users[volume] - chosen}
        if not kept:
            return sorted(chosen)
        chosen -= kept


def _made_for(name: str, volume: str, data: bool) -> bool:
    if _BASE.fullmatch(volume):
        return False
    if volume == _storage.disk_name(name):
        return True
    layer = _LAYER.fullmatch(volume)
    if layer is not None and layer["vm"] == name:
        return True
    match = _DATA.fullmatch(volume)
    # NAME.vol.qcow2 is the stand-alone volume NAME, whatever machine has the same name.
    return data and match is not None and match["vm"] == name and match["disk"] != "vol"


def _not_its_own(text: str) -> set[str]:
    """Return the files of CD drives and of disks that are meant for several machines."""
    found: set[str] = set()
    for disk in _xml.load(text).findall("devices/disk"):
        if disk.get("device", "disk") != "disk" or disk.find("shareable") is not None:
            source = disk.find("source")
            found |= set() if source is None else {source.get("file") or source.get("dev") or ""}
    return found


def _tell(vm: WantedVm, volumes: list[str], step: Step) -> None:
    if volumes:
        data = [volume for volume in volumes if volume != _storage.seed_name(vm.name)]
        step.changes.append(Change("volumes", volumes, [], DESTROY if data else LIVE))


def _remove(ctx: Context, found: Found, volumes: list[str], step: Step) -> None:
    if found.state != "stopped":
        ctx.host.destroy(found.handle)
        step.actions.append("destroy")
    ctx.host.undefine(found.handle)
    step.actions.append("undefine")
    _delete(ctx, volumes, step)


def _delete(ctx: Context, volumes: list[str], step: Step) -> None:
    for volume in volumes:
        ctx.delete_volume(volume, step)
