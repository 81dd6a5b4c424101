"""The audit's rows, for a person and as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fuyajo.domain.audit import AuditRow
from fuyajo.domain.texts import Lang

if TYPE_CHECKING:
    from fuyajo.service.auditing import Verified

#: (row, its body), as `service.auditing.Entry` has them.
Entry = tuple[AuditRow, dict[str, Any]]
_ABOUT = ("plan", "run", "backend", "policy", "user", "schedule", "token")
_MORE = ("outcome", "note", "objects")


def audit_rows(entries: Iterable[Entry]) -> list[list[str]]:
    """A head and a row for each; the caller makes them safe (`columns`)."""
    rows = [["SEQ", "TIME", "ACTOR", "DOOR", "EVENT", "ABOUT", "MORE"]]
    for row, body in entries:
        about, more = audit_about(body)
        event = str(body.get("event", "?"))
        door = str(body.get("door", "?"))
        rows.append([str(row.seq), _time(row.at), row.actor, door, event, about, more[:80]])
    return rows


def audit_about(body: dict[str, Any]) -> tuple[str, str]:
    """What a row is about (ids), and what more it says in short."""
    about = " ".join(str(body[key])[:40] for key in _ABOUT if body.get(key))
    said = (_said(body.get(key)) for key in _MORE)
    return about, "; ".join(value for value in said if value)


def audit_json(row: AuditRow, body: dict[str, Any]) -> dict[str, Any]:
    """Everything that is needed to compute the hash again: `canonical` is the text that it covers."""
    return {
        "seq": row.seq,
        "at": row.at,
        "actor": row.actor,
        "body": body,
        "canonical": row.body,
        "prev": row.prev,
        "hash": row.hash,
    }


def verified_json(found: Verified, lang: Lang) -> dict[str, Any]:
    head = str(found.head) if found.head else None
    problems = [problem.as_json(lang) for problem in found.problems]
    return {"rows": found.rows, "head": head, "problems": problems}


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _time(at: str) -> str:
    try:
        return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:  # edited by somebody
        return at
