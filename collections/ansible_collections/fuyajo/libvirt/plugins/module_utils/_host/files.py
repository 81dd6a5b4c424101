# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that we put into a pool's directory ourselves: bases and seeds.

A file gets its final name only when it is complete and on the disk, so a crash never leaves
something that looks fine and is not. Until then it is called ``….part`` and locked: a part that
nobody locks is what a killed run left, and the next run takes it away.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import stat
import struct
import tempfile
from typing import BinaryIO, Iterator

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)

CHUNK = 1 << 20
_SUFFIX = ".part"
# What `tempfile` makes of a name of ours: nobody else's files look like that.
_PARTS = re.compile(r"[a-z0-9][a-z0-9.-]*\.[a-z0-9_]{8}\.part", re.ASCII)
_FICLONE = 0x40049409
# Of one call: small enough to look at the time in between, large enough to cost nothing.
_RANGE = 64 << 20
_QCOW2 = b"QFI\xfb"
_LONGEST_CHAIN = 64
_LONGEST_NAME = 1024  # QEMU's own limit is 1023


@contextlib.contextmanager
def part_of(target: str) -> Iterator[BinaryIO]:
    """Yield a new locked file next to ``target``; it is gone afterwards unless `place` took it."""
    stream = _locked_part(target)
    try:
        yield stream
    finally:
        unlink(stream.name)
        stream.close()


def place(stream: BinaryIO, target: str, mode: int) -> None:
    """Give a finished part its name, as a whole or not at all; it survives a crash from then on."""
    stream.flush()
    os.fchmod(stream.fileno(), mode)
    os.fsync(stream.fileno())
    os.replace(stream.name, target)
    sync_path(os.path.dirname(target))


def sweep_parts(directory: str) -> list[str]:
    """Remove the parts that killed runs left in a directory; return their names."""
    gone = []
    with contextlib.suppress(FileNotFoundError, PermissionError):
        for name in sorted(os.listdir(directory)):
            path = os.path.join(directory, name)
            if _PARTS.fullmatch(name) and _abandoned(path):
                gone.append(name)
    return gone


def backing_chain(path: str) -> set[str]:
    """Return the files below a qcow2, as far as they can be read; nothing for what is no qcow2.

    What a file claims is believed: at worst something is kept that could have gone.
    """
    found: set[str] = set()
    while len(found) < _LONGEST_CHAIN:
        below = backing_file(path)
        if below is None or below in found:
            break
        found.add(below)
        path = below
    return found


def backing_file(path: str) -> str | None:
    """Return the file that a qcow2 lies on, as its header says; None for any other file."""
    if not os.path.isfile(path):
        return None  # a device, or nothing
    try:
        with open(path, "rb") as stream:
            header = stream.read(20)
            if header[:4] != _QCOW2 or len(header) < 20:
                return None
            offset, size = struct.unpack(">QI", header[8:20])
            if not offset or not 0 < size < _LONGEST_NAME:
                return None
            stream.seek(offset)
            name = os.fsdecode(stream.read(size))
    except (OSError, ValueError, OverflowError):
        return None
    name = name[5:] if name.startswith("file:") else name
    return os.path.normpath(os.path.join(os.path.dirname(path), name))


def read_file(path: str, most: int) -> bytes | None:
    """Return the content of a file, None when there is none; more than ``most`` bytes is an error."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(most + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FuyajoError(f"cannot read {path}: {error.strerror}") from None
    if len(data) > most:
        raise FuyajoError(f"{path} has more than {most} bytes", INVALID)
    return data


def replace_file(path: str, data: bytes, mode: int) -> None:
    """Write ``data`` to ``path`` as a whole, or not at all."""
    try:
        with part_of(path) as stream:
            stream.write(data)
            place(stream, path, mode)
    except OSError as error:
        raise FuyajoError(f"cannot write {path}: {error.strerror}") from None


def open_source(path: str) -> BinaryIO:
    """Open a regular file for reading; a pipe or a device is refused before it can block."""
    # Without O_NONBLOCK opening a pipe would wait for its other end.
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    stream = os.fdopen(handle, "rb")
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        stream.close()
        raise FuyajoError(f"{path} is not a regular file", INVALID)
    return stream


def copy_file(source: BinaryIO, out: BinaryIO, most: int) -> None:
    """Copy a whole file the cheapest way there is: shared blocks, in the kernel, or by hand.

    Holes stay holes. Raises FuyajoError(kind=invalid) when it has more than ``most`` bytes.
    """
    size = os.fstat(source.fileno()).st_size
    if size > most:
        raise FuyajoError(f"{source.name} has {size} bytes; more than {most} are refused", INVALID)
    out.flush()
    try:
        fcntl.ioctl(out.fileno(), _FICLONE, source.fileno())
    except OSError:
        # The file system cannot share blocks, or these are two file systems.
        _copy_data(source.fileno(), out.fileno(), size)
        os.ftruncate(out.fileno(), size)


def digest_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of a whole file, in hexadecimal."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(CHUNK))
    stream.seek(0)
    while count := stream.readinto(buffer):  # type: ignore[attr-defined]
        digest.update(buffer[:count])
    return digest.hexdigest()


def ends_of(stream: BinaryIO, head: int, tail: int) -> tuple[bytes, bytes, int]:
    """Return the first and the last bytes of a file, and its size."""
    size = os.fstat(stream.fileno()).st_size
    stream.seek(0)
    first = stream.read(head)
    stream.seek(max(size - tail, 0))
    return first, stream.read(tail), size


def _copy_data(source: int, out: int, size: int) -> None:
    """Copy what is not a hole; both files keep their holes."""
    at = 0
    while at < size:
        try:
            begin = os.lseek(source, at, os.SEEK_DATA)
        except OSError as error:
            if error.errno == errno.ENXIO:
                return  # only a hole is left
            begin, end = at, size
        else:
            end = os.lseek(source, begin, os.SEEK_HOLE)
        _copy_range(source, out, begin, min(end, size))
        at = max(end, begin + 1)


def _copy_range(source: int, out: int, begin: int, end: int) -> None:
    os.lseek(source, begin, os.SEEK_SET)
    os.lseek(out, begin, os.SEEK_SET)
    left, in_kernel = end - begin, hasattr(os, "copy_file_range")
    while left > 0:
        count = 0
        if in_kernel:
            try:
                count = os.copy_file_range(source, out, min(left, _RANGE))
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    raise
                in_kernel = False
                continue
        else:
            data = os.read(source, min(left, CHUNK))
            count = _write_all(out, data)
        if count == 0:
            raise OSError(errno.EIO, "the file became shorter while it was read")
        left -= count


def _write_all(out: int, data: bytes) -> int:
    view = memoryview(data)
    while view:
        view = view[os.write(out, view) :]
    return len(data)


def _locked_part(target: str) -> BinaryIO:
    directory, base = os.path.split(target)
    while True:
        handle, path = tempfile.mkstemp(_SUFFIX, base + ".", directory)
        os.close(handle)
        with contextlib.suppress(FileNotFoundError):  # swept before it was locked
            stream = open(path, "r+b")  # noqa: SIM115 - whoever asked for it closes it
            try:
                fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stream.close()  # somebody sweeps, and takes it for abandoned: make another one
                continue
            if os.fstat(stream.fileno()).st_nlink:
                return stream
            stream.close()


def _abandoned(path: str) -> bool:
    """Remove a part when nobody holds its lock; say whether it is gone."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.unlink(path)
        return True
    except OSError:
        return False
    finally:
        os.close(handle)


def unlink(path: str) -> None:
    """Remove a file; one that is gone is fine."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def sync_path(path: str) -> None:
    """Let a file survive a crash, or what was made, renamed or removed in a directory."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
