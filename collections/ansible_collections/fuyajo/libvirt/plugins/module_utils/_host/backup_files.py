# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory that holds a machine's backups.

``DIRECTORY/VM/NAME/`` is a complete backup; ``.NAME.part`` one that is being made and ``.NAME.gone``
one that is being removed. Whoever changes something there holds a lock that the kernel gives back
when its holder dies, so what is found under the lock with a dot in front belongs to nobody.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import shutil
import stat
from dataclasses import dataclass, field
from typing import Any, Iterator

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.files import sync_path
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup as _backup
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import backup_trial as _trial
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import NAME
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)

_LOCK = ".lock"
_PART, _GONE = ".part", ".gone"
_OWN = re.compile(r"\.[A-Za-z0-9][A-Za-z0-9_-]{0,62}\.(part|gone)", re.ASCII)
_CHUNK = 1 << 20
_MAX_METADATA = 1 << 22


@dataclass
class Shelf:
    """What lies in the directory of one machine's backups.

    ``broken`` says why something that looks like a backup is none; ``unfinished`` are those that are
    being made or removed, or whose maker died.
    """

    path: str
    good: dict[str, _backup.Backup] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    unfinished: list[str] = field(default_factory=list)


def read_shelf(directory: str, vm: str) -> Shelf:
    """Return what lies there; a machine without backups has an empty shelf."""
    shelf = Shelf(os.path.join(directory, vm))
    try:
        entries = sorted(os.listdir(shelf.path))
    except FileNotFoundError:
        return shelf
    except OSError as error:
        raise FuyajoError(f"cannot read {shelf.path}: {error.strerror}") from None
    for name in entries:
        if _OWN.fullmatch(name):
            shelf.unfinished.append(name)
        elif not name.startswith("."):
            try:
                shelf.good[name] = _read(shelf.path, name, vm)
            except ValueError as error:
                shelf.broken[name] = str(error)
    return shelf


def machines(directory: str) -> list[str]:
    """Return the names of the machines that may have backups there."""
    try:
        with os.scandir(directory) as entries:
            found = [each.name for each in entries if each.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise FuyajoError(f"cannot read {directory}: {error.strerror}") from None
    return sorted(name for name in found if NAME.fullmatch(name))


def _read(shelf: str, name: str, vm: str) -> _backup.Backup:
    path = os.path.join(shelf, name)
    if not stat.S_ISDIR(os.lstat(path).st_mode):
        raise ValueError("is not a directory")
    try:
        handle = os.open(os.path.join(path, _backup.METADATA), os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(handle, "rb") as stream:
            found = _backup.load_backup(stream.read(_MAX_METADATA))
    except OSError as error:
        raise ValueError(f"{_backup.METADATA} cannot be read: {error.strerror}") from None
    if (found.name, found.vm) != (name, vm):
        raise ValueError(f"calls itself {found.name} of {found.vm}")
    return found


@contextlib.contextmanager
def locked(directory: str, vm: str) -> Iterator[str]:
    """Hold a machine's shelf, made when missing; raises FuyajoError when somebody else does.

    QEMU, another user perhaps, has to be able to get through it, but not to look around.
    """
    path = os.path.join(directory, vm)
    try:
        handle = _take(path)
    except OSError as error:
        raise FuyajoError(f"cannot use {path}: {error.strerror}") from None
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            _leave_if_empty(path)
        os.close(handle)


def _take(path: str) -> int:
    while True:
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o711)
            os.chmod(path, 0o711)  # noqa: S103 - QEMU's user goes through
        name = os.path.join(path, _LOCK)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(name, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.fstat(handle), os.stat(name)):
                return handle
        except FileNotFoundError:
            pass  # removed together with the last backup, between our opening and locking it
        except OSError as error:
            os.close(handle)
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                raise FuyajoError(f"another backup is at work in {path}", CONFLICT) from None
            raise
        os.close(handle)


def _leave_if_empty(path: str) -> None:
    if os.listdir(path) == [_LOCK]:
        os.unlink(os.path.join(path, _LOCK))
        os.rmdir(path)


def sweep(shelf: str) -> list[str]:
    """Remove what a dead maker left; only under the lock. Returns what that was."""
    left = [name for name in sorted(os.listdir(shelf)) if _OWN.fullmatch(name)]
    for name in left:
        shutil.rmtree(os.path.join(shelf, name), ignore_errors=True)
    return left


def begin(shelf: str, name: str) -> str:
    """Make and return the directory of a backup that is being made."""
    if os.path.lexists(os.path.join(shelf, name)):
        raise FuyajoError(f"{os.path.join(shelf, name)} exists already", CONFLICT)
    part = os.path.join(shelf, f".{name}{_PART}")
    try:
        os.mkdir(part, 0o711)
        os.chmod(part, 0o711)  # noqa: S103 - QEMU's user goes through
    except OSError as error:
        raise FuyajoError(f"cannot make {part}: {error.strerror}") from None
    return part


def finish(shelf: str, part: str, backup: _backup.Backup) -> None:
    """Write the metadata and give a backup its name, when everything is on the disk."""
    try:
        write(os.path.join(part, _backup.METADATA), _backup.dump_backup(backup))
        os.chmod(part, 0o700)
        _take_back(part)
        sync_path(part)
        os.rename(part, os.path.join(shelf, backup.name))
        sync_path(shelf)
    except OSError as error:
        raise FuyajoError(f"cannot finish {part}: {error.strerror}") from None


def _take_back(part: str) -> None:
    """Own what libvirt lent to QEMU: it gives a file back after its job, now and then later than we look."""
    if os.geteuid() != 0:
        return
    for entry in os.scandir(part):
        state = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(state.st_mode) and state.st_uid != 0:
            os.chown(entry.path, 0, 0, follow_symlinks=False)


def forget(part: str) -> None:
    """Remove a backup that did not come to be."""
    shutil.rmtree(part, ignore_errors=True)


def remove(shelf: str, name: str) -> None:
    """Remove a backup; from the first moment on it is none any more."""
    gone = os.path.join(shelf, f".{name}{_GONE}")
    try:
        os.rename(os.path.join(shelf, name), gone)
        sync_path(shelf)
        shutil.rmtree(gone)
    except OSError as error:
        raise FuyajoError(f"cannot remove {os.path.join(shelf, name)}: {error.strerror}") from None


def write(path: str, data: bytes) -> None:
    """Write a new file that only its owner may read, through to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def copy(source: str, target: str) -> None:
    """Copy a small file."""
    try:
        with open(source, "rb") as stream:
            write(target, stream.read())
    except OSError as error:
        raise FuyajoError(f"cannot copy {source} to {target}: {error.strerror}") from None


def measure(directory: str, kept: _backup.Kept) -> None:
    """Note the length and digest of a file, and bring it to the disk."""
    path = os.path.join(directory, kept.file)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        kept.bytes, kept.sha256 = os.stat(path).st_size, digest(path)
    except OSError as error:
        raise FuyajoError(f"cannot read {path}: {error.strerror}") from None


def digest(path: str) -> str:
    """Return the SHA-256 of a file."""
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def problems(shelf: str, backup: _backup.Backup, content: bool) -> list[str]:
    """Return what is wrong with the files of one backup; without ``content`` only their lengths."""
    found = []
    for kept in backup.files():
        path = os.path.join(shelf, backup.name, kept.file)
        try:
            state = os.lstat(path)
            if not stat.S_ISREG(state.st_mode) or state.st_size != kept.bytes:
                found.append(f"{path} has not the length it had ({kept.bytes} bytes)")
            elif content and digest(path) != kept.sha256:
                found.append(f"{path} is corrupt: its SHA-256 differs")
        except OSError as error:
            found.append(f"{path} cannot be read: {error.strerror}")
    return found


def tested(shelf: str, backup: _backup.Backup) -> dict[str, Any] | None:
    """Return when and how this backup was seen to start; None when it was not."""
    path = os.path.join(shelf, backup.name, _trial.NOTE)
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as stream:
            return _trial.load_tested(stream.read(4096), _backup.digest_of(backup))
    except OSError:
        return None


def strangers(shelf: str, names: list[str]) -> list[str]:
    """Return what somebody other than root and this user could have written in some backups."""
    found = []
    for name in names:
        top = os.path.join(shelf, name)
        paths = [shelf, top, *(os.path.join(top, each) for each in sorted(os.listdir(top)))]
        for path in paths:
            state = os.lstat(path)
            if state.st_uid not in (0, os.geteuid()) or state.st_mode & 0o022:
                found.append(path)
    return sorted(set(found))
