# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that we put into a pool's directory ourselves: bases and seeds.

A file gets its final name only when it is complete and on the disk, so a crash never leaves
something that looks fine and is not.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from typing import BinaryIO

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)

_CHUNK = 1 << 20
_QCOW2 = b"QFI\xfb"
_EXTERNAL_DATA = 1 << 2
_LONGEST_CHAIN = 64
_LONGEST_NAME = 1024  # QEMU's own limit is 1023


def copy_image(source: str, target: str, sha256: str) -> None:
    """Copy an image to ``target`` when its content has that digest; zeros stay holes.

    Raises FuyajoError when the file cannot be read, is not a self-contained qcow2, or differs.
    """
    try:
        with open(source, "rb") as stream:
            check_image(stream.read(104), source)
            stream.seek(0)
            _copy(stream, source, target, sha256)
    except OSError as error:
        raise FuyajoError(f"cannot copy {source} to {target}: {error.strerror}") from None


def check_image(header: bytes, source: str) -> None:
    """Refuse what is not a qcow2, or names other files: those would be files of the host."""
    if header[:4] != _QCOW2 or len(header) < 72:
        raise FuyajoError(f"{source} is not a qcow2 image", INVALID)
    version, backing = struct.unpack(">IQ", header[4:16])
    features = struct.unpack(">Q", header[72:80])[0] if version >= 3 and len(header) >= 80 else 0
    if backing or features & _EXTERNAL_DATA:
        raise FuyajoError(f"{source} refers to other files; flatten it first", INVALID)


def backing_chain(path: str) -> set[str]:
    """Return the files below a qcow2, as far as they can be read; nothing for what is no qcow2.

    What a file claims is believed: at worst something is kept that could have gone.
    """
    found: set[str] = set()
    while len(found) < _LONGEST_CHAIN:
        below = _backing_file(path)
        if below is None or below in found:
            break
        found.add(below)
        path = below
    return found


def _backing_file(path: str) -> str | None:
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
        handle, part = tempfile.mkstemp(
            ".part", os.path.basename(path) + ".", os.path.dirname(path)
        )
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                _settle(stream, mode)
            os.replace(part, path)
        except BaseException:
            os.unlink(part)
            raise
    except OSError as error:
        raise FuyajoError(f"cannot write {path}: {error.strerror}") from None


def _copy(source: BinaryIO, name: str, target: str, sha256: str) -> None:
    directory, base = os.path.split(target)
    handle, part = tempfile.mkstemp(".part", base + ".", directory)
    try:
        with os.fdopen(handle, "wb") as out:
            found = _pour(source, out)
            if found != sha256:
                raise FuyajoError(f"{name} has the sha256 {found}, not {sha256}", INVALID)
            _settle(out, 0o644)
        os.replace(part, target)
    except BaseException:
        os.unlink(part)
        raise
    _sync_directory(directory)


def _pour(source: BinaryIO, out: BinaryIO) -> str:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if chunk.count(0) == len(chunk):
            out.seek(len(chunk), os.SEEK_CUR)
        else:
            out.write(chunk)
    out.truncate(size)
    return digest.hexdigest()


def _settle(stream: BinaryIO, mode: int) -> None:
    """Bring what was written to the disk, readable for whom it is meant."""
    stream.flush()
    os.fchmod(stream.fileno(), mode)
    os.fsync(stream.fileno())


def _sync_directory(directory: str) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
