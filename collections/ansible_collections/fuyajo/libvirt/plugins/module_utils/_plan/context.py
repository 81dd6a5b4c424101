# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one call to `converge` knows about the host: read when first needed, then kept."""

from __future__ import annotations

import errno
import os
import socket
import threading
from dataclasses import dataclass, field
from typing import Any, Callable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import probe as _probe
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import defaults as _defaults
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.diff import Change
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.uses import Uses
from ansible_collections.fuyajo.libvirt.plugins.module_utils._plan.wanted import Wanted

SYSTEM_POOL = "/var/lib/libvirt/images/fuyajo"
SESSION_POOL = "~/.local/share/libvirt/images/fuyajo"


@dataclass
class Step:
    """What is to be done about one object, and afterwards how it went.

    ``needs`` names steps (kind, name) that must have gone well before. ``apply`` does the work and
    appends to ``actions``; None means that there is nothing to do. ``facts`` say what was found;
    ``read`` finds them anew after the work. ``wait`` returns when the object is ready to be used and
    raises FuyajoError when that did not come in time; all objects wait together, after everything else.
    ``waited`` is then what was seen.
    """

    kind: str
    name: str
    uuid: str | None = None
    changes: list[Change] = field(default_factory=list)
    apply: Callable[[Step], None] | None = None
    needs: list[tuple[str, str]] = field(default_factory=list)
    facts: dict[str, Any] | None = None
    actions: list[str] = field(default_factory=list)
    error: str | None = None
    error_kind: str | None = None
    restart_required: bool = False
    duration: float = 0.0
    read: Callable[[], dict[str, Any] | None] | None = None
    wait: Callable[[Step], None] | None = None
    warnings: list[str] = field(default_factory=list)
    waited: dict[str, Any] | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


class Context:
    """The host as one call sees it. Planning is done by one thread; applying by many."""

    def __init__(self, host: Host, wanted: Wanted) -> None:
        self.host = host
        self.wanted = wanted
        self.domains = host.domains()
        self.pool = host.pool_handle(wanted.pool.name)
        self.pool_path = self._pool_path()
        self.volumes: set[str] = set()
        if self.pool is not None and host.is_active(self.pool):
            self.volumes = set(host.volume_handles(self.pool))
        self._lock = threading.Lock()
        self._base_bytes: dict[str, int] = {}
        self._ports: set[int] | None = None
        self._xmls: dict[str, list[str]] | None = None
        self._glances: dict[str, tuple[str, dict[str, int]]] | None = None
        self._flags: dict[str, set[str]] = {}
        self._uses: Uses | None = None
        self._offer: _defaults.Offer | None = None

    def _pool_path(self) -> str:
        asked = self.wanted.pool.path
        if self.pool is None:
            plain = SYSTEM_POOL if self.host.uri.endswith("/system") else SESSION_POOL
            return asked or os.path.expanduser(plain)
        found = _storage.parse_pool(self.host.pool_xml(self.pool)).path.rstrip("/")
        if asked is not None and asked != found:
            raise FuyajoError(
                f"the pool {self.wanted.pool.name} is at {found}, not at {asked}", CONFLICT
            )
        return found

    def path_of(self, volume: str) -> str:
        """Return the file of a volume in our pool."""
        return os.path.join(self.pool_path, volume)

    def image_volume(self, image: str) -> str:
        """Return the base volume that an image's name means."""
        for each in self.wanted.of("images"):
            if each.name == image:
                return _storage.base_name(each.sha256)
        return image

    def base_bytes(self, base: str) -> int:
        """Return the virtual size of a base in our pool; raises FuyajoError when there is none."""
        with self._lock:
            if base not in self._base_bytes:
                handle = self.host.volume_handle(self.pool, base)
                if handle is None:
                    raise FuyajoError(f"the pool has no image {base}", NOT_FOUND)
                self._base_bytes[base] = self.host.volume_bytes(handle)
            return self._base_bytes[base]

    def offer(self) -> _defaults.Offer:
        """Return what the host offers; asked at most once, and only when a machine is made."""
        with self._lock:
            if self._offer is None:
                self._offer = self._read_offer()
            return self._offer

    def _read_offer(self) -> _defaults.Offer:
        if self.host.is_mock:
            return _defaults.Offer(accelerator="test")
        accelerator = self.wanted.accelerator
        if accelerator == "auto":
            accelerator = "kvm" if self._kvm_works() else "tcg"
        passt = False
        if self.host.knows_passt():
            passt = self.host.offers("kvm" if accelerator == "kvm" else "qemu")[1]
        return _defaults.Offer(self.host.arch(), accelerator, passt)

    def _kvm_works(self) -> bool:
        if self.host.is_local:
            return _probe.probe_kvm()[0]
        # A guest of ours cannot be run over there for a test; its libvirt has to be believed.
        return self.host.offers("kvm")[0]

    def port_for(self, vm: str, guest: int) -> int:
        """Reserve a loopback port of the host for a port of a guest."""
        with self._lock:
            taken = self._taken_ports()
            try:
                port = _defaults.pick_port(self.wanted.owner, vm, guest, taken, self._is_free)
            except LookupError as error:
                raise FuyajoError(str(error)) from None
            taken.add(port)
            return port

    def reserve(self, port: int) -> None:
        """Reserve the port that was asked for by number; raises when it is another machine's."""
        with self._lock:
            if port in self._taken_ports() or not self._is_free(port):
                raise FuyajoError(f"port {port} on {_domain.LOOPBACK} is in use", CONFLICT)
            self._taken_ports().add(port)

    def _taken_ports(self) -> set[int]:
        """Return every port that a machine here has in its metadata, and those given out since."""
        if self._ports is None:
            texts = self.host.domain_xmls(self.domains.values())
            metas = [_domain.parse_domain(text).meta for text in texts]
            self._ports = {f.host for meta in metas if meta for f in meta.forwards}
        return self._ports

    def _is_free(self, port: int) -> bool:
        if not self.host.is_local:
            return True
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As QEMU does: a connection that is still fading away does not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_domain.LOOPBACK, port))
            except OSError as error:
                if error.errno in (errno.EADDRINUSE, errno.EACCES):
                    return False
                raise FuyajoError(f"cannot try port {port}: {error.strerror}") from None
        return True

    def delete_volume(self, volume: str, step: Step) -> None:
        """Delete a volume of our pool; one that is gone is fine."""
        handle = self.host.volume_handle(self.pool, volume)
        if handle is not None:
            self.host.delete_volume(handle)
            step.actions.append(f"delete {volume}")
        self.volumes.discard(volume)

    def users_of(self, volume: str, but: str = "") -> list[str]:
        """Return the machines and volumes, other than ``but``, that need a volume of our pool."""
        return self.uses().of(self.wanted.pool.name, volume, self.path_of(volume), {but})

    def uses(self) -> Uses:
        """Return who needs which volume, of any pool, as it was when this was first asked."""
        if self._uses is None:
            self._uses = Uses(self.host, self._documents())
        return self._uses

    def glance(self, handle: Any) -> tuple[str, dict[str, int]]:
        """Return (state, {disk file: bytes}) of a machine; one call reads those of all wanted ones."""
        with self._lock:
            if self._glances is None:
                wanted = {vm.name for vm in self.wanted.of("vms")}
                handles = [each for name, each in self.domains.items() if name in wanted]
                self._glances = self.host.glances(handles)
        known = self._glances.get(handle.UUIDString())
        return known if known is not None else (self.host.domain_info(handle)[0], {})

    def is_flagged(self, flag: str, uuid: str | None) -> bool:
        """Say whether a machine is ``autostarted`` or one of the ``transients``; one call for all."""
        with self._lock:
            if flag not in self._flags:
                read = {"autostarted": self.host.autostarted, "transients": self.host.transients}
                self._flags[flag] = read[flag]()
            return uuid in self._flags[flag]

    def networks_in_use(self, but: set[str]) -> set[str]:
        """Return the names of networks that machines other than ``but`` are plugged into."""
        used: set[str] = set()
        for name, texts in self._documents().items():
            if name not in but:
                for text in texts:
                    used |= {nic.network or "" for nic in _domain.parse_domain(text).nics}
        return used

    def _documents(self) -> dict[str, list[str]]:
        """Return {machine: [as it is now, as it starts next, as its snapshots recorded it]}."""
        if self._xmls is None:
            self._xmls = self.host.documents(self.domains)
            for name, texts in self.host.recorded_machines().items():
                # What a snapshot goes back to is needed as well, though no machine names it now.
                self._xmls.setdefault(name, []).extend(texts)
        return self._xmls

    def absent_vms(self) -> set[str]:
        """Return the machines that this call is to remove."""
        return {vm.name for vm in self.wanted.of("vms") if vm.state == "absent"}
