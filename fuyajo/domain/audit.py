"""The audit's rows: each bound to the one before it by SHA-256 over canonical JSON. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import canonical

#: What the first row follows.
GENESIS = "0" * 64
_HEAD = re.compile(r"(0|[1-9]\d{0,17}):([0-9a-f]{64})")


class AuditRow(NamedTuple):
    """`body` is canonical JSON; `hash` covers everything of the row and `prev`. `seq` begins at 1."""

    seq: int
    at: str
    actor: str
    body: str
    prev: str
    hash: str


class Head(NamedTuple):
    """The last row of a chain: whoever has it finds out when rows at the end are gone."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


#: Noted before the first row.
START = Head(0, GENESIS)
#: In the place of a head that is there but cannot be read.
NO_HEAD = Head(0, "")


def parse_head(text: str) -> Head:
    """`42:9f86…` as `str(Head)` writes it. ValueError for anything else."""
    match = _HEAD.fullmatch(text)
    if match is None:
        raise ValueError("not a head")
    return Head(int(match[1]), match[2])


def row_hash(seq: int, at: str, actor: str, body: str, prev: str) -> str:
    return hashlib.sha256(canonical([seq, at, actor, body, prev])).hexdigest()


def next_row(last: AuditRow | None, at: str, actor: str, body: Mapping[str, object]) -> AuditRow:
    """The row that follows `last`. `body` holds JSON values alone; ValueError for NaN."""
    seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
    written = canonical(body).decode()
    return AuditRow(seq, at, actor, written, prev, row_hash(seq, at, actor, written, prev))


def verify(
    rows: Iterable[AuditRow], head: Head | None, expected: Head | None = None
) -> list[Problem]:
    """Everything that is wrong with a chain, in the order of its rows; nothing for a whole one.

    `head` is the one kept beside the database, `expected` one that somebody noted elsewhere. Rows after a
    head are no fault: the head is written after its row, and a process may be killed between.
    """
    problems: list[Problem] = []
    last: AuditRow | None = None
    hashes: dict[int, str] = {}
    for row in rows:
        problems += _link(last, row)
        hashes.setdefault(row.seq, row.hash)
        last = row
    if last is not None and head is None:
        problems.append(Problem("", "audit_no_head"))
    ends = {one: None for one in (head, expected) if one is not None}
    return problems + [found for end in ends for found in _ends(hashes, end)]


def _link(last: AuditRow | None, row: AuditRow) -> Iterator[Problem]:
    """What is wrong between two rows that follow each other."""
    path, due = f"seq {row.seq}", last.seq + 1 if last else 1
    if row.seq > due:
        gone = str(due) if row.seq == due + 1 else f"{due}–{row.seq - 1}"
        yield Problem(path, "audit_removed", {"value": gone})
    elif row.seq < due:
        yield Problem(path, "audit_order", {"value": row.seq, "due": due})
    elif row.prev != (last.hash if last else GENESIS):
        yield Problem(path, "audit_unlinked", {"value": row.seq})
    if row.hash != row_hash(*row[:5]):
        yield Problem(path, "audit_edited", {"value": row.seq})


def _ends(hashes: Mapping[int, str], end: Head) -> Iterator[Problem]:
    if end == NO_HEAD:
        yield Problem("", "audit_bad_head")
        return
    found = GENESIS if end.seq == 0 else hashes.get(end.seq)
    if found is None:
        there = max(hashes, default=0)
        yield Problem("", "audit_truncated", {"value": end.seq, "there": there})
    elif found != end.hash:
        yield Problem(f"seq {end.seq}", "audit_rewritten", {"value": end.seq})
