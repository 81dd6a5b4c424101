# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a new machine consists of: its document, and the volumes that have to be made for it."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import seed as _seed
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.devices import AGENT_CHANNEL
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import BOOT
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_devices as _devices
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import (
    USER,
    WantedDisk,
    WantedNic,
    WantedVm,
)

_SYSTEM_LOGS = "/var/log/libvirt/qemu"
_SESSION_LOGS = "~/.cache/libvirt/qemu/log"


@dataclass
class Recipe:
    """A machine that is to be made. ``chosen`` holds the guest ports whose host port we picked."""

    vm: WantedVm
    nics: list[WantedNic]
    forwards: list[_domain.Forward]
    chosen: set[int]


@dataclass
class Blueprint:
    """A machine before anything of it exists: its document, the volumes to make, the seed's bytes."""

    document: _domain.Domain
    volumes: list[_storage.Volume] = field(default_factory=list)
    seed: bytes | None = None


def cards(vm: WantedVm) -> list[WantedNic]:
    """Return the cards of a new machine. QEMU's own one is the last, because libvirt cannot place it."""
    nics = [WantedNic(USER)] if vm.nics is None else vm.nics
    return sorted(nics, key=lambda nic: nic.network == USER)


def blueprint(ctx: Context, recipe: Recipe) -> Blueprint:
    """Return everything a new machine consists of; reads, and makes nothing."""
    document = _document(ctx, recipe)
    plan = Blueprint(document)
    _add_root_disk(ctx, recipe.vm, plan)
    _add_seed(ctx, recipe.vm, plan)
    for disk in recipe.vm.disks or ():
        if disk.state == "present":
            _add_disk(ctx, recipe.vm, disk, plan)
    for medium in recipe.vm.media or ():
        document.disks.append(_devices.drive(document, medium))
    _devices.add_controllers(document)
    return plan


def _document(ctx: Context, recipe: Recipe) -> _domain.Domain:
    vm = recipe.vm
    platform = _defaults.platform_for(ctx.offer(), uefi=vm.firmware == "uefi")
    meta = _domain.Meta(forwards=recipe.forwards, **meta_values(ctx, vm))
    meta.tags = [_domain.Tag(tag) for tag in vm.tags or ()]
    memory, cpus = vm.memory or default_memory(vm), vm.cpus or _defaults.CPUS
    document = _domain.Domain(
        name=vm.name,
        # Random on purpose: with a computed one, of two simultaneous definitions the last one wins
        # silently. So the name is the lock.
        uuid=str(uuid.uuid4()),
        virt_type=platform.virt_type,
        arch=platform.arch,
        machine=vm.machine or platform.machine,
        cpu_mode="custom" if vm.cpu_model else vm.cpu_mode or platform.cpu_mode,
        cpu_model=vm.cpu_model,
        memory_mib=memory,
        # A ceiling that is no higher than the value is none.
        max_memory_mib=None if vm.max_memory == memory else vm.max_memory,
        cpus=cpus,
        max_cpus=None if vm.max_cpus == cpus else vm.max_cpus,
        title=vm.title,
        description=vm.description,
        meta=meta,
    )
    _add_hardware(ctx, vm, document)
    _devices.plug(document, ctx.wanted.owner, recipe.nics, recipe.forwards, ctx.offer().passt)
    return document


def default_memory(vm: WantedVm) -> int:
    """Return the memory of a new machine in MiB when nobody said."""
    return min(_defaults.MEMORY_MIB, vm.max_memory or _defaults.MEMORY_MIB)


def _add_hardware(ctx: Context, vm: WantedVm, document: _domain.Domain) -> None:
    if vm.firmware == "uefi":
        document.firmware = "efi"
        on = "yes" if vm.secure_boot else "no"
        # Said in both cases: otherwise libvirt takes the first firmware that it finds.
        document.firmware_features = [
            _domain.Feature(name, on) for name in ("enrolled-keys", "secure-boot")
        ]
    if vm.boot is not None:
        document.boot = [_domain.Boot(BOOT[each]) for each in vm.boot]
    elif any(each.boot_order for each in (*(vm.disks or ()), *(vm.nics or ()))):
        # libvirt allows either a list of kinds or numbers at devices.
        document.boot = []
    if vm.tpm:
        document.tpm = _devices.tpm(document)
    if vm.graphics == "vnc":
        document.graphics = [_domain.Graphics("vnc", "yes", _domain.LOOPBACK)]
    if vm.video not in (None, "none") or vm.graphics == "vnc":
        document.videos = [_domain.Video(vm.video or "vga")]
    if vm.serial_log:
        document.serial_log = log_file(ctx, vm.name)
    if vm.guest_agent is False:
        document.channels = [c for c in document.channels if c.name != AGENT_CHANNEL]
    document.shares = [_devices.share(each) for each in vm.shares or ()]
    _devices.share_memory(document)
    document.host_devices = [_devices.host_device(each) for each in vm.host_devices or ()]


def log_file(ctx: Context, name: str) -> str:
    """Return where a machine's serial console is written to: where libvirt's own logs are rotated."""
    if ctx.host.uri.endswith("/system"):
        return f"{_SYSTEM_LOGS}/{name}.serial.log"
    if not ctx.host.is_local:
        raise FuyajoError(f"{name}: serial_log needs qemu:///system or a local libvirt", INVALID)
    return f"{os.path.expanduser(_SESSION_LOGS)}/{name}.serial.log"


def meta_values(ctx: Context, vm: WantedVm) -> dict[str, Any]:
    """Return what a new machine's metadata says."""
    values: dict[str, Any] = {"owner": ctx.wanted.owner, "environment": ctx.wanted.environment}
    values.update(vm.metadata)
    return values


def _add_root_disk(ctx: Context, vm: WantedVm, plan: Blueprint) -> None:
    if vm.image is None and vm.disk is None:
        return
    volume = _storage.Volume(_storage.disk_name(vm.name), vm.disk or 0)
    disk = _domain.Disk(ctx.path_of(volume.name), "vda")
    if vm.image is not None:
        base = ctx.image_volume(vm.image)
        volume.capacity = vm.disk or ctx.base_bytes(base)
        volume.backing = _storage.Backing(ctx.path_of(base))
        disk.base = _domain.Base(ctx.path_of(base))
    plan.volumes.append(volume)
    plan.document.disks.append(disk)


def _add_seed(ctx: Context, vm: WantedVm, plan: Blueprint) -> None:
    if vm.cloud_init is None:
        return
    plan.seed = _seed.seed_image(vm.name, str(plan.document.uuid), vm.cloud_init)
    name = _storage.seed_name(vm.name)
    # libvirt makes the volume, so that it knows it without a refresh; the content replaces it.
    plan.volumes.append(_storage.Volume(name, len(plan.seed), format="raw", mode="0600"))
    # A plain read-only disk: cloud kernels often come without drivers for CD drives.
    seed = _domain.Disk(ctx.path_of(name), "vdb", format="raw", readonly=True)
    plan.document.disks.append(seed)


def _add_disk(ctx: Context, vm: WantedVm, wanted: WantedDisk, plan: Blueprint) -> None:
    form = wanted.format or "qcow2"
    path = ""
    if wanted.volume is None:
        name = _storage.data_name(vm.name, wanted.name, form)
        path = ctx.path_of(name)
        plan.volumes.append(_storage.Volume(name, wanted.size or 0, format=form))
    else:
        form = volume_format(ctx, wanted)
    disk = _devices.data_disk(plan.document, wanted, path, form)
    if wanted.volume is not None and disk.pool is None:
        disk.pool = ctx.wanted.pool.name
    plan.document.disks.append(disk)


def volume_format(ctx: Context, wanted: WantedDisk) -> str:
    """Return the format of a volume that exists; raises FuyajoError when it does not.

    Never guessed from a name: a guest would destroy a qcow2 file that it sees as a raw disk.
    """
    pool = wanted.pool or ctx.wanted.pool.name
    for volume in ctx.host.pool_volumes(pool):
        if volume["name"] == wanted.volume:
            return str(wanted.format or volume["format"] or "raw")
    raise FuyajoError(f"the pool {pool} has no volume {wanted.volume}", NOT_FOUND)
