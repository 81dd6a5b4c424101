# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take in an image that nobody vouches for but its digest: fetch, compare, inspect, convert.

In this order, each on the private copy that the one before left: what was checked is what is kept.
"""

from __future__ import annotations

import bz2
import contextlib
import lzma
import os
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, Iterator
from urllib.parse import unquote, urlsplit

from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import fetch as _fetch
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import files as _files
from ansible_collections.fuyajo.libvirt.plugins.module_utils._host import qemu_img as _qemu_img
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import image_file as _image
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.errors import (
    INVALID,
    FuyajoError,
)

_UNPACK = ("gzip", "xz", "bzip2")
_XZ_MEMORY = 256 << 20


@dataclass(frozen=True)
class Source:
    """Where an image comes from and what it must be; ``most`` in bytes, ``seconds`` for a download."""

    sha256: str
    path: str | None = None
    url: str | None = None
    format: str = "qcow2"
    most: int = 256 << 30
    seconds: float = 3600.0

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return self.path or self.url or ""


@contextlib.contextmanager
def taken(source: Source, target: str) -> Iterator[tuple[BinaryIO, int]]:
    """Yield (a sound qcow2 next to ``target``, its virtual size); `place` it, or it is gone after.

    Raises FuyajoError; nothing is left behind then.
    """
    try:
        with contextlib.ExitStack() as stack:
            part = stack.enter_context(_files.part_of(target))
            _fill(source, part)
            part = _unpacked(source, part, target, stack)
            size = _inspect(source, part, source.format)
            if source.format == "raw":
                part = _converted(source, part, target, stack)
                _inspect(source, part, "qcow2")
            _qemu_img.verify(part.name, size, source.name)
            yield part, size
    except OSError as error:
        raise FuyajoError(f"cannot take in {source.name}: {error.strerror or error}") from None


def _fill(source: Source, part: BinaryIO) -> None:
    path = source.path
    if source.url is not None and urlsplit(source.url).scheme == "file":
        path = unquote(urlsplit(source.url).path)
    if path is None:
        found = _fetch.download(source.url or "", part, source.most, source.seconds)
    else:
        with _files.open_source(path) as stream:
            _glance(source, stream)
            _files.copy_file(stream, part, source.most)
        # The copy is what counts: the file may have changed since.
        found = _files.digest_of(part)
    if found != source.sha256:
        raise FuyajoError(
            f"{source.name} has the sha256 {found}, not {source.sha256}; "
            "the publisher may have a newer one by now",
            INVALID,
        )


def _glance(source: Source, stream: BinaryIO) -> None:
    """Refuse the hopeless before it is copied."""
    head = _files.ends_of(stream, _image.HEAD_BYTES, 0)[0]
    if _image.detect(head) not in _UNPACK:
        _inspect(source, stream, source.format)


def _inspect(source: Source, stream: BinaryIO, form: str) -> int:
    head, tail, size = _files.ends_of(stream, _image.HEAD_BYTES, _image.SECTOR)
    return _image.check(head, tail, size, form, source.most, source.name)


def _unpacked(source: Source, part: BinaryIO, target: str, stack: contextlib.ExitStack) -> BinaryIO:
    """Return the file itself, or what a compressed one holds, of at most ``source.most`` bytes."""
    form = _image.detect(_files.ends_of(part, _image.HEAD_BYTES, 0)[0])
    if form not in _UNPACK:
        return part
    out = stack.enter_context(_files.part_of(target))
    part.seek(0)
    try:
        _unpack(part, out, _unpacker(form), source)
    except (zlib.error, lzma.LZMAError, EOFError, ValueError) as error:
        raise FuyajoError(f"{source.name} does not unpack: {error}", INVALID) from None
    out.flush()
    os.truncate(part.name, 0)
    return out


def _unpacker(form: str) -> Any:
    if form == "gzip":
        return _Gzip()
    if form == "xz":
        return lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    return bz2.BZ2Decompressor()


class _Gzip:
    """zlib with the manners of the other two: input is kept until it is used."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _unpack(part: BinaryIO, out: BinaryIO, unpacker: Any, source: Source) -> None:
    count = 0
    while not unpacker.eof:
        data = part.read(_files.CHUNK) if unpacker.needs_input else b""
        if not data and unpacker.needs_input:
            raise EOFError("it is cut short")
        chunk = unpacker.decompress(data, _files.CHUNK)
        count += len(chunk)
        if count > source.most:
            raise FuyajoError(
                f"{source.name} unpacks to more than {source.most} bytes (max_size)", INVALID
            )
        if chunk.count(0) == len(chunk):
            out.seek(len(chunk), os.SEEK_CUR)
        else:
            out.write(chunk)
    out.truncate(count)


def _converted(
    source: Source, part: BinaryIO, target: str, stack: contextlib.ExitStack
) -> BinaryIO:
    out = stack.enter_context(_files.part_of(target))
    # As large as the disk and its tables at most: a raw file cannot grow by being converted.
    room = os.fstat(part.fileno()).st_size
    _qemu_img.to_qcow2(part.name, out.name, room + room // 64 + (16 << 20), source.name)
    os.truncate(part.name, 0)
    return out
