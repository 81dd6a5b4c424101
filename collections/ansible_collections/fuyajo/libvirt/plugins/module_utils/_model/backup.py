# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup as a document, and the same as ``metadata.json``. Pure.

What is read here lay on a disk for a while, so every field is checked before anybody uses it.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import NAME, UUID

VERSION = 1
METADATA, DEFINITION = "metadata.json", "domain.xml"
FULL, INCREMENTAL, AUTO = "full", "incremental", "auto"
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", re.ASCII)
_FILE = re.compile(r"[a-z][a-z0-9]{0,31}\.(qcow2|iso|fd)", re.ASCII)
_TARGET = re.compile(r"[a-z][a-z0-9]{1,15}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_SUFFIX = re.compile(r"[a-z0-9-]{0,63}", re.ASCII)


@dataclass
class Kept:
    """A file of a backup. ``bytes`` is its length, not what it holds."""

    file: str
    sha256: str = ""
    bytes: int = 0


@dataclass
class KeptDisk(Kept):
    """A disk of a backup, always a qcow2 file.

    ``format`` and ``size`` (bytes, as the guest sees it) are those of the machine's own disk;
    ``suffix`` is what a new volume is called after the machine: empty for the root disk.
    """

    target: str = ""
    format: str = "qcow2"
    size: int = 0
    suffix: str = ""


@dataclass
class Backup:
    """One backup of one machine. ``parent`` is the backup that an incremental one lies on.

    ``created`` is UTC and sorts as text. ``checkpoint`` is libvirt's mark from which the next
    incremental backup counts. ``consistency`` is ``off`` (nothing ran), ``quiesced`` (the guest had
    written everything) or ``crash`` (as after a power cut). ``seed`` and ``nvram`` are small files.
    """

    name: str
    vm: str
    uuid: str
    owner: str
    kind: str
    created: str
    parent: str | None = None
    checkpoint: str | None = None
    consistency: str = "crash"
    disks: list[KeptDisk] = field(default_factory=list)
    definition: Kept = field(default_factory=lambda: Kept(DEFINITION))
    seed: Kept | None = None
    nvram: Kept | None = None
    notes: list[str] = field(default_factory=list)
    tools: dict[str, str] = field(default_factory=dict)

    def files(self) -> list[Kept]:
        """Return every file but the metadata."""
        extra = [each for each in (self.seed, self.nvram) if each is not None]
        return [self.definition, *self.disks, *extra]

    @property
    def bytes(self) -> int:
        """The length of all files."""
        return sum(each.bytes for each in self.files())


def dump_backup(backup: Backup) -> bytes:
    """Return the content of ``metadata.json``; its own digest is part of it."""
    values: dict[str, Any] = {"version": VERSION, **asdict(backup)}
    values["digest"] = digest_of(backup)
    return json.dumps(values, indent=1, sort_keys=True).encode() + b"\n"


def digest_of(backup: Backup) -> str:
    """Return the SHA-256 of everything a backup says about itself."""
    text = json.dumps({"version": VERSION, **asdict(backup)}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def load_backup(data: bytes) -> Backup:
    """Return the document of a ``metadata.json``; raises ValueError when it is none of ours."""
    try:
        raw = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ValueError(f"{METADATA} is not JSON") from None
    if not isinstance(raw, dict) or raw.get("version") != VERSION:
        raise ValueError(f"{METADATA} is not of version {VERSION}")
    try:
        backup = _backup(raw)
    except (KeyError, TypeError):
        raise ValueError(f"{METADATA} lacks a field or has one of the wrong type") from None
    if digest_of(backup) != raw.get("digest"):
        raise ValueError(f"{METADATA} was changed after it was written")
    return backup


def _backup(raw: dict[str, Any]) -> Backup:
    kind = _text(raw, "kind", re.compile(f"{FULL}|{INCREMENTAL}"))
    backup = Backup(
        name=_text(raw, "name", ID),
        vm=_text(raw, "vm", NAME),
        uuid=_text(raw, "uuid", UUID),
        owner=_text(raw, "owner"),
        kind=kind,
        created=_text(raw, "created", _TIME),
        parent=_optional(raw, "parent", ID),
        checkpoint=_optional(raw, "checkpoint", re.compile(r"fuyajo-[A-Za-z0-9_-]{1,100}")),
        consistency=_text(raw, "consistency", re.compile("off|quiesced|crash")),
        disks=[_disk(each) for each in raw["disks"]],
        definition=_kept(raw["definition"], re.compile(re.escape(DEFINITION))),
        seed=None if raw["seed"] is None else _kept(raw["seed"]),
        nvram=None if raw["nvram"] is None else _kept(raw["nvram"]),
        notes=[str(note) for note in raw["notes"]],
        tools={str(key): str(value) for key, value in raw["tools"].items()},
    )
    if (kind == INCREMENTAL) != (backup.parent is not None):
        raise ValueError(f"{METADATA}: an incremental backup has a parent, a full one has none")
    return backup


def _disk(raw: Any) -> KeptDisk:
    plain = _kept(raw)
    return KeptDisk(
        file=plain.file,
        sha256=plain.sha256,
        bytes=plain.bytes,
        target=_text(raw, "target", _TARGET),
        format=_text(raw, "format", re.compile("qcow2|raw")),
        size=_number(raw, "size"),
        suffix=_text(raw, "suffix", _SUFFIX),
    )


def _kept(raw: Any, name: re.Pattern[str] = _FILE) -> Kept:
    return Kept(_text(raw, "file", name), _text(raw, "sha256", _SHA256), _number(raw, "bytes"))


def _text(raw: Any, key: str, form: re.Pattern[str] | None = None) -> str:
    value = raw[key]
    if not isinstance(value, str) or not (form.fullmatch(value) if form else value.isprintable()):
        raise ValueError(f"{METADATA}: {key} is not what this collection writes")
    return value


def _optional(raw: Any, key: str, form: re.Pattern[str]) -> str | None:
    return None if raw[key] is None else _text(raw, key, form)


def _number(raw: Any, key: str) -> int:
    value = raw[key]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{METADATA}: {key} is not a size")
    return value
