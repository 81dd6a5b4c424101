# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document of a machine that exists, as it is to be. Reads the host; writes nothing."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, fields
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.devices import AGENT_CHANNEL
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.projection import (
    BOOT,
    projection,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan import vm_devices as _devices
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.context import Context
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_document import log_file
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_found import Found
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.vm_want import (
    WantedHostDevice,
    WantedShare,
    WantedVm,
)

# Written by calls of their own, which reach what runs and the definition at once.
_BY_CALL = ("title", "description", "meta")
_CEILINGS = (("cpus", "max_cpus", "cpus"), ("memory_mib", "max_memory_mib", "memory"))
# What a guest that is installed was installed for.
_FIXED: Mapping[str, str] = {
    "firmware": "the disk boots with the firmware it was installed with",
    "secure_boot": "its UEFI variables were made for the other choice",
    "machine": "its devices have addresses on the other board",
}


@dataclass
class Edit:
    """What is to be written: the document, volumes to make before, disks to grow {file: bytes}."""

    document: _domain.Domain
    volumes: list[_storage.Volume] = field(default_factory=list)
    grow: dict[str, int] = field(default_factory=dict)

    def xml_for(self, found: Found) -> str:
        """Return the definition: the one that was found, edited where the documents differ."""
        before = found.document
        names = [each.name for each in fields(before) if each.name not in _BY_CALL]
        pairs = {name: getattr(self.document, name) for name in names}
        edits = {name: value for name, value in pairs.items() if value != getattr(before, name)}
        return _domain.edit_domain(found.xml, edits) if edits else found.xml


@dataclass
class Wish:
    """One machine, and what is wanted of it: ``values`` holds only options that differ."""

    ctx: Context
    vm: WantedVm
    found: Found
    values: dict[str, Any]
    now: dict[str, Any]


def refuse(wish: Wish) -> None:
    """Raise one FuyajoError with everything that cannot be changed on a machine that exists."""
    vm, values, now = wish.vm, wish.values, wish.now
    problems = []
    for key, why in _FIXED.items():
        if key not in values or (key == "machine" and _same_board(values[key], now[key])):
            continue
        problems.append(f"{key} cannot change from {now[key]} to {values[key]}: {why}")
    for key, ceiling, option in _CEILINGS:
        most = values.get(ceiling)
        if most is not None and values.get(key, now[key]) > most:
            problems.append(f"{ceiling} {most} is less than its {option}, {now[key]}")
    if problems:
        raise FuyajoError(f"{vm.name}: {'; '.join(problems)}", INVALID)


def _same_board(one: Any, other: Any) -> bool:
    return _defaults.board_of(one) == _defaults.board_of(other)


def hardware(wish: Wish, after: _domain.Domain) -> None:
    """Write everything but disks, drives and cards into a document."""
    values = wish.values
    for key, ceiling, _option in _CEILINGS:
        _set_ceiling(after, key, ceiling, values)
    for key in ("title", "description"):
        if key in values:
            setattr(after, key, values[key] or None)
    if "machine" in values:
        after.machine = values["machine"]
    if "cpu_mode" in values or "cpu_model" in values:
        after.cpu_mode = values.get("cpu_mode", after.cpu_mode)
        # A model belongs to "custom" alone.
        after.cpu_model = values.get("cpu_model", after.cpu_model)
        if after.cpu_mode != "custom":
            after.cpu_model = None
    if "tpm" in values:
        after.tpm = _devices.tpm(after) if values["tpm"] else None
    if "serial_log" in values:
        after.serial_log = log_file(wish.ctx, wish.vm.name) if values["serial_log"] else None
    if "guest_agent" in values:
        after.channels = [c for c in after.channels if c.name != AGENT_CHANNEL]
        after.channels += [_domain.Channel()] if values["guest_agent"] else []
    _screen(values, after)
    _shares(values, after)
    _host_devices(values, after)


def _set_ceiling(after: _domain.Domain, key: str, ceiling: str, values: Mapping[str, Any]) -> None:
    value = values.get(key, getattr(after, key))
    most = values.get(ceiling, getattr(after, ceiling))
    setattr(after, key, value)
    # A value above its ceiling raises it; together they are one number.
    setattr(after, ceiling, None if most is None or most <= value else most)


def _screen(values: Mapping[str, Any], after: _domain.Domain) -> None:
    if values.get("graphics") == "none":
        after.graphics = [each for each in after.graphics if each.kind != "vnc"]
    elif "graphics" in values:
        after.graphics = [*after.graphics, _domain.Graphics("vnc", "yes", _domain.LOOPBACK)]
        if not after.videos:
            after.videos = [_domain.Video(values.get("video", "vga"))]
    if "video" in values:
        # With a screen libvirt adds a card by itself, unless it is told that there is none.
        none = values["video"] == "none" and not after.graphics
        after.videos = [] if none else [_domain.Video(values["video"])]


def _shares(values: Mapping[str, Any], after: _domain.Domain) -> None:
    if "shares" not in values:
        return
    known = {share.tag: share for share in after.shares}
    after.shares = []
    for each in values["shares"]:
        new, old = _devices.share(WantedShare(**each)), known.get(each["name"])
        if old is not None and (old.path, old.driver, old.readonly) == (
            new.path,
            new.driver,
            new.readonly,
        ):
            new = old
        after.shares.append(new)
    _devices.share_memory(after)


def _host_devices(values: Mapping[str, Any], after: _domain.Domain) -> None:
    if "host_devices" not in values:
        return
    shown = projection(after)["host_devices"]
    known = list(zip(shown, after.host_devices))
    wanted = values["host_devices"]
    after.host_devices = [
        next((device for view, device in known if view == each), None)
        or _devices.host_device(WantedHostDevice(**each))
        for each in wanted
    ]


def boot(wish: Wish, after: _domain.Domain) -> None:
    """Settle what the machine boots from: libvirt takes a list of kinds, or numbers at devices."""
    devices: list[Any] = [*after.disks, *after.nics]
    if "boot" in wish.values:
        after.boot = [_domain.Boot(BOOT.get(each, each)) for each in wish.values["boot"]]
        for each in devices if after.boot else ():
            each.boot_order = None
    elif any(each.boot_order for each in devices):
        after.boot = []


def meta(wish: Wish, after: _domain.Domain) -> None:
    """Write what is kept in our own metadata."""
    values = wish.values
    mine = after.meta or _domain.Meta(owner=wish.ctx.wanted.owner)
    for key, value in values.get("metadata", {}).items():
        setattr(mine, key, value)
    if "tags" in values:
        mine.tags = [_domain.Tag(tag) for tag in values["tags"]]
    if "forwards" in values:
        mine.forwards = [_domain.Forward(**each) for each in values["forwards"]]
    if any(key in values for key in ("metadata", "tags", "forwards")):
        after.meta = mine


def start_edit(found: Found) -> Edit:
    """Return an edit that changes nothing yet."""
    return Edit(copy.deepcopy(found.document))
