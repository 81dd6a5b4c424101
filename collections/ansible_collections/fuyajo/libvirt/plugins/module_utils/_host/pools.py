# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about pools. One question or one act each."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, TypeVar, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import (
    Calls,
    many,
    translated,
    until,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.units import GIB

T = TypeVar("T")
# libvirt refuses to touch a pool while another thread makes a volume in it; that passes.
_BUSY = "asynchronous jobs running"
_BUSY_SECONDS = 60.0
_RACE_SECONDS = 3.0
_STATES = ("stopped", "building", "started", "degraded", "inaccessible")


class PoolReads(Calls):
    """Reads of pools."""

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
    def pool_handles(self) -> list[Any]:
        """Return the handles of every pool, by name."""
        return sorted(self.conn.listAllStoragePools(0), key=lambda handle: str(handle.name()))

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
    def pool_facts(self, handle: Any) -> dict[str, Any] | None:
        """Return what is known about a pool, or None when it went away meanwhile."""
        try:
            document = _storage.parse_pool(handle.XMLDesc(0))
            state, capacity, used, free = handle.info()
            autostart, persistent = bool(handle.autostart()), bool(handle.isPersistent())
        except self.lib.libvirtError as error:
            if error.get_error_code() == self.lib.VIR_ERR_NO_STORAGE_POOL:
                return None
            raise
        return {
            "name": document.name,
            "uuid": document.uuid,
            "type": document.type,
            "state": _STATES[state] if state < len(_STATES) else "unknown",
            "autostart": autostart,
            "persistent": persistent,
            "path": document.path or None,
            "source": pool_source(document),
            "mode": document.mode,
            "owner": document.owner,
            "group": document.group,
            "capacity_bytes": capacity,
            "allocation_bytes": used,
            "free_bytes": free,
        }

    def list_pools(self) -> list[dict[str, Any]]:
        """Return the facts of every pool, by name."""
        found = many(self.pool_facts, self.pool_handles(), self.readers)
        return [facts for facts in found if facts is not None]

    @translated
    def pool_xml(self, handle: Any, later: bool = False) -> str:
        """Return a pool's document: as it is, or with ``later`` as it starts next."""
        flags = self.lib.VIR_STORAGE_XML_INACTIVE if later else 0
        return cast("str", handle.XMLDesc(flags))


class PoolCalls(PoolReads):
    """Reads and writes of pools."""

    @translated
    def define_pool(self, xml: str) -> Any:
        """Make or change a pool's definition; returns its handle."""
        return self.conn.storagePoolDefineXML(xml, 0)

    @translated
    def build_pool(self, handle: Any) -> None:
        """Make a pool's directory with the mode and the owner it is to have; never a file system."""
        handle.build(0)

    @translated
    def make_pool(self, pool: _storage.Pool) -> Any:
        """Define, build and start a directory pool that also starts with the host."""
        ours = True
        try:
            handle = self.conn.storagePoolDefineXML(_storage.build_pool(pool), 0)
        except self.lib.libvirtError:
            # Somebody else was faster with the same wish; any other error comes up again below.
            handle, ours = self.conn.storagePoolLookupByName(pool.name), False
        try:
            self.start_pool(handle, build=True)
            handle.setAutostart(1)
        except (self.lib.libvirtError, FuyajoError):
            if ours and not handle.isActive():
                handle.undefine()
            raise
        return handle

    @translated
    def start_pool(self, handle: Any, build: bool = False) -> None:
        """Start a pool; one that runs already is fine."""
        try:
            if build and not handle.isActive():
                handle.build(0)
            handle.create(0)
        except self.lib.libvirtError as error:
            # "It is active", or "it is starting up": somebody else is at the very same thing.
            raced = error.get_error_code() == self.lib.VIR_ERR_OPERATION_INVALID
            if not until(lambda: bool(handle.isActive()), _RACE_SECONDS if raced else 0.0):
                raise

    @translated
    def stop_pool(self, handle: Any) -> None:
        """Stop a pool; what it holds stays. One that is stopped already is fine."""
        try:
            self._patiently(handle.destroy)
        except self.lib.libvirtError:
            if handle.isActive():
                raise

    @translated
    def set_pool_autostart(self, handle: Any, on: bool) -> None:
        """Say whether a pool starts with the host."""
        handle.setAutostart(int(on))

    @translated
    def undefine_pool(self, handle: Any) -> None:
        """Forget a stopped pool; what it holds stays."""
        handle.undefine()

    @translated
    def remove_pool_directory(self, handle: Any) -> None:
        """Remove the directory of a stopped pool; libvirt refuses when there is anything in it."""
        handle.delete(0)

    @translated
    def delete_pool(self, handle: Any) -> None:
        """Stop and undefine a pool, and remove its directory if that is empty."""
        if handle.isActive():
            self._patiently(handle.destroy)
        # A directory with something in it, or one that is gone already, is left as it is.
        with contextlib.suppress(self.lib.libvirtError):
            handle.delete(0)
        handle.undefine()

    @translated
    def refresh_pool(self, handle: Any) -> None:
        """Let libvirt see files that came into the pool's directory."""
        self._patiently(lambda: handle.refresh(0))

    def _patiently(self, call: Callable[[], T]) -> T:
        """Repeat a call while the pool is busy, with growing pauses."""
        done: list[T] = []

        def free() -> bool:
            try:
                done.append(call())
            except self.lib.libvirtError as error:
                if _BUSY not in str(error):
                    raise
            return bool(done)

        # Still busy at the end: the last try says so in libvirt's own words.
        return done[0] if until(free, _BUSY_SECONDS) else call()


def pool_source(document: _storage.Pool) -> dict[str, str]:
    """Return where a pool's content comes from; empty for a plain directory."""
    found = {
        "host": document.host,
        "directory": document.directory,
        "device": document.device,
        "name": document.source_name,
        "format": document.source_format,
    }
    return {key: value for key, value in found.items() if value is not None}
