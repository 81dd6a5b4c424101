# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who needs a volume: machines by their disks, now and at their next start, and volumes on top of it."""

from __future__ import annotations

import os
from typing import Collection, Mapping

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.files import backing_chain
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.host import Host
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import domain as _domain

Documents = Mapping[str, "list[str]"]


class Uses:
    """The uses of every volume of a host, read when first asked for, then kept."""

    def __init__(self, host: Host, documents: Documents | None = None) -> None:
        self._host = host
        self._documents = documents
        self._files: dict[str, tuple[set[str], set[tuple[str, str]]]] | None = None
        self._above: dict[str, set[tuple[str, str]]] | None = None

    def of(
        self,
        pool: str,
        volume: str,
        path: str | None,
        but: Collection[str] = (),
        but_volumes: Collection[str] = (),
    ) -> list[str]:
        """Return the machines, other than ``but``, and the volumes that need a volume.

        A volume of another pool is named ``POOL/VOLUME``; ``but_volumes`` are of the same pool.
        """
        machines = [name for name in self.machines(pool, volume, path) if name not in but]
        if path is None:
            return machines
        above = self._overlays().get(self._real(path), set()) - {(pool, volume)}
        names = {v if p == pool else f"{p}/{v}" for p, v in above}
        return machines + sorted(names - set(but_volumes))

    def machines(self, pool: str, volume: str, path: str | None) -> list[str]:
        """Return the machines that have a volume as a disk, or below one."""
        real = None if path is None else self._real(path)
        return sorted(
            name
            for name, (files, pairs) in self._machines().items()
            if real in files or (pool, volume) in pairs
        )

    def pool_machines(self, pool: str) -> list[str]:
        """Return the machines that name a pool in their disks."""
        machines = self._machines().items()
        return sorted(name for name, (_f, pairs) in machines if pool in {p for p, _v in pairs})

    def _machines(self) -> dict[str, tuple[set[str], set[tuple[str, str]]]]:
        if self._files is None:
            texts_of = self._documents
            if texts_of is None:
                texts_of = self._host.documents(self._host.domains())
            self._files = {}
            for name, texts in texts_of.items():
                files: set[str] = set()
                pairs: set[tuple[str, str]] = set()
                for text in texts:
                    files |= self._chains(_domain.disk_files(text))
                    pairs |= _domain.disk_volumes(text)
                self._files[name] = files, pairs
        return self._files

    def _chains(self, paths: Collection[str]) -> set[str]:
        """Return files with all that lies below them: a definition names the top of a chain only."""
        found = {self._real(path) for path in paths}
        if self._host.is_local:
            for path in list(found):
                found |= {self._real(below) for below in backing_chain(path)}
        return found

    def _overlays(self) -> dict[str, set[tuple[str, str]]]:
        """Return {file: volumes of any running pool that lie on top of it}."""
        if self._above is None:
            self._above = {}
            for volume in self._host.all_volumes():
                if volume["backing"]:
                    pair = (volume["pool"], volume["name"])
                    self._above.setdefault(self._real(volume["backing"]), set()).add(pair)
        return self._above

    def _real(self, path: str) -> str:
        # A pool or a disk may be named by way of a link: the file is what counts.
        return os.path.realpath(path) if self._host.is_local else path
