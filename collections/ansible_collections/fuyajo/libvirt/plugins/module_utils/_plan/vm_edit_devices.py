# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The disks, drives and cards of a machine that exists, as they are to be. Writes nothing."""

from __future__ import annotations

from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import units as _units
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import (
    data_disks,
    media,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_devices as _devices
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_document import volume_format
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_edit import Edit, Wish
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import (
    USER,
    WantedDisk,
    WantedMedium,
    WantedNic,
)

_DISK_PARTS = ("serial", "readonly", "shareable", "io", "discard", "boot_order")


def disks(wish: Wish, edit: Edit) -> None:
    """Write the data disks; one that is not listed any more is unplugged, never deleted."""
    if "disks" not in wish.values:
        return
    after = edit.document
    known = data_disks(after)
    said = {each.name: each for each in wish.vm.disks or ()}
    listed = [each["name"] for each in wish.values["disks"]]
    gone = {disk.dev for name, disk in known.items() if name not in listed}
    after.disks = [disk for disk in after.disks if disk.dev not in gone]
    for name in listed:
        if name not in known:
            after.disks.append(_new_disk(wish, edit, said[name]))
        elif name in said:
            _change_disk(wish, edit, known[name], said[name])


def _new_disk(wish: Wish, edit: Edit, wanted: WantedDisk) -> _domain.Disk:
    if wanted.volume is not None:
        disk = _devices.data_disk(edit.document, wanted, "", _format_of(wish, wanted))
        disk.pool = disk.pool or wish.ctx.wanted.pool.name
        return disk
    forms = [wanted.format] if wanted.format else ["qcow2", "raw"]
    names = {form: _storage.data_name(wish.vm.name, wanted.name, form) for form in forms}
    kept = next((form for form, name in names.items() if name in wish.ctx.volumes), None)
    form = kept or forms[0]
    disk = _devices.data_disk(edit.document, wanted, wish.ctx.path_of(names[form]), form)
    if kept is not None:
        _take_back(wish, edit, wanted, (names[form], disk))
    elif wanted.size is None:
        raise FuyajoError(f"the disk {wanted.name} of {wish.vm.name} needs a size", INVALID)
    else:
        edit.volumes.append(_storage.Volume(names[form], wanted.size, format=form))
    return disk


def _format_of(wish: Wish, wanted: WantedDisk) -> str:
    """Return the format of a volume that exists, or that this call makes before."""
    listed = wish.ctx.wanted.of("volumes")
    made = {v.exact(wish.ctx): v for v in listed if v.state != "absent"}
    if wanted.volume in made and wanted.volume not in wish.ctx.volumes:
        return str(wanted.format or getattr(made[wanted.volume], "format", None) or "qcow2")
    return volume_format(wish.ctx, wanted)


def _take_back(wish: Wish, edit: Edit, wanted: WantedDisk, place: tuple[str, _domain.Disk]) -> None:
    """Plug in again what this machine had once: its content is what the name stands for."""
    volume, disk = place
    users = wish.ctx.users_of(volume, but=wish.vm.name)
    if users:
        raise FuyajoError(f"{volume} is in use by {', '.join(users)}", CONFLICT)
    size = wish.ctx.host.volume_bytes(wish.ctx.host.volume_handle(wish.ctx.pool, volume))
    _grow(wish, edit, (wanted, disk), size)


def _change_disk(wish: Wish, edit: Edit, disk: _domain.Disk, wanted: WantedDisk) -> None:
    name = f"the disk {wanted.name} of {wish.vm.name}"
    if wanted.format is not None and wanted.volume is None and wanted.format != disk.format:
        raise FuyajoError(f"{name} has the format {disk.format}; it is not converted", INVALID)
    for key in _DISK_PARTS:
        value = getattr(wanted, key)
        if value is not None:
            setattr(disk, key, value)
    if wanted.cache is not None:
        disk.cache = None if wanted.cache == "default" and disk.cache is None else wanted.cache
    if wanted.volume is not None and (wanted.volume, wanted.pool or disk.pool) != (
        disk.volume,
        disk.pool,
    ):
        disk.kind, disk.path, disk.block, disk.base = "volume", "", None, None
        disk.pool, disk.volume = wanted.pool or wish.ctx.wanted.pool.name, wanted.volume
        disk.format = _format_of(wish, wanted)
    if wanted.bus is not None and wanted.bus != disk.bus:
        # The target says the bus as well.
        disk.bus, disk.dev = wanted.bus, _devices.free_target(edit.document, wanted.bus)
    if wanted.size is not None:
        _grow(wish, edit, (wanted, disk), wish.found.bytes_of(wish.ctx, disk.path))


def _grow(wish: Wish, edit: Edit, pair: tuple[WantedDisk, _domain.Disk], size: int | None) -> None:
    wanted, disk = pair
    if wanted.size is None or size is None or wanted.size == size:
        return
    if wanted.size < size:
        raise FuyajoError(
            f"the disk {wanted.name} of {wish.vm.name} has {_units.format_bytes(size)}; "
            "it can only grow",
            INVALID,
        )
    edit.grow[disk.path] = wanted.size


def drives(wish: Wish, edit: Edit) -> None:
    """Write the CD drives and what lies in them."""
    if "media" not in wish.values:
        return
    after = edit.document
    known = media(after)
    wanted = {each["name"]: each.get("path") for each in wish.values["media"]}
    gone = {drive.dev for name, drive in known.items() if name not in wanted}
    after.disks = [disk for disk in after.disks if disk.dev not in gone]
    for name, path in wanted.items():
        if name not in known:
            after.disks.append(_devices.drive(after, WantedMedium(name, path)))
        elif path is not None and path != known[name].path:
            drive = known[name]
            drive.kind, drive.path = "file", path
            drive.block = drive.pool = drive.volume = drive.base = None


def cards(wish: Wish, edit: Edit) -> None:
    """Write the network cards, and the ports that lead to the one on ``user``."""
    values, after = wish.values, edit.document
    if "nics" in values:
        _cards(wish, after, values["nics"])
    if "nics" in values or "forwards" in values:
        _user_card(wish, after)


def _cards(wish: Wish, after: _domain.Domain, wanted: list[dict[str, Any]]) -> None:
    known = {(nic.mac or "").lower(): nic for nic in after.nics}
    taken = {each["mac"] for each in wanted if each.get("mac")}
    users = {mac: nic for mac, nic in known.items() if nic.kind == USER}
    after.nics = []
    for each in wanted:
        mac = each.get("mac") or _free_mac(wish, taken)
        taken.add(mac)
        if each.get("network") == USER:
            _keep_user(wish, after, mac, users)
        else:
            after.nics.append(_card(known.get(mac), WantedNic(**{**each, "mac": mac}), mac))
    if not any(each.get("network") == USER for each in wanted):
        after.qemu_args = []


def _free_mac(wish: Wish, taken: set[str]) -> str:
    index = 0
    while True:
        mac = _defaults.mac_for(wish.ctx.wanted.owner, wish.vm.name, index)
        if mac not in taken:
            return mac
        index += 1


def _card(old: _domain.Nic | None, wanted: WantedNic, mac: str) -> _domain.Nic:
    new = _devices.network_card(wanted, mac)
    if old is None:
        return new
    old.kind, old.network, old.bridge = new.kind, new.network, new.bridge
    old.boot_order = wanted.boot_order
    old.model = wanted.model or old.model
    if (wanted.link or "up") != (old.link or "up"):
        old.link = wanted.link
    return old


def _keep_user(wish: Wish, after: _domain.Domain, mac: str, users: dict[str, _domain.Nic]) -> None:
    """Keep the user network as it is made now, or make one in the way this host does it."""
    if mac in users:
        after.nics.append(users[mac])
    elif not after.qemu_args or f"mac={mac}" not in "".join(a.value for a in after.qemu_args):
        after.qemu_args = []
        if wish.ctx.offer().passt:
            after.nics.append(_domain.Nic(USER, mac, backend="passt"))
        else:
            after.qemu_args = _domain.user_net_args([], mac)


def _user_card(wish: Wish, after: _domain.Domain) -> None:
    """Let the forwards lead to the card on ``user``."""
    forwards = (wish.found.document.meta or _domain.Meta()).forwards
    if "forwards" in wish.values:
        forwards = [_domain.Forward(**each) for each in wish.values["forwards"]]
    if not _domain.has_user_net(after):
        if "forwards" in wish.values and forwards:
            raise FuyajoError(
                f"{wish.vm.name} has no nic on the network 'user' to forward to", INVALID
            )
        return
    for nic in after.nics:
        if nic.kind == USER:
            nic.forwards = list(forwards)
    for arg in after.qemu_args:
        at = arg.value.find(",mac=")
        if at >= 0:
            after.qemu_args = _domain.user_net_args(forwards, arg.value[at + 5 : at + 22])
            return
