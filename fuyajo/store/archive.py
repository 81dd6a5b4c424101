"""One file with many in it: a gzipped tar that any `tar` reads; we read it only if it is exactly so.

The manifest comes last, with the SHA-256 of everything before it: what was cut short has none. Headers are
read one by one: plain files with plain names, nothing else, so that no link, no device, no owner and no
extension of the format ever comes to be interpreted.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from fuyajo.domain.errors import InvalidInput, Param, Problem, shown
from fuyajo.store.files import private, private_directory

MANIFEST = "manifest.json"
BLOCK = 512
CHUNK = 1 << 16
MOST_MANIFEST = 64 << 20  # bytes


@dataclass(frozen=True)
class Caps:
    """The most that is unpacked: so many members, so many bytes together."""

    members: int
    total: int


@dataclass
class Writer:
    """Add members, then `close`. Their order is kept."""

    sink: BinaryIO
    members: dict[str, dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zip = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self.sink, mtime=0)

    def add(self, name: str, content: BinaryIO) -> None:
        """Everything of that file, which can be sought in."""
        size = content.seek(0, 2)
        content.seek(0)
        digest = hashlib.sha256()
        self._zip.write(_header(name, size))
        while piece := content.read(CHUNK):
            digest.update(piece)
            self._zip.write(piece)
        self._zip.write(b"\0" * (-size % BLOCK))
        self.members[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def close(self, about: dict[str, object]) -> None:
        manifest = json.dumps({**about, "members": self.members}, indent=1).encode()
        self._zip.write(_header(MANIFEST, len(manifest)))
        self._zip.write(manifest + b"\0" * (-len(manifest) % BLOCK) + b"\0" * 2 * BLOCK)
        self._zip.close()


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


@dataclass
class _Reader:
    """Never more bytes than allowed, however small they were packed."""

    zipped: gzip.GzipFile
    left: int

    def exactly(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size and (piece := self._read(size - len(found))):
            found += piece
        if len(found) < size:
            raise refused("state_cut_short")
        return bytes(found)

    def rest(self) -> bool:
        """Whether nothing but zeros follows; reading to the end checks the sum of it all."""
        while piece := self._read(CHUNK):
            if piece.strip(b"\0"):
                return False
        return True

    def _read(self, size: int) -> bytes:
        try:
            piece = self.zipped.read(min(size, CHUNK))
        except EOFError as error:
            raise refused("state_cut_short") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise refused("state_no_archive") from error
        self.left -= len(piece)
        if self.left < 0:
            raise refused("state_too_large")
        return piece


def unpack(
    source: BinaryIO, into: Path, known: Callable[[str], bool], caps: Caps
) -> dict[str, Any]:
    """Every member as a file (0600) below `into`; returns the manifest.

    Raises `InvalidInput` for anything that `Writer` would not have written, or that was changed since. What
    was unpacked until then is the caller's to remove.
    """
    with gzip.GzipFile(fileobj=source) as zipped:
        overhead = 3 * BLOCK * caps.members + MOST_MANIFEST
        reader = _Reader(zipped, caps.total + overhead)
        found: dict[str, dict[str, object]] = {}
        total = 0
        while (member := _member(reader)).name != MANIFEST:
            total += member.size
            if len(found) >= caps.members or total > caps.total:
                raise refused("state_too_large")
            if not known(member.name) or member.name in found:
                raise refused("state_member", value=shown(member.name))
            found[member.name] = _extract(reader, member, into)
        if member.size > MOST_MANIFEST:
            raise refused("state_too_large")
        manifest = _manifest(reader.exactly(member.size))
        reader.exactly(-member.size % BLOCK)
        if not reader.rest():
            raise refused("state_no_archive")
    said = manifest["members"]
    if said != found:
        odd = sorted(name for name in said.keys() | found if said.get(name) != found.get(name))
        raise refused("state_changed", value=shown(odd[0]))
    return manifest


def _member(reader: _Reader) -> tarfile.TarInfo:
    header = reader.exactly(BLOCK)
    if not header.strip(b"\0"):
        raise refused("state_cut_short")  # the end, and no manifest yet
    try:
        member = tarfile.TarInfo.frombuf(header, "ascii", "strict")
    except (tarfile.HeaderError, ValueError) as error:
        raise refused("state_no_archive") from error
    if member.type != tarfile.REGTYPE or header != _header_or_none(member):
        raise refused("state_member", value=shown(member.name))
    return member


def _header_or_none(member: tarfile.TarInfo) -> bytes | None:
    """The header as we would have written it: root's number, mode 0600, no time, no names of owners."""
    try:
        return _header(member.name, member.size)
    except ValueError:
        return None


def _extract(reader: _Reader, member: tarfile.TarInfo, into: Path) -> dict[str, object]:
    target = into / member.name
    private_directory(target.parent)
    digest = hashlib.sha256()
    with open(target, "xb", opener=private) as file:
        left = member.size
        while left:
            piece = reader.exactly(min(left, CHUNK))
            digest.update(piece)
            file.write(piece)
            left -= len(piece)
    reader.exactly(-member.size % BLOCK)
    return {"bytes": member.size, "sha256": digest.hexdigest()}


def _manifest(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise refused("state_no_archive") from error
    if not isinstance(found, dict) or not isinstance(found.get("members"), dict):
        raise refused("state_no_archive")
    return found


def refused(code: str, **params: Param) -> InvalidInput:
    return InvalidInput(Problem("", code, params))
