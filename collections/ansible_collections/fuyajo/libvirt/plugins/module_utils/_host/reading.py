# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection for reads: the only file that imports libvirt.

``ReadHost`` speaks in our own documents and raises our own errors; no caller sees a libvirt one. One
connection serves many threads: libvirt-python releases the interpreter while it waits. A program that
is short-lived and only reads (`fuyajo plan`) takes this one: `host` loads all that writes as well.
"""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Type, TypeVar

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import binding as _binding
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import connect as _connect
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.domains import DomainReads
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.storage import CapacityCalls
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.volumes import VolumeReads
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    UNAVAILABLE,
    FuyajoError,
)

try:
    import libvirt
except ImportError as error:
    libvirt = None
    _MISSING = str(error)
else:
    _MISSING = ""

H = TypeVar("H", bound="ReadHost")
OPEN_SECONDS = 10.0


def default_uri() -> str:
    """Return the URI for this user: the system's daemon for root, the session's otherwise."""
    return "qemu:///system" if os.geteuid() == 0 else "qemu:///session"


class ReadHost(DomainReads, CapacityCalls, VolumeReads):
    """A connection to one libvirt, for reads. Use it as a context manager."""

    def __init__(self, connection: Any, uri: str) -> None:
        self.conn = connection
        self.uri = uri
        self.lib = libvirt

    @classmethod
    def open(
        cls: Type[H],
        uri: str | None = None,
        readonly: bool = False,
        deadline: float = OPEN_SECONDS,
    ) -> H:
        """Connect within ``deadline`` seconds; raises FuyajoError(kind=unavailable)."""
        if libvirt is None:
            raise FuyajoError(_binding.missing_binding(_MISSING), UNAVAILABLE)
        where = uri or default_uri()
        return cls(_connect.connect(libvirt, where, readonly, deadline), where)

    def close(self) -> None:
        """Give the connection back; harmless when that has happened already."""
        if self.conn is not None:
            connection, self.conn = self.conn, None
            _connect.disconnect(self.lib, connection)

    def __enter__(self: H) -> H:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
