# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a machine. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import Checker
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    LOOPBACK,
    META_KEYS,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import seed_image
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import (
    GIB,
    parse_disk_gib,
    parse_memory_mib,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

VM_STATES = ("present", "started", "stopped", "restarted", "absent")
MAX_CPUS = 1024
_BASE = re.compile(r"base-[0-9a-f]{16}\.qcow2", re.ASCII)


@dataclass
class WantedForward:
    guest: int
    host: int | None = None


@dataclass
class WantedVm:
    """One machine. None everywhere means: nobody said. ``disk`` in bytes, ``memory`` in MiB."""

    name: str
    state: str = "present"
    uuid: str | None = None
    cpus: int | None = None
    memory: int | None = None
    disk: int | None = None
    image: str | None = None
    nics: list[str] | None = None
    forwards: list[WantedForward] | None = None
    cloud_init: dict[str, Any] | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def parse_vm(check: Checker, at: str, raw: Mapping[str, Any]) -> WantedVm:
    """Return the checked form of one element of ``vms``."""
    disk = check.attempt(f"{at}.disk", parse_disk_gib, raw.get("disk"))
    name = check.name(f"{at}.name", raw.get("name"))
    image = raw.get("image")
    vm = WantedVm(
        name=name,
        state=check.choice(f"{at}.state", raw.get("state"), VM_STATES) or "present",
        uuid=check.uuid(f"{at}.uuid", raw.get("uuid")),
        cpus=check.between(f"{at}.cpus", raw.get("cpus"), 1, MAX_CPUS),
        memory=check.attempt(f"{at}.memory", parse_memory_mib, raw.get("memory")),
        disk=None if disk is None else disk * GIB,
        image=check.name(f"{at}.image", image, dots=True) if image else None,
        nics=_nics(check, at, raw.get("nics")),
        forwards=_forwards(check, at, raw.get("forwards")),
        metadata=_metadata(check, at, raw.get("metadata")),
    )
    if raw.get("cloud_init"):
        vm.cloud_init = {k: v for k, v in raw["cloud_init"].items() if v is not None}
        # Built here once for its errors alone: a bad text must show before anything is made.
        seed = f"{at}.cloud_init"
        check.attempt(seed, lambda v: seed_image(name or "x", "x", v), vm.cloud_init)
    return vm


def check_vms(check: Checker, wanted: Wanted) -> None:
    """Find what does not fit together."""
    images = {image.name for image in wanted.of("images")}
    for i, vm in enumerate(wanted.of("vms")):
        at = f"vms[{i}]"
        known = vm.state == "absent" or vm.image in images
        if vm.image and not known and not _BASE.fullmatch(vm.image):
            check.problem(f"{at}.image", f"{vm.image} is not one of images")
        if vm.forwards and vm.nics is not None and "user" not in vm.nics:
            check.problem(f"{at}.forwards", "only a nic on the network 'user' has them")


def _metadata(check: Checker, at: str, raw: Mapping[str, Any] | None) -> dict[str, str]:
    found = {}
    for key, value in (raw or {}).items():
        if key not in META_KEYS or key == "environment":
            check.problem(f"{at}.metadata", f"{key!a:.60} is not known")
        elif value is not None:
            found[key] = check.text(f"{at}.metadata.{key}", value) or ""
    return found


def _nics(check: Checker, at: str, raw: list[Mapping[str, Any]] | None) -> list[str] | None:
    if raw is None:
        return None
    found = [check.name(f"{at}.nics[{i}].network", n.get("network")) for i, n in enumerate(raw)]
    if found.count("user") > 1:
        check.problem(f"{at}.nics", "one nic on the network 'user' is the most")
    return found


def _forwards(
    check: Checker, at: str, raw: list[Mapping[str, Any]] | None
) -> list[WantedForward] | None:
    if raw is None:
        return None
    found = []
    for i, each in enumerate(raw):
        here = f"{at}.forwards[{i}]"
        guest = check.between(f"{here}.guest", each.get("guest"), 1, 65535) or 0
        host = check.between(f"{here}.host", each.get("host"), 1, 65535)
        if each.get("address") not in (None, LOOPBACK):
            check.problem(f"{here}.address", f"only {LOOPBACK} is possible")
        found.append(WantedForward(guest, host))
    if len({f.guest for f in found}) != len(found):
        check.problem(f"{at}.forwards", "a guest port occurs more than once")
    return found
