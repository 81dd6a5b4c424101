"""The audit: `fuyajo.service.auditing`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fuyajo.cli.remote.answers import problem
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.audit import AuditRow, Head, parse_head
from fuyajo.service import auditing
from fuyajo.service.auditing import Entry, Verified, Wanted

PAGE = 500


@like(auditing.entries)
def entries(server: Server, wanted: Wanted, *, admin: bool = False) -> Iterator[Entry]:  # noqa: ARG001
    """Page by page. What an administrator sees is decided by the token."""
    after = wanted.after
    while True:
        found: list[dict[str, Any]] = server.parsed(
            list[dict[str, Any]], server.get("/audit", **_query(wanted, after))
        )
        for one in found:
            facts = {key: one.get(key) for key in AuditRow._fields}
            row: AuditRow = server.parsed(AuditRow, {**facts, "body": one.get("canonical")})
            yield Entry(row, server.parsed(dict[str, Any], one.get("body")))
            after = row.seq
        if len(found) < PAGE:
            return


def _query(wanted: Wanted, after: int) -> dict[str, Any]:
    since = wanted.since.isoformat() if wanted.since else None
    return {
        "since": since,
        "by": wanted.actor,
        "plan": wanted.plan,
        "run": wanted.run,
        "after": after,
        "limit": PAGE,
    }


@like(auditing.verified)
def verified(server: Server, expected: Head | None = None) -> Verified:
    said: dict[str, Any] = server.parsed(
        dict[str, Any], server.get("/audit/verify", expect=str(expected) if expected else None)
    )
    head: str | None = server.parsed(str | None, said.get("head"))
    found: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], said.get("problems"))
    rows: int = server.parsed(int, said.get("rows"))
    return Verified(rows, parse_head(head) if head else None, tuple(map(problem, found)))
