# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about volumes, and their content over the connection. One question or one act each."""

from __future__ import annotations

import functools
import hashlib
import time
from typing import Any, BinaryIO, cast

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import many, translated
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.pools import (
    PoolCalls,
    PoolReads,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import storage as _storage
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import FuyajoError

# Written last: a qcow2 whose beginning is missing is seen to be unfinished.
HEAD_BYTES = 65536


class VolumeReads(PoolReads):
    """Reads of volumes."""

    @translated
    def pool_volumes(self, name: str) -> list[dict[str, Any]]:
        """Return the facts of a pool's volumes, by name; none when there is no such running pool."""
        handle = self.pool_handle(name)
        if handle is None or not handle.isActive():
            return []
        return self.volumes_of(handle)

    @translated
    def volumes_of(self, pool: Any) -> list[dict[str, Any]]:
        """Return the facts of the volumes of a running pool, by name."""
        return self._volumes_of(pool)

    def _volumes_of(self, pool: Any) -> list[dict[str, Any]]:
        read = functools.partial(self.volume_facts, pool=str(pool.name()))
        found = many(read, pool.listAllVolumes(0), self.readers)
        return sorted((f for f in found if f is not None), key=lambda each: str(each["name"]))

    @translated
    def all_volumes(self, pool: str | None = None) -> list[dict[str, Any]]:
        """Return the facts of the volumes of every running pool, or of one; by pool and name."""
        found: list[dict[str, Any]] = []
        for handle in self.pool_handles():
            if pool not in (None, handle.name()):
                continue
            try:
                if handle.isActive():
                    found += self._volumes_of(handle)
            except self.lib.libvirtError as error:
                if error.get_error_code() not in self._gone:
                    raise  # removed or stopped since it was listed is no error
        return found

    @property
    def _gone(self) -> tuple[int, int]:
        return self.lib.VIR_ERR_NO_STORAGE_POOL, self.lib.VIR_ERR_OPERATION_INVALID

    @translated
    def volume_facts(self, handle: Any, pool: str) -> dict[str, Any] | None:
        """Return what is known about a volume, or None when it went away meanwhile."""
        try:
            volume = _storage.parse_volume(handle.XMLDesc(0))
        except self.lib.libvirtError as error:
            if error.get_error_code() in (self.lib.VIR_ERR_NO_STORAGE_VOL, *self._gone):
                return None  # deleted since it was listed
            raise
        return {
            "name": volume.name,
            "pool": pool,
            "path": volume.path,
            "type": volume.type or "file",
            "format": volume.format,
            "capacity_bytes": volume.capacity,
            "allocation_bytes": volume.allocation,
            "backing": volume.backing.path if volume.backing else None,
        }

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
    def volume_path(self, handle: Any) -> str:
        """Return a volume's file."""
        return cast("str", handle.path())

    @translated
    def volume_bytes(self, handle: Any) -> int:
        """Return a volume's virtual size."""
        return int(handle.info()[1])

    @translated
    def file_bytes(self, handle: Any) -> int:
        """Return how long a volume's file is."""
        return int(handle.infoFlags(self.lib.VIR_STORAGE_VOL_GET_PHYSICAL)[2])

    @translated
    def volume_age(self, handle: Any) -> float | None:
        """Return how many seconds ago a volume was last written, or None when nobody knows.

        By this machine's clock: of use to tell minutes, not moments.
        """
        modified = _storage.parse_volume(handle.XMLDesc(0)).modified
        return None if modified is None else time.time() - modified


class VolumeCalls(VolumeReads, PoolCalls):
    """Reads and writes of volumes."""

    @translated
    def make_volume(self, pool: Any, volume: _storage.Volume, preallocate: bool = False) -> Any:
        """Make a volume; returns its handle. One of that name is an error (kind conflict)."""
        xml = _storage.build_volume(volume)
        flags = self.lib.VIR_STORAGE_VOL_CREATE_PREALLOC_METADATA if preallocate else 0
        return self._patiently(lambda: pool.createXML(xml, flags))

    @translated
    def clone_volume(self, pool: Any, volume: _storage.Volume, source: Any) -> Any:
        """Make a volume with the content of another, of any pool; returns its handle."""
        xml = _storage.build_volume(volume)
        return self._patiently(lambda: pool.createXMLFrom(xml, source, 0))

    @translated
    def grow_volume(self, handle: Any, size: int) -> None:
        """Make a volume larger. libvirt refuses to make it smaller."""
        self._patiently(lambda: handle.resize(size, 0))

    @translated
    def delete_volume(self, handle: Any) -> None:
        """Delete a volume; one that is gone is fine."""
        try:
            self._patiently(lambda: handle.delete(0))
        except self.lib.libvirtError as error:
            if error.get_error_code() != self.lib.VIR_ERR_NO_STORAGE_VOL:
                raise

    @translated
    def upload_volume(self, handle: Any, source: BinaryIO, size: int) -> str:
        """Write the ``size`` bytes of a file into a volume; return the SHA-256 of what was sent."""
        digest = hashlib.sha256()
        source.seek(0)
        head = source.read(min(size, HEAD_BYTES))
        digest.update(head)
        if size > len(head):
            self._send(handle, source, len(head), size - len(head), digest)
        self._send(handle, _Bytes(head), 0, len(head), None)
        return digest.hexdigest()

    def _send(self, handle: Any, source: Any, offset: int, length: int, digest: Any) -> None:
        left, sent = length, 0
        stream = self.conn.newStream(0)

        def more(_stream: Any, count: int, _opaque: Any) -> bytes:
            nonlocal left, sent
            data = bytes(source.read(min(count, left)))
            left -= len(data)
            sent += len(data)
            if digest is not None:
                digest.update(data)
            return data

        try:
            self._patiently(lambda: handle.upload(stream, offset, length, 0))
            stream.sendAll(more, None)
            stream.finish()
        except BaseException:
            _abort(stream, self.lib)
            raise
        if sent != length:
            raise FuyajoError("the file became shorter while it was sent")

    @translated
    def volume_sha256(self, handle: Any) -> str:
        """Return the SHA-256 of a volume's file, by reading all of it over the connection."""
        digest = hashlib.sha256()
        stream = self.conn.newStream(0)

        def take(_stream: Any, data: bytes, _opaque: Any) -> int:
            digest.update(data)
            return len(data)

        try:
            handle.download(stream, 0, 0, 0)
            stream.recvAll(take, None)
            stream.finish()
        except BaseException:
            _abort(stream, self.lib)
            raise
        return digest.hexdigest()


class _Bytes:
    """Bytes that are read like a file, once."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, count: int) -> bytes:
        data, self._data = self._data[:count], self._data[count:]
        return data


def _abort(stream: Any, lib: Any) -> None:
    try:
        stream.abort()
    except lib.libvirtError:
        return  # it ended by itself: the error that brought us here says why
