"""Saved plans where several machines share them: rows, with the same promises as the files of `plans.py`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, select, update

from fuyajo.domain.plan import Plan
from fuyajo.store import files
from fuyajo.store.database import Database
from fuyajo.store.jobs import iso
from fuyajo.store.plans import PLAN_ID, not_found, verified
from fuyajo.store.tables import PLANS, RECORDS
from fuyajo.store.upsert import insert

_NEWEST = (PLANS.c.created.desc(), PLANS.c.id)


@dataclass(frozen=True)
class SharedPlans:
    database: Database

    def save(self, plan: Plan) -> None:
        # By the clock of whoever writes: `created` of a plan has whole seconds and decides no order.
        now = datetime.now(UTC)
        values = {"body": plan.model_dump_json(), "created": iso(now)}
        with self.database.write() as connection:
            _prune(connection, plan.owner, now)
            into = insert(connection, PLANS).values(owner=plan.owner, id=plan.id, **values)
            connection.execute(
                into.on_conflict_do_update(index_elements=["owner", "id"], set_=values)
            )

    def load(self, owner: str, plan_id: str) -> Plan:
        if not PLAN_ID.fullmatch(plan_id):
            raise not_found(plan_id)
        with self.database.read() as connection:
            body = connection.execute(select(PLANS.c.body).where(_one(owner, plan_id))).scalar()
        if body is None:
            raise not_found(plan_id)
        return verified(body, owner, plan_id)

    def newest(self, owner: str) -> str | None:
        with self.database.read() as connection:
            mine = select(PLANS.c.id).where(PLANS.c.owner == owner).order_by(*_NEWEST).limit(1)
            found: str | None = connection.execute(mine).scalar()
        return found

    def ids(self, owner: str) -> list[str]:
        with self.database.read() as connection:
            mine = select(PLANS.c.id).where(PLANS.c.owner == owner).order_by(*_NEWEST)
            return list(connection.execute(mine).scalars())

    def forget(self, owner: str) -> int:
        with self.database.write() as connection:
            return connection.execute(PLANS.delete().where(PLANS.c.owner == owner)).rowcount

    def take(self, plan: Plan, run_id: str) -> bool:
        free = _one(plan.owner, plan.id) & PLANS.c.run.is_(None)
        with self.database.write() as connection:
            return connection.execute(update(PLANS).where(free).values(run=run_id)).rowcount == 1

    def free(self, plan: Plan) -> None:
        with self.database.write() as connection:
            connection.execute(update(PLANS).where(_one(plan.owner, plan.id)).values(run=None))

    def taken_by(self, plan: Plan) -> str | None:
        with self.database.read() as connection:
            mine = select(PLANS.c.run).where(_one(plan.owner, plan.id))
            found: str | None = connection.execute(mine).scalar()
        return found

    def knows(self, owner: str) -> bool:
        planned = select(PLANS.c.id).where(PLANS.c.owner == owner)
        ran = select(RECORDS.c.run).where(RECORDS.c.owner == owner)
        with self.database.read() as connection:
            return any(connection.execute(wanted.limit(1)).first() for wanted in (planned, ran))


def _one(owner: str, plan_id: str) -> ColumnElement[bool]:
    return (PLANS.c.owner == owner) & (PLANS.c.id == plan_id)


def _prune(connection: Connection, owner: str, now: datetime) -> None:
    """Beyond the newest, or too old: as the files."""
    mine = select(PLANS.c.id).where(PLANS.c.owner == owner).order_by(*_NEWEST)
    beyond = list(connection.execute(mine.offset(files.KEPT)).scalars())
    oldest = iso(now - timedelta(seconds=files.KEPT_SECONDS))
    gone = PLANS.c.id.in_(beyond) | (PLANS.c.created < oldest)
    connection.execute(PLANS.delete().where((PLANS.c.owner == owner) & gone))
