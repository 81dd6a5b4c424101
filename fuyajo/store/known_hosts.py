"""The host keys of a user's guests, by the uuid of the domain (HostKeyAlias)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from pathlib import Path

from fuyajo.store.files import write_whole


def forget_host(file: Path, alias: str) -> None:
    """Drop the lines of that alias, hashed ones too (Debian's ssh hashes); the others stay as they are."""
    try:
        lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines(keepends=True)
    except FileNotFoundError:
        return
    kept = [line for line in lines if not _is_of(line, alias)]
    if len(kept) < len(lines):
        write_whole(file, "".join(kept).encode("utf-8", errors="surrogateescape"))


def _is_of(line: str, alias: str) -> bool:
    name = line.split(" ", 1)[0]
    return name == alias or (name.startswith("|1|") and _hashed(name, alias))


def _hashed(name: str, alias: str) -> bool:
    """`|1|salt|hash`: an HMAC-SHA1 of the name, both in base64."""
    parts = name.split("|")
    if len(parts) != 4:
        return False
    try:
        salt, expected = base64.b64decode(parts[2]), base64.b64decode(parts[3])
    except binascii.Error:
        return False
    return hmac.compare_digest(hmac.new(salt, alias.encode(), hashlib.sha1).digest(), expected)
