# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps for everything that is not a machine: pool, images, networks, volumes.

A ``plan_`` function only reads; what it would do waits in ``Step.apply``.
"""

from __future__ import annotations

import os

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import network as _network
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change, diff
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context, Step
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import (
    WantedImage,
    WantedNetwork,
    WantedVolume,
)


def plan_pool(ctx: Context) -> list[Step]:
    """Return a step for the pool, when anything of this call will live in it."""
    new = [vm for vm in ctx.new_vms() if vm.image or vm.disk or vm.cloud_init]
    present = [v for v in ctx.wanted.volumes if v.state == "present"]
    bases = [i for i in ctx.wanted.images if i.state == "present"]
    if not (new or present or bases):
        return []
    step = Step("pool", ctx.wanted.pool.name)
    if ctx.wanted.pool.state == "absent":
        raise FuyajoError("a pool that goes away can take in nothing new", INVALID)
    if ctx.pool is None:
        step.changes = [Change("state", "absent", "started")]
        step.changes.append(Change("path", None, ctx.pool_path))
    elif not ctx.host.is_active(ctx.pool):
        step.changes = [Change("state", "stopped", "started")]
    if step.changes:
        step.apply = lambda done: _apply_pool(ctx, done)
    return [step]


def _apply_pool(ctx: Context, step: Step) -> None:
    if ctx.pool is None:
        ctx.pool = ctx.host.make_pool(_storage.Pool(ctx.wanted.pool.name, ctx.pool_path))
        step.actions.append("create pool")
    else:
        ctx.host.start_pool(ctx.pool)
        step.actions.append("start pool")
    # The directory may have had a life before this pool.
    ctx.volumes = set(ctx.host.volume_handles(ctx.pool))


def plan_pool_absent(ctx: Context) -> list[Step]:
    """Return a step that removes the pool and its directory, when it is to go and is there."""
    if ctx.wanted.pool.state != "absent" or ctx.pool is None:
        return []
    step = Step("pool", ctx.wanted.pool.name)
    step.changes = [Change("state", "present", "absent")]
    step.apply = lambda done: _apply_pool_absent(ctx, done)
    return [step]


def _apply_pool_absent(ctx: Context, step: Step) -> None:
    left = sorted(ctx.host.volume_handles(ctx.pool)) if ctx.host.is_active(ctx.pool) else []
    if left:
        # What a volume holds cannot be made again; whoever wants it gone says so by its name.
        raise FuyajoError(f"the pool {step.name} still holds {', '.join(left[:5])}", CONFLICT)
    ctx.host.delete_pool(ctx.pool)
    step.actions.append("delete pool")


def plan_image(ctx: Context, image: WantedImage) -> Step:
    """Return the step for one base image. A base that is there is trusted by its name."""
    volume = _storage.base_name(image.sha256)
    step = Step("image", image.name, needs=[("pool", ctx.wanted.pool.name)])
    there = volume in ctx.volumes
    if image.state == "absent":
        return _plan_image_absent(ctx, step, volume) if there else step
    if not there:
        if image.path is not None and not os.path.isfile(image.path):
            raise FuyajoError(f"there is no file {image.path} for the image {image.name}", INVALID)
        if not ctx.host.is_local:
            raise FuyajoError("an image is copied as a file: run this on the hypervisor", INVALID)
        step.changes = [Change("volume", None, volume)]
        step.apply = lambda done: _apply_image(ctx, image, volume, done)
    return step


def _apply_image(ctx: Context, image: WantedImage, volume: str, step: Step) -> None:
    target = ctx.path_of(volume)
    if not os.path.exists(target):
        _files.copy_image(image.path or "", target, image.sha256)
        step.actions.append(f"copy {volume}")
    ctx.host.refresh_pool(ctx.pool)
    ctx.volumes.add(volume)


def _plan_image_absent(ctx: Context, step: Step, volume: str) -> Step:
    users = ctx.users_of(volume)
    if users:
        raise FuyajoError(
            f"the image {step.name} ({volume}) is in use by {', '.join(users)}", CONFLICT
        )
    step.changes = [Change("volume", volume, None)]
    step.apply = lambda done: _delete(ctx, volume, done)
    return step


def _delete(ctx: Context, volume: str, step: Step) -> None:
    handle = ctx.host.volume_handle(ctx.pool, volume)
    if handle is not None:
        ctx.host.delete_volume(handle)
        step.actions.append(f"delete {volume}")
    ctx.volumes.discard(volume)


def plan_volume(ctx: Context, volume: WantedVolume) -> Step:
    """Return the step for one stand-alone volume. It only ever grows."""
    name = _storage.volume_name(volume.name)
    step = Step("volume", volume.name)
    if volume.state == "absent":
        if name in ctx.volumes:
            users = ctx.users_of(name)
            if users:
                raise FuyajoError(f"{volume.name} is in use by {', '.join(users)}", CONFLICT)
            step.changes = [Change("state", "present", "absent")]
            step.apply = lambda done: _delete(ctx, name, done)
        return step
    step.needs = [("pool", ctx.wanted.pool.name)]
    size = volume.size or 0
    if name not in ctx.volumes:
        step.changes = [Change("size", None, _units.format_bytes(size))]
        step.apply = lambda done: _make_volume(ctx, name, size, done)
        return step
    handle = ctx.host.volume_handle(ctx.pool, name)
    found = ctx.host.volume_bytes(handle)
    if size < found:
        raise FuyajoError(
            f"{volume.name} has {_units.format_bytes(found)} and cannot shrink", INVALID
        )
    if size > found:
        step.changes = [
            Change("size", _units.format_bytes(found), _units.format_bytes(size)),
        ]
        step.apply = lambda done: _grow_volume(ctx, name, size, done)
    return step


def _make_volume(ctx: Context, name: str, size: int, step: Step) -> None:
    ctx.host.make_volume(ctx.pool, _storage.Volume(name, size))
    step.actions.append(f"create {name}")
    ctx.volumes.add(name)


def _grow_volume(ctx: Context, name: str, size: int, step: Step) -> None:
    ctx.host.grow_volume(ctx.host.volume_handle(ctx.pool, name), size)
    step.actions.append(f"grow {name}")


def plan_network(ctx: Context, network: WantedNetwork) -> Step:
    """Return the step for one network. Its identity says whether it is ours."""
    document = _network.network_for(ctx.wanted.owner, network.name, network.mode, network.cidr)
    step = Step("network", network.name, document.uuid)
    handle = ctx.host.network_handle(network.name)
    if handle is None:
        if network.state == "present":
            after = {"state": "started", **_network.projection(document)}
            step.changes = diff(after, {"state": "absent"})
            step.apply = lambda done: _make_network(ctx, document, done)
        return step
    facts = ctx.host.network_facts(handle)
    if facts["uuid"] != document.uuid:
        raise FuyajoError(f"the network {network.name} exists and is not ours", CONFLICT)
    if network.state == "absent":
        if network.name in ctx.networks_in_use(ctx.absent_vms()):
            raise FuyajoError(f"the network {network.name} is in use", CONFLICT)
        step.changes = [Change("state", "present", "absent")]
        step.apply = lambda done: _delete_network(ctx, network.name, done)
        return step
    if diff({"mode": network.mode, "cidr": network.cidr}, facts):
        raise FuyajoError(
            f"the network {network.name} is {facts['mode']} ({facts['cidr'] or 'no addresses'}); "
            "changing it would cut its guests off, so remove it first",
            CONFLICT,
        )
    if not facts["active"]:
        step.changes = [Change("state", "stopped", "started")]
        step.apply = lambda done: _start_network(ctx, network.name, done)
    return step


def _make_network(ctx: Context, document: _network.Network, step: Step) -> None:
    ctx.host.make_network(document)
    step.actions.append("create network")


def _start_network(ctx: Context, name: str, step: Step) -> None:
    ctx.host.start_network(ctx.host.network_handle(name))
    step.actions.append("start network")


def _delete_network(ctx: Context, name: str, step: Step) -> None:
    handle = ctx.host.network_handle(name)
    if handle is not None:
        ctx.host.delete_network(handle)
        step.actions.append("delete network")
