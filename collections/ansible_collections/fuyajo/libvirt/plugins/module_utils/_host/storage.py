# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about pools, volumes and what the host has. One question or one act each."""

from __future__ import annotations

import contextlib
import shutil
import time
from typing import Any, Callable, TypeVar, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    Calls,
    many,
    translated,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    NOT_FOUND,
    FuyajoError,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import GIB

T = TypeVar("T")
# libvirt refuses to touch a pool while another thread makes a volume in it; that passes.
_BUSY = "asynchronous jobs running"
_BUSY_SECONDS = 60.0


class StorageCalls(Calls):
    """Reads and writes of pools and volumes."""

    @translated
    def pool_handle(self, name: str) -> Any | None:
        """Return the handle of a pool, or None."""
        try:
            return self.conn.storagePoolLookupByName(name)
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_STORAGE_POOL:
                return None
            raise

    @translated
    def pool(self, name: str) -> dict[str, Any] | None:
        """Return {name, path, active, capacity_gib, free_gib} of a pool, or None."""
        handle = self.pool_handle(name)
        if handle is None:
            return None
        state, capacity, _used, free = handle.info()
        return {
            "name": name,
            "path": _storage.parse_pool(handle.XMLDesc(0)).path,
            "active": state == self.lib.VIR_STORAGE_POOL_RUNNING,
            "capacity_gib": capacity // GIB,
            "free_gib": free // GIB,
        }

    @translated
    def pool_xml(self, handle: Any) -> str:
        """Return a pool's document."""
        return cast("str", handle.XMLDesc(0))

    @translated
    def pool_volumes(self, name: str) -> list[dict[str, Any]]:
        """Return {name, path, format, capacity_bytes, backing} of a pool's volumes, by name."""
        handle = self.pool_handle(name)
        if handle is None or not handle.isActive():
            return []
        xmls = many(self._volume_xml, handle.listAllVolumes(0), self.readers)
        found = []
        for volume in (_storage.parse_volume(xml) for xml in xmls if xml is not None):
            found.append(
                {
                    "name": volume.name,
                    "path": volume.path,
                    "format": volume.format,
                    "capacity_bytes": volume.capacity,
                    "backing": volume.backing.path if volume.backing else None,
                }
            )
        return sorted(found, key=lambda each: str(each["name"]))

    def _volume_xml(self, handle: Any) -> str | None:
        try:
            return cast("str", handle.XMLDesc(0))
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_STORAGE_VOL:
                return None  # deleted since it was listed
            raise

    @translated
    def volume_handles(self, pool: Any) -> dict[str, Any]:
        """Return {name: handle} of a pool's volumes, in one call."""
        return {handle.name(): handle for handle in pool.listAllVolumes(0)}

    @translated
    def volume_handle(self, pool: Any, name: str) -> Any | None:
        """Return the handle of one volume, or None."""
        try:
            return pool.storageVolLookupByName(name)
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_STORAGE_VOL:
                return None
            raise

    @translated
    def make_pool(self, pool: _storage.Pool) -> Any:
        """Define, build and start a directory pool that also starts with the host."""
        try:
            handle = self.conn.storagePoolDefineXML(_storage.build_pool(pool), 0)
        except self.lib.libvirtError:
            # Somebody else was faster with the same wish; any other error comes up again below.
            handle = self.conn.storagePoolLookupByName(pool.name)
        try:
            self.start_pool(handle, build=True)
            handle.setAutostart(1)
        except (self.lib.libvirtError, FuyajoError):
            if not handle.isActive():
                handle.undefine()
            raise
        return handle

    @translated
    def start_pool(self, handle: Any, build: bool = False) -> None:
        """Start a pool; one that runs already is fine."""
        if build and not handle.isActive():
            handle.build(0)
        try:
            handle.create(0)
        except self.lib.libvirtError:
            if not handle.isActive():
                raise

    @translated
    def delete_pool(self, handle: Any) -> None:
        """Stop and undefine a pool, and remove its directory if that is empty."""
        if handle.isActive():
            handle.destroy()
        # A directory with something in it, or one that is gone already, is left as it is.
        with contextlib.suppress(self.lib.libvirtError):
            handle.delete(0)
        handle.undefine()

    @translated
    def refresh_pool(self, handle: Any) -> None:
        """Let libvirt see files that came into the pool's directory."""
        self._patiently(lambda: handle.refresh(0))

    @translated
    def make_volume(self, pool: Any, volume: _storage.Volume) -> Any:
        """Make a volume; returns its handle. One of that name is an error (kind conflict)."""
        xml = _storage.build_volume(volume)
        return self._patiently(lambda: pool.createXML(xml, 0))

    @translated
    def volume_path(self, handle: Any) -> str:
        """Return a volume's file."""
        return cast("str", handle.path())

    @translated
    def volume_bytes(self, handle: Any) -> int:
        """Return a volume's virtual size."""
        return int(handle.info()[1])

    @translated
    def grow_volume(self, handle: Any, size: int) -> None:
        """Make a volume larger. libvirt refuses to make it smaller."""
        handle.resize(size, 0)

    @translated
    def delete_volume(self, handle: Any) -> None:
        """Delete a volume; one that is gone is fine."""
        try:
            self._patiently(lambda: handle.delete(0))
        except self.lib.libvirtError as error:
            if error.get_error_code() != self.lib.VIR_ERR_NO_STORAGE_VOL:
                raise

    def _patiently(self, call: Callable[[], T]) -> T:
        """Repeat a call while the pool is busy, with growing pauses."""
        deadline = time.monotonic() + _BUSY_SECONDS
        pause = 0.02
        while True:
            try:
                return call()
            except self.lib.libvirtError as error:
                if _BUSY not in str(error) or time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 1.0)


class CapacityCalls(StorageCalls):
    """What the host has and offers."""

    @translated
    def capacity(self, pool: str | None = None) -> dict[str, Any]:
        """Return {memory_total_mib, memory_free_mib, cpus, disk_free_gib, arch}.

        Free memory counts caches, which the kernel gives back. ``disk_free_gib`` is that of
        ``pool`` and None when there is no such pool.
        """
        info = self.conn.getInfo()
        facts = {"memory_total_mib": info[1], "memory_free_mib": info[1], "cpus": info[2]}
        facts["arch"] = info[0]
        try:
            memory = self.conn.getMemoryStats(self.lib.VIR_NODE_MEMORY_STATS_ALL_CELLS, 0)
            free = sum(memory.get(key, 0) for key in ("free", "buffers", "cached"))
            # The node's own figure leaves out memory that came after boot; this one does not.
            facts["memory_total_mib"] = max(info[1], memory.get("total", 0) // 1024)
            facts["memory_free_mib"] = free // 1024
        except self.lib.libvirtError:
            facts["memory_free_mib"] = self.conn.getFreeMemory() // 2**20
        found = self.pool(pool) if pool else None
        facts["disk_free_gib"] = found["free_gib"] if found else None
        return facts

    @translated
    def arch(self) -> str:
        """Return the host's processor architecture."""
        return cast("str", self.conn.getInfo()[0])

    @translated
    def offers(self, virt_type: str) -> tuple[bool, bool]:
        """Return (guests of that type are offered, passt is offered). May take most of a second."""
        try:
            text = self.conn.getDomainCapabilities(None, None, None, virt_type, 0)
        except self.lib.libvirtError:
            return False, False
        return True, "<value>passt</value>" in text

    @translated
    def knows_passt(self) -> bool:
        """Say whether it makes sense to ask this libvirt about passt at all.

        libvirt 9.1.0 was the first to report it; older ones would only cost the question. It reports what
        it was built with, though: the program itself may not be installed, and then no machine starts.
        """
        if self.is_mock or self.conn.getLibVersion() < 9001000:
            return False
        return not self.is_local or shutil.which("passt") is not None


def require(found: T | None, what: str) -> T:
    """Return ``found``, or raise FuyajoError(kind=not_found) when it is None."""
    if found is None:
        raise FuyajoError(f"{what} does not exist", NOT_FOUND)
    return found
