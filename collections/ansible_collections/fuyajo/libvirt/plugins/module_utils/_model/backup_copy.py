# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of backups elsewhere: what a repository says of them. Pure.

A copy says what it is in a tag of its snapshot, which only who knows the password can have written.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import asdict, dataclass
from typing import Any, Iterable

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.backup import (
    ID,
    INCREMENTAL,
    Backup,
    digest_of,
)
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.checker import NAME, UUID

MARK = "fuyajo1-"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_S3 = re.compile(r"s3:https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9._-]+){1,8}/?", re.ASCII)


@dataclass(frozen=True)
class Copy:
    """One backup in a repository. ``digest`` is that of its metadata, so of all its files.

    ``created``: when the backup was made; ``copied``: when this was; ``snapshot`` is the repository's id.
    """

    name: str
    vm: str
    uuid: str
    owner: str
    kind: str
    parent: str | None
    created: str
    bytes: int
    digest: str
    copied: str = ""
    snapshot: str = ""


def copy_of(backup: Backup) -> Copy:
    """Return what a copy of this backup would say of itself."""
    same = {key: getattr(backup, key) for key in ("name", "vm", "uuid", "owner", "kind", "parent")}
    return Copy(**same, created=backup.created, bytes=backup.bytes, digest=digest_of(backup))


def tag_of(copy: Copy) -> str:
    """Return the tag; it has no comma, which would make two of it."""
    said = {k: v for k, v in asdict(copy).items() if k not in ("copied", "snapshot")}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return MARK + base64.urlsafe_b64encode(text.encode()).decode()


def parse_copies(text: str) -> list[Copy]:
    """Return the copies in what ``snapshots --json`` printed, oldest first; raises ValueError.

    Snapshots of others in the same repository are nobody's business.
    """
    raw = json.loads(text) or []
    if not isinstance(raw, list):
        raise ValueError("not a list of snapshots")
    found = [_copy(each, tag) for each in raw for tag in each.get("tags") or [] if _is_ours(tag)]
    return sorted(found, key=lambda copy: (copy.created, copy.copied))


def _is_ours(tag: Any) -> bool:
    return isinstance(tag, str) and tag.startswith(MARK)


def _copy(raw: Any, tag: str) -> Copy:
    try:
        said = json.loads(base64.urlsafe_b64decode(tag[len(MARK) :]))
        copy = Copy(**said, copied=str(raw["time"]), snapshot=str(raw["id"]))
    except (binascii.Error, ValueError, TypeError, KeyError):
        raise ValueError("a copy does not say what it is") from None
    forms = ((copy.name, ID), (copy.vm, NAME), (copy.uuid, UUID), (copy.digest, _SHA256))
    fits = all(isinstance(value, str) and form.fullmatch(value) for value, form in forms)
    parent = copy.parent is None or (isinstance(copy.parent, str) and ID.fullmatch(copy.parent))
    if not fits or not parent or not _SHA256.fullmatch(copy.snapshot):
        raise ValueError("a copy is not what this collection writes")
    if (copy.kind == INCREMENTAL) != (copy.parent is not None):
        raise ValueError("a copy of an incremental backup has a parent, one of a full one has none")
    return copy


def find(copies: Iterable[Copy], vm: str, name: str, owner: str) -> Copy | None:
    """Return the newest copy of that name; None when there is none of this owner."""
    mine = [c for c in copies if (c.vm, c.name, c.owner) == (vm, name, owner)]
    return mine[-1] if mine else None


def chain_of(copies: Iterable[Copy], copy: Copy) -> list[Copy]:
    """Return a copy and everything that it lies on, the full one first; raises ValueError.

    A link is one of the same machine that was made before what lies on it.
    """
    known = list(copies)
    chain = [copy]
    while chain[0].parent is not None:
        above = chain[0]
        fits = [
            c
            for c in known
            if (c.uuid, c.owner, c.name) == (above.uuid, above.owner, above.parent)
            and c.created < above.created
        ]
        if not fits:
            raise ValueError(f"there is no copy of {above.parent}, which {above.name} lies on")
        chain.insert(0, fits[-1])
    return chain


def heirs_of(copies: Iterable[Copy], copy: Copy) -> list[str]:
    """Return the names of copies that lie directly on one."""
    mine = [c for c in copies if (c.uuid, c.owner, c.parent) == (copy.uuid, copy.owner, copy.name)]
    return sorted({c.name for c in mine if c.created > copy.created})


def is_repository(text: str) -> bool:
    """Say whether that names a directory of this host, or a bucket by its whole address."""
    path = text.startswith("/") and text.isprintable() and ".." not in text.split("/")
    return path or bool(_S3.fullmatch(text))
