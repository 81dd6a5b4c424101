# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who makes or changes which machine right now, told by locks that the kernel takes back from the dead.

The lock is one byte of the pool's directory for every name: no file that stays behind, no process id
that means somebody else in another namespace, and whoever makes another machine is in nobody's way.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import struct
from contextlib import contextmanager
from typing import Iterator

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host.calls import until
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    CONFLICT,
    FuyajoError,
)

# Locks of an open file, not of a process: threads of one process exclude each other as well.
# Python has these names only since 3.9.
_GET = getattr(fcntl, "F_OFD_GETLK", 36)
_SET = getattr(fcntl, "F_OFD_SETLK", 37)
_FLOCK = "hhqqi4x"
# "Cannot be told here" (no right to read, no such directory, a file system without such locks).
_NO_LOCKS = (errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR, errno.ENOLCK, errno.EINVAL)


@contextmanager
def making(directory: str | None, name: str) -> Iterator[bool]:
    """Show others that ``name`` is being made, until the block ends or this process does.

    Yields whether that could be shown: not for a directory of another host, or one we cannot read.
    """
    handle = _open(directory)
    try:
        yield handle is not None and _show(handle, name)
    finally:
        if handle is not None:
            os.close(handle)


@contextmanager
def taking_over(directory: str | None, name: str, seconds: float) -> Iterator[bool]:
    """As `making`, once nobody else makes ``name``; waits ``seconds`` for that.

    Raises FuyajoError(kind=conflict) when it is still being made then.
    """
    handle = _open(directory)
    try:
        if handle is not None:
            mine = handle
            if not until(lambda: _show_alone(mine, name), seconds):
                raise FuyajoError(
                    f"{name} is being made or changed by another call just now", CONFLICT
                )
        yield handle is not None and _is_shown(handle, name)
    finally:
        if handle is not None:
            os.close(handle)


def _open(directory: str | None) -> int | None:
    if directory is None:
        return None
    try:
        return os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return None
        raise FuyajoError(f"cannot open {directory}: {error.strerror}") from None


def _byte_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")


def _ask(handle: int, command: int, kind: int, name: str) -> int:
    """Run one lock command for the byte of ``name``; return the kind of lock in its answer."""
    answer = fcntl.fcntl(handle, command, struct.pack(_FLOCK, kind, 0, _byte_of(name), 1, 0))
    return int(struct.unpack(_FLOCK, answer)[0])


def _show(handle: int, name: str) -> bool:
    try:
        # A directory cannot be opened for writing, so nobody can hold more than a shared lock.
        _ask(handle, _SET, fcntl.F_RDLCK, name)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise FuyajoError(f"cannot lock {name}: {error.strerror}") from None
    return True


def _show_alone(handle: int, name: str) -> bool:
    """Take the lock when nobody else has it. Says True as well where nothing can be told."""
    try:
        # Of those who look, one at a time: looking and taking are two calls.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in _NO_LOCKS
    try:
        if _ask(handle, _GET, fcntl.F_WRLCK, name) != fcntl.F_UNLCK:
            return False
        return _show(handle, name) or True
    except OSError as error:
        return error.errno in _NO_LOCKS
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _is_shown(handle: int, name: str) -> bool:
    """Say whether locks work here at all; our own one is held by now."""
    return _show(handle, name)
