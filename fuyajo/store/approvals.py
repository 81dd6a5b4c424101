"""Approvals: who agreed to which digest, until when, and which run used it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from sqlalchemy import RowMapping, select, update

from fuyajo.domain.plan import Plan
from fuyajo.store.database import Database
from fuyajo.store.tables import APPROVALS

Verdict = Literal["approved", "rejected"]


class Approval(NamedTuple):
    """`created` and `expires` are UTC; `used` is the run that it let through."""

    id: str
    plan: str
    digest: str
    owner: str
    by: str
    kind: str
    door: str
    verdict: Verdict
    note: str
    created: datetime
    expires: datetime
    used: str | None = None


@dataclass(frozen=True)
class ApprovalStore:
    database: Database

    def add(self, approval: Approval) -> None:
        values = approval._asdict() | {
            "created": approval.created.isoformat(),
            "expires": approval.expires.isoformat(),
        }
        with self.database.write() as connection:
            connection.execute(APPROVALS.insert().values(values))

    def of(self, plan: Plan) -> list[Approval]:
        """Every verdict on exactly this digest of that owner, the oldest first."""
        if not self.database.exists:
            return []
        wanted = select(APPROVALS).where(
            APPROVALS.c.owner == plan.owner,
            APPROVALS.c.plan == plan.id,
            APPROVALS.c.digest == plan.digest,
        )
        with self.database.read() as connection:
            rows = connection.execute(wanted.order_by(APPROVALS.c.created)).mappings().all()
        return [_approval(row) for row in rows]

    def about(self, user: str) -> list[Approval]:
        """Every verdict of that user, and on plans of theirs, the oldest first."""
        wanted = select(APPROVALS).where((APPROVALS.c.owner == user) | (APPROVALS.c.by == user))
        with self.database.read() as connection:
            rows = connection.execute(wanted.order_by(APPROVALS.c.created)).mappings().all()
        return [_approval(row) for row in rows]

    def use(self, approval: Approval, run: str) -> bool:
        """Bind it to a run; False when another run used it already, it expired, or the plan was rejected."""
        now = datetime.now(UTC).isoformat()
        other = APPROVALS.alias()
        rejected = (
            select(other.c.id)
            .where(other.c.digest == approval.digest, other.c.verdict == "rejected")
            .exists()
        )
        free = (
            (APPROVALS.c.id == approval.id)
            & APPROVALS.c.used.is_(None)
            & (APPROVALS.c.verdict == "approved")
            & (APPROVALS.c.expires > now)
            & ~rejected
        )
        with self.database.write() as connection:
            done = connection.execute(update(APPROVALS).where(free).values(used=run))
            return done.rowcount == 1


def _approval(row: RowMapping) -> Approval:
    times = {key: datetime.fromisoformat(row[key]) for key in ("created", "expires")}
    return Approval(**{**row, **times})
