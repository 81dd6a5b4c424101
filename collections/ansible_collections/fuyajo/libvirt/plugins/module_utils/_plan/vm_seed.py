# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud-init seed of a machine that exists: rewritten when what it says changes, else left alone."""

from __future__ import annotations

import uuid

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed_read as _seed_read
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import (
    LIVE,
    RESTART,
    Change,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import is_seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_devices import free_target
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_found import Found
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import WantedVm

# A seed is some kilobytes; whatever is larger is not one of ours.
_MOST = 1 << 22


def plan_seed(ctx: Context, vm: WantedVm, found: Found) -> tuple[Change, bytes] | None:
    """Return (what differs, the new seed), or None when nobody asked or the seed says that already.

    The instance-id of the seed that is there is kept: with a new one cloud-init takes the machine for
    another one, and gives it new host keys. The change shows names of keys, never what they hold.
    """
    if vm.cloud_init is None:
        return None
    if not ctx.host.is_local:
        raise FuyajoError("a seed is a file of the host: run this on the hypervisor", INVALID)
    old = _files.read_file(ctx.path_of(_storage.seed_name(vm.name)), _MOST) or b""
    instance = _seed_read.instance_of(old) or found.uuid
    if old and _seed_read.same_seed(old, vm.name, instance, vm.cloud_init):
        return None
    if vm.cloud_init.get("rerun"):
        instance = str(uuid.uuid4())
    new = _seed.seed_image(vm.name, instance, vm.cloud_init)
    before = _seed_read.seed_keys(old, new) if old else None
    effect = RESTART if found.running else LIVE
    return Change("cloud_init", before, _seed_read.seed_keys(new, old), effect), new


def write_seed(ctx: Context, vm: WantedVm, data: bytes, step: Step) -> None:
    """Write a seed as a whole; one that is not there yet becomes a volume first."""
    name = _storage.seed_name(vm.name)
    if name not in ctx.volumes:
        volume = _storage.Volume(name, len(data), format="raw", mode="0600")
        ctx.host.make_volume(ctx.pool, volume)
        ctx.volumes.add(name)
    _files.replace_file(ctx.path_of(name), data, 0o600)
    step.actions.append(f"write {name}")


def has_seed(document: _domain.Domain) -> bool:
    """Say whether a machine has a seed to look at."""
    return any(is_seed(document, disk) for disk in document.disks)


def seed_disk(ctx: Context, document: _domain.Domain) -> _domain.Disk:
    """Return the disk on which a machine finds its seed: cloud kernels come without CD drivers."""
    path = ctx.path_of(_storage.seed_name(document.name))
    target = free_target(document, "virtio")
    return _domain.Disk(path, target, format="raw", readonly=True)
