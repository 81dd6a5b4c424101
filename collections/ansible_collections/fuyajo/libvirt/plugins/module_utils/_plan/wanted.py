# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was asked for: module options as checked values. Pure.

``Wanted.parse`` never stops at the first problem: it reports all of them in one error.
"""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, TypeVar

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.domain import (
    LOOPBACK,
    META_KEYS,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.network import network_for
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.seed import seed_image
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import (
    GIB,
    parse_disk_gib,
    parse_memory_mib,
)

NAME = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_BASE = re.compile(r"base-[0-9a-f]{16}\.qcow2", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
VM_STATES = ("present", "started", "stopped", "restarted", "absent")
MAX_CPUS = 1024
MAX_TEXT = 512

T = TypeVar("T")


@dataclass
class WantedPool:
    """The directory pool that everything of ours lives in."""

    name: str = "fuyajo"
    path: str | None = None
    state: str = "present"


@dataclass
class WantedImage:
    """A base image: a local file and the digest its content must have."""

    name: str
    path: str | None
    sha256: str
    state: str = "present"


@dataclass
class WantedNetwork:
    name: str
    mode: str = "isolated"
    cidr: str | None = None
    state: str = "present"


@dataclass
class WantedVolume:
    """A stand-alone volume; ``size`` in bytes."""

    name: str
    size: int | None = None
    state: str = "present"


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


@dataclass
class Wanted:
    """Everything of one call."""

    owner: str
    environment: str | None = None
    pool: WantedPool = field(default_factory=WantedPool)
    images: list[WantedImage] = field(default_factory=list)
    networks: list[WantedNetwork] = field(default_factory=list)
    volumes: list[WantedVolume] = field(default_factory=list)
    vms: list[WantedVm] = field(default_factory=list)
    threads: int = 4
    accelerator: str = "auto"
    allow_restart: bool = False
    shutdown_timeout: int = 60

    @classmethod
    def parse(cls, options: Mapping[str, Any]) -> Wanted:
        """Return the checked form of module options; raises one FuyajoError with every problem."""
        check = _Checker()
        pool = options.get("pool") or {}
        wanted = cls(
            owner=check.text("owner", options.get("owner")) or "",
            environment=check.text("environment", options.get("environment"), optional=True),
            pool=WantedPool(
                check.name("pool.name", pool.get("name") or "fuyajo"),
                check.path("pool.path", pool.get("path")),
                pool.get("state") or "present",
            ),
            images=check.each("images", options, check.image),
            networks=check.each("networks", options, check.network),
            volumes=check.each("volumes", options, check.volume),
            vms=check.each("vms", options, check.vm),
        )
        for key in ("threads", "accelerator", "allow_restart", "shutdown_timeout"):
            if options.get(key) is not None:
                setattr(wanted, key, options[key])
        if not 1 <= wanted.threads <= 64:
            check.problems.append("threads: must be from 1 to 64")
        if not 0 <= wanted.shutdown_timeout <= 3600:
            check.problems.append("shutdown_timeout: must be from 0 to 3600 seconds")
        check.references(wanted)
        if check.problems:
            raise FuyajoError("; ".join(check.problems), INVALID)
        return wanted


class _Checker:
    """Collects problems while it turns raw values into checked ones."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def each(
        self, key: str, options: Mapping[str, Any], one: Callable[[str, Mapping[str, Any]], T]
    ) -> list[T]:
        found = [one(f"{key}[{i}]", raw) for i, raw in enumerate(options.get(key) or [])]
        names = [getattr(each, "name", None) for each in found]
        for name in sorted({n for n in names if n and names.count(n) > 1}):
            self.problems.append(f"{key}: the name {name} occurs more than once")
        return found

    def image(self, at: str, raw: Mapping[str, Any]) -> WantedImage:
        sha256 = str(raw.get("sha256") or "").lower()
        if not _SHA256.fullmatch(sha256):
            self.problems.append(f"{at}.sha256: must be 64 hexadecimal digits")
        path = self.path(f"{at}.path", raw.get("path"))
        state = raw.get("state") or "present"
        if path is None and state == "present":
            self.problems.append(f"{at}.path: is required")
        return WantedImage(self.name(f"{at}.name", raw.get("name"), dots=True), path, sha256, state)

    def network(self, at: str, raw: Mapping[str, Any]) -> WantedNetwork:
        name = self.name(f"{at}.name", raw.get("name"))
        if name == "user":
            self.problems.append(f"{at}.name: 'user' means the network that needs no bridge")
        cidr = self._try(f"{at}.cidr", lambda v: str(ipaddress.IPv4Network(v)), raw.get("cidr"))
        mode = raw.get("mode") or "isolated"
        self._try(f"{at}.cidr", lambda v: network_for("", name, mode, v), cidr)
        return WantedNetwork(name, mode, cidr, raw.get("state") or "present")

    def volume(self, at: str, raw: Mapping[str, Any]) -> WantedVolume:
        size = self._try(f"{at}.size", parse_disk_gib, raw.get("size"))
        state = raw.get("state") or "present"
        if size is None and state == "present" and raw.get("size") is None:
            self.problems.append(f"{at}.size: is required")
        name = self.name(f"{at}.name", raw.get("name"))
        return WantedVolume(name, None if size is None else size * GIB, state)

    def vm(self, at: str, raw: Mapping[str, Any]) -> WantedVm:
        disk = self._try(f"{at}.disk", parse_disk_gib, raw.get("disk"))
        name = self.name(f"{at}.name", raw.get("name"))
        vm = WantedVm(
            name=name,
            state=raw.get("state") or "present",
            uuid=self._uuid(f"{at}.uuid", raw.get("uuid")),
            cpus=self._between(f"{at}.cpus", raw.get("cpus"), 1, MAX_CPUS),
            memory=self._try(f"{at}.memory", parse_memory_mib, raw.get("memory")),
            disk=None if disk is None else disk * GIB,
            image=self.name(f"{at}.image", raw["image"], dots=True) if raw.get("image") else None,
            nics=self._nics(at, raw.get("nics")),
            forwards=self._forwards(at, raw.get("forwards")),
            metadata=self._metadata(at, raw.get("metadata")),
        )
        if vm.state not in VM_STATES:
            self.problems.append(f"{at}.state: must be one of {', '.join(VM_STATES)}")
        if raw.get("cloud_init"):
            vm.cloud_init = {k: v for k, v in raw["cloud_init"].items() if v is not None}
            # Built here once for its errors alone: a bad text must show before anything is made.
            self._try(f"{at}.cloud_init", lambda v: seed_image(name or "x", "x", v), vm.cloud_init)
        return vm

    def references(self, wanted: Wanted) -> None:
        images = {image.name for image in wanted.images}
        for i, vm in enumerate(wanted.vms):
            at = f"vms[{i}]"
            known = vm.state == "absent" or vm.image in images
            if vm.image and not known and not _BASE.fullmatch(vm.image):
                self.problems.append(f"{at}.image: {vm.image} is not one of images")
            if vm.forwards and vm.nics is not None and "user" not in vm.nics:
                self.problems.append(f"{at}.forwards: only a nic on the network 'user' has them")

    def name(self, at: str, value: Any, dots: bool = False) -> str:
        plain = value.replace(".", "-") if dots and isinstance(value, str) else value
        if isinstance(plain, str) and NAME.fullmatch(plain):
            return str(value)
        self.problems.append(f"{at}: {value!a:.60} is no name (a-z, 0-9 and -, a letter first)")
        return ""

    def text(self, at: str, value: Any, optional: bool = False) -> str | None:
        if value is None and optional:
            return None
        if isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.isprintable():
            return value
        self.problems.append(f"{at}: must be one printable line of at most {MAX_TEXT} characters")
        return None

    def path(self, at: str, value: Any) -> str | None:
        if value is None:
            return None
        if self.text(at, value) is None:
            return None
        if not os.path.isabs(value) or os.path.normpath(value) != value.rstrip("/"):
            self.problems.append(f"{at}: must be an absolute path without '..'")
            return None
        return str(value).rstrip("/")

    def _metadata(self, at: str, raw: Mapping[str, Any] | None) -> dict[str, str]:
        found = {}
        for key, value in (raw or {}).items():
            if key not in META_KEYS or key == "environment":
                self.problems.append(f"{at}.metadata: {key!a:.60} is not known")
            elif value is not None:
                found[key] = self.text(f"{at}.metadata.{key}", value) or ""
        return found

    def _nics(self, at: str, raw: list[Mapping[str, Any]] | None) -> list[str] | None:
        if raw is None:
            return None
        found = [self.name(f"{at}.nics[{i}].network", n.get("network")) for i, n in enumerate(raw)]
        if found.count("user") > 1:
            self.problems.append(f"{at}.nics: one nic on the network 'user' is the most")
        return found

    def _forwards(self, at: str, raw: list[Mapping[str, Any]] | None) -> list[WantedForward] | None:
        if raw is None:
            return None
        found = []
        for i, each in enumerate(raw):
            here = f"{at}.forwards[{i}]"
            guest = self._between(f"{here}.guest", each.get("guest"), 1, 65535) or 0
            host = self._between(f"{here}.host", each.get("host"), 1, 65535)
            if each.get("address") not in (None, LOOPBACK):
                self.problems.append(f"{here}.address: only {LOOPBACK} is possible")
            found.append(WantedForward(guest, host))
        if len({f.guest for f in found}) != len(found):
            self.problems.append(f"{at}.forwards: a guest port occurs more than once")
        return found

    def _uuid(self, at: str, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, str) and _UUID.fullmatch(value.lower()):
            return value.lower()
        self.problems.append(f"{at}: is not a UUID")
        return None

    def _between(self, at: str, value: Any, least: int, most: int) -> int | None:
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.problems.append(f"{at}: must be a whole number from {least} to {most}")
        return None

    def _try(self, at: str, convert: Callable[[Any], T], value: Any) -> T | None:
        if value is None:
            return None
        try:
            return convert(value)
        except (ValueError, TypeError, AttributeError) as error:
            self.problems.append(f"{at}: {error}")
            return None
