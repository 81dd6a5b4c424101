# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was said about a machine against what was found, both in the words of the options."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change, diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    FAILED,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import (
    data_disks,
    projection,
    root_disk,
    settle,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_found import Found
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_options import (
    gib,
    wanted_options,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

# Lists whose elements have names: each element is a change of its own.
_NAMED = ("disks", "media", "shares")


def found_options(ctx: Context, vm: WantedVm, found: Found) -> dict[str, Any]:
    """Return what the machine is; of what costs a question, only what ``vm`` is about."""
    now = projection(found.document, _sizes(ctx, vm, found))
    root = root_disk(found.document)
    now["disk_gib"] = gib(found.bytes_of(ctx, root.path)) if root is not None else None
    if vm.autostart is not None:
        now["autostart"] = ctx.is_flagged("autostarted", found.uuid)
    return now


def _sizes(ctx: Context, vm: WantedVm, found: Found) -> dict[str, Any]:
    """Return {target: GiB} of the data disks that somebody says a size of.

    What nobody can measure counts as right: there is nothing that could be compared.
    """
    known = data_disks(found.document)
    sizes = {}
    for disk in vm.disks or ():
        if disk.size is not None and disk.name in known:
            size = found.bytes_of(ctx, known[disk.name].path)
            sizes[known[disk.name].dev] = gib(disk.size if size is None else size)
    return sizes


def wanted_values(
    ctx: Context, vm: WantedVm, found: Found, now: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what the machine is to be: only what was said, in the shape of ``found_options``."""
    said = {key: value for key, value in wanted_options(vm).items() if value is not None}
    wanted = settle(said, now, vm.exact_disks)
    metadata = {**vm.metadata, "environment": ctx.wanted.environment, "owner": ctx.wanted.owner}
    metadata = {key: value for key, value in metadata.items() if value is not None}
    wanted["metadata"] = {**now["metadata"], **metadata}
    wanted["forwards"] = _forwards(ctx, vm, found)
    wanted["disk_gib"] = _root_size(ctx, vm, found)
    return {key: value for key, value in wanted.items() if value is not None}


def changes_between(wanted: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """Return the differences, those of named elements one by one."""
    changes = []
    for key, after in wanted.items():
        if key in _NAMED:
            changes += _by_name(key, after, now.get(key) or [])
        else:
            changes += diff({key: after}, now)
    return changes


def _by_name(key: str, wanted: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[Change]:
    before = {each["name"]: each for each in found}
    after = {each["name"]: each for each in wanted}
    changes = []
    for name in [*before, *(name for name in after if name not in before)]:
        if name in before and name in after:
            changes += diff(after[name], before[name], prefix=f"{key}.{name}.")
        else:
            changes.append(Change(f"{key}.{name}", before.get(name), after.get(name)))
    return changes


def _root_size(ctx: Context, vm: WantedVm, found: Found) -> int | float | None:
    if vm.disk is None:
        return None
    root = root_disk(found.document)
    size = found.bytes_of(ctx, root.path) if root is not None else None
    if root is None:
        raise FuyajoError(f"{vm.name} was made without a disk of its own; use disks", INVALID)
    if size is not None and vm.disk < size:
        raise FuyajoError(
            f"the disk of {vm.name} has {_units.format_bytes(size)}; it can only grow", INVALID
        )
    if size is None:
        raise FuyajoError(f"the size of the disk of {vm.name} cannot be found out", FAILED)
    return gib(vm.disk)


def _forwards(ctx: Context, vm: WantedVm, found: Found) -> list[dict[str, int]] | None:
    """Return the wanted forwards; a port that was chosen once is kept."""
    if vm.forwards is None:
        return None
    if vm.nics is None and vm.forwards and not _domain.has_user_net(found.document):
        raise FuyajoError(f"{vm.name} has no nic on the network 'user' to forward to", INVALID)
    meta = found.document.meta or _domain.Meta()
    kept = {f.guest: f.host for f in meta.forwards}
    result = []
    for each in vm.forwards:
        host = each.host or kept.get(each.guest) or ctx.port_for(vm.name, each.guest)
        if each.host and each.host not in kept.values():
            ctx.reserve(each.host)
        result.append({"guest": each.guest, "host": host})
    return sorted(result, key=lambda f: f["guest"])
