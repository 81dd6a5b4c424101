"""The audit's rows: each bound to the one before it by SHA-256 over canonical JSON. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

from fuyajo.domain.plan import canonical

#: What the first row follows.
GENESIS = "0" * 64


class AuditRow(NamedTuple):
    """`body` is canonical JSON; `hash` covers everything of the row and `prev`. `seq` begins at 1."""

    seq: int
    at: str
    actor: str
    body: str
    prev: str
    hash: str


def row_hash(seq: int, at: str, actor: str, body: str, prev: str) -> str:
    return hashlib.sha256(canonical([seq, at, actor, body, prev])).hexdigest()


def next_row(last: AuditRow | None, at: str, actor: str, body: Mapping[str, object]) -> AuditRow:
    """The row that follows `last`. `body` holds JSON values alone."""
    seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
    written = canonical(body).decode()
    return AuditRow(seq, at, actor, written, prev, row_hash(seq, at, actor, written, prev))
