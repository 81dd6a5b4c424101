"""The audit: who, through which door, why, what, and how it ended; written, read, verified."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from fuyajo.domain.audit import AuditRow, Head, parse_head, verify
from fuyajo.domain.errors import InvalidInput, Problem, shown
from fuyajo.domain.plan import Plan
from fuyajo.service.context import Actor
from fuyajo.service.policing import read_file, role_of


def note(actor: Actor, event: str, plan: Plan | None = None, **more: object) -> None:
    """One row more. Raises `Unavailable` when it cannot be kept: then nothing may happen either."""
    body: dict[str, object] = {"event": event, "door": actor.door, **more}
    if plan is not None:
        body |= {
            "plan": plan.id,
            "digest": plan.digest,
            "owner": plan.owner,
            "reason": plan.reason,
            "risk": plan.risk,
            "objects": [f"{c.action} {c.name}" for c in plan.changes if c.action != "noop"],
        }
        if plan.taint:
            body["taint"] = True
        if plan.conversation is not None:
            body["conversation"] = plan.conversation
    actor.audit.append(actor.user, body)


def note_policy(actor: Actor) -> None:
    """A row when the policy is not the one of the last run: by its digest, for everybody of this home."""
    digest = read_file(actor.home.policy()).digest
    last = actor.audit.last("policy.seen")
    before = _body(last).get("policy") if last else None
    if digest != before:
        note(actor, "policy.seen", policy=digest, before=before)


class Wanted(NamedTuple):
    """Which rows: all that are said must fit. `since` with its time zone; `after` and `before` are a `seq`.

    With `before` they come newest first.
    """

    since: datetime | None = None
    actor: str | None = None
    plan: str | None = None
    run: str | None = None
    after: int = 0
    event: str | None = None
    before: int | None = None

    def fits(self, row: AuditRow, body: dict[str, Any]) -> bool:
        return (
            row.seq > self.after
            and (self.before is None or row.seq < self.before)
            and self.event in (None, body.get("event"))
            and (self.since is None or datetime.fromisoformat(row.at) >= self.since)
            and self.actor in (None, row.actor)
            and self.plan in (None, body.get("plan"))
            and self.run in (None, body.get("run"))
        )


class Entry(NamedTuple):
    """A row with its body read."""

    row: AuditRow
    body: dict[str, Any]


def entries(actor: Actor, wanted: Wanted, *, admin: bool = False) -> Iterator[Entry]:
    """The rows that fit and that this actor may see, in `wanted`'s order. `admin`: of the service, so all."""
    everything = admin or role_of(actor, actor.user).audit == "all"
    rows = actor.audit.rows(
        wanted.after,
        wanted.since.astimezone(UTC).isoformat() if wanted.since else "",
        wanted.actor,
        None if everything else actor.user,
        wanted.before,
        event=wanted.event,
        plan=wanted.plan,
        run=wanted.run,
    )
    for row in rows:
        body = _body(row)
        if (everything or _own(actor.user, row, body)) and wanted.fits(row, body):
            yield Entry(row, body)


def _own(user: str, row: AuditRow, body: dict[str, Any]) -> bool:
    """What a user sees of the audit: what they did, and what was done with plans of theirs."""
    return user in (row.actor, body.get("owner"))


class Verified(NamedTuple):
    """How many rows there are, the head of their chain, and what is wrong with them."""

    rows: int
    head: Head | None
    problems: tuple[Problem, ...]


def head_of(said: str | None) -> Head | None:
    """A head as an earlier look printed it. Raises `InvalidInput`."""
    if said is None:
        return None
    try:
        return parse_head(said)
    except ValueError:
        raise InvalidInput(Problem("expect", "audit_expect", {"value": shown(said)})) from None


def verified(actor: Actor, expected: Head | None = None) -> Verified:
    """Every row of this home, whoever's: a chain has no owner. `expected` is a head noted elsewhere."""
    # The head first: rows that come meanwhile are behind it.
    head = actor.audit.head()
    rows = list(actor.audit.rows())
    problems = verify(rows, head, expected)
    last = Head(rows[-1].seq, rows[-1].hash) if rows else None
    return Verified(len(rows), last, tuple(problems))


def _body(row: AuditRow) -> dict[str, Any]:
    try:
        found = json.loads(row.body)
    except ValueError:  # somebody edited it; `verify` says so
        return {}
    return found if isinstance(found, dict) else {}
