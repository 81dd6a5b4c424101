# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What making, verifying and restoring a backup have in common."""

from __future__ import annotations

import os
import time
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_files as _files,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import (
    backup_images as _images,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import Backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup_chain import chain_of
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FAILED,
    NOT_FOUND,
    FuyajoError,
)


class Clock:
    """A deadline that several steps share."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._deadline = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left; raises FuyajoError when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise FuyajoError(f"the work was not done within {self.seconds:g} s")
        return left


def require_directory(directory: str) -> None:
    """Raise unless the directory is there. It is never made: a mount may be missing."""
    if not os.path.isdir(directory):
        raise FuyajoError(f"there is no directory {directory}; it is not made here", NOT_FOUND)


def find(shelf: _files.Shelf, name: str, owner: str) -> Backup | None:
    """Return a backup of this owner, or None; raises when something else has that name."""
    if name in shelf.broken:
        raise FuyajoError(
            f"{os.path.join(shelf.path, name)} is no backup: {shelf.broken[name]}", CONFLICT
        )
    found = shelf.good.get(name)
    if found is not None and found.owner != owner:
        raise FuyajoError(f"the backup {name} belongs to {found.owner!r:.80}", CONFLICT)
    return found


def require(shelf: _files.Shelf, name: str, owner: str) -> Backup:
    """Return a backup of this owner; raises when there is none."""
    found = find(shelf, name, owner)
    if found is None:
        raise FuyajoError(f"there is no backup {name} in {shelf.path}", NOT_FOUND)
    return found


def chain_in(shelf: _files.Shelf, backup: Backup) -> list[Backup]:
    """Return the chain of a backup, the full one first; raises when a link is missing."""
    try:
        return chain_of(shelf.good, backup.name)
    except ValueError as error:
        raise FuyajoError(f"the backup {backup.name} cannot be used: {error}", FAILED) from None


def verify(
    shelf: _files.Shelf, backup: Backup, clock: Clock, known: dict[str, list[str]] | None = None
) -> list[Backup]:
    """Return the chain of a backup after a look at every byte of it; raises when one is wrong.

    ``known`` keeps {backup: what is wrong}, so that links of many chains are read once.
    """
    known = {} if known is None else known
    chain = chain_in(shelf, backup)
    wrong: list[str] = []
    for link in chain:
        clock.left()
        if link.name not in known:
            found = _files.problems(shelf.path, link, content=True)
            known[link.name] = found or _unsound(shelf, link, clock)
        wrong += known[link.name]
    if wrong:
        raise FuyajoError(f"the backup {backup.name} is damaged: {'; '.join(wrong)}", FAILED)
    return chain


def _unsound(shelf: _files.Shelf, backup: Backup, clock: Clock) -> list[str]:
    """Return what QEMU finds wrong with disks whose digests are right."""
    wrong = []
    for disk in backup.disks:
        path = os.path.join(shelf.path, backup.name, disk.file)
        try:
            said = _images.info(path)
            below = below_of(backup, disk.file)
            if said.get("backing-filename") != below or said.get("virtual-size") != disk.size:
                wrong.append(f"{path} is not what it was made as")
            else:
                _images.check(path, clock.left())
        except FuyajoError as error:
            wrong.append(str(error))
    return wrong


def below_of(backup: Backup, file: str) -> str | None:
    """Return what a disk of a backup lies on, as its header says it."""
    return None if backup.parent is None else os.path.join("..", backup.parent, file)


def facts_of(shelf: _files.Shelf, backup: Backup, verified: bool | None = None) -> dict[str, Any]:
    """Return what is told about a backup. ``verified`` None means that nobody looked."""
    try:
        chain = [link.name for link in chain_of(shelf.good, backup.name)]
    except ValueError:
        chain = []
    return {
        "name": backup.name,
        "vm": backup.vm,
        "uuid": backup.uuid,
        "owner": backup.owner,
        "kind": backup.kind,
        "parent": backup.parent,
        "chain": chain,
        "created": backup.created,
        "checkpoint": backup.checkpoint,
        "consistency": backup.consistency,
        "path": os.path.join(shelf.path, backup.name),
        "size_bytes": backup.bytes,
        "disks": [
            {
                "target": disk.target,
                "format": disk.format,
                "size_bytes": disk.size,
                "file": disk.file,
                "file_bytes": disk.bytes,
                "sha256": disk.sha256,
            }
            for disk in backup.disks
        ],
        "notes": list(backup.notes),
        "verified": verified,
        "tested": _files.tested(shelf.path, backup),
    }
