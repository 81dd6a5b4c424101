# Copyright: (c) 2026, The Fuyajo developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What we know about a machine, kept in the machine itself. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ansible_collections.fuyajo.libvirt.plugins.module_utils._model import xml as _xml
from ansible_collections.fuyajo.libvirt.plugins.module_utils._model.xml import Many, One, Row

NAMESPACE = _xml.NAMESPACES["fuyajo"]
META = "metadata/fuyajo:vm"
LOOPBACK = "127.0.0.1"


@dataclass
class Forward:
    """A port of the guest that answers on the host's loopback address."""

    guest: int = 0
    host: int = 0
    address: str = LOOPBACK


@dataclass
class Tag:
    """A word that a machine can be found by."""

    name: str = ""


@dataclass
class MovedFile:
    """A file of a machine: what it is called outside the trash, and inside."""

    old: str = ""
    new: str = ""


@dataclass
class Trashed:
    """A machine in the trash: its name outside, since when, and until when it is to be kept.

    ``moving`` says that it is on its way (`_model/trash.py`); None when it is where it is to be.
    """

    name: str = ""
    since: str | None = None
    until: str | None = None
    autostart: str | None = None
    moving: str | None = None
    files: list[MovedFile] = field(default_factory=list)


@dataclass
class Meta:
    """What we know about a machine. ``seed`` is a digest of the seed that its next start finds."""

    owner: str | None = None
    environment: str | None = None
    template: str | None = None
    spec_digest: str | None = None
    configured: str | None = None
    expires: str | None = None
    seed: str | None = None
    # When its making began; gone when it is complete, see _plan/unfinished.py.
    unfinished: str | None = None
    trashed: Trashed | None = None
    forwards: list[Forward] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)


META_KEYS = ("environment", "template", "spec_digest", "configured", "expires")


def _port(text: str) -> int:
    """Return a port, or 0: metadata is anybody's text, and a bad one must not hide the rest."""
    number = int(text) if re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) else 0
    return number if number < 65536 else 0


def _meta_rows(prefix: str) -> tuple[_xml.AnyRow, ...]:
    forward = (
        Row("guest", "@guest", _port),
        Row("host", "@host", _port),
        Row("address", "@address"),
    )
    texts = tuple(Row(key, prefix + key) for key in ("owner", *META_KEYS, "seed", "unfinished"))
    file = (Row("old", "@old"), Row("new", "@new"))
    says = tuple(Row(key, f"@{key}") for key in ("name", "since", "until", "autostart", "moving"))
    trashed: tuple[_xml.AnyRow, ...] = (*says, Many("files", prefix + "file", MovedFile, file))
    return (
        *texts,
        One("trashed", prefix + "trashed", Trashed, trashed),
        Many("forwards", prefix + "forward", Forward, forward),
        Many("tags", prefix + "tag", Tag, (Row("name", ""),)),
    )


META_ROWS = _meta_rows("fuyajo:")
# In libvirt's metadata calls nothing has a prefix; libvirt puts all of it into the namespace.
BARE_META_ROWS = _meta_rows("")


def parse_meta(text: str) -> Meta:
    """Return the document of our metadata element as libvirt's metadata call gives it."""
    return _xml.parse(Meta, _xml.load(text), BARE_META_ROWS)


def build_meta(meta: Meta) -> str:
    """Return our metadata element as libvirt's metadata call wants it, without a namespace."""
    return _xml.dump(_xml.build("vm", meta, BARE_META_ROWS))
