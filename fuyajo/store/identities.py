"""Who somebody is elsewhere, and codes that hand a sign-in over to a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select

from fuyajo.domain.elsewhere import Identity
from fuyajo.domain.people import User
from fuyajo.store.database import Database
from fuyajo.store.tables import HANDOVERS, IDENTITIES, USERS
from fuyajo.store.upsert import insert


class HandOver(NamedTuple):
    """Of a sign-in to whoever has the verifier of `challenge`."""

    user: str
    challenge: str


@dataclass(frozen=True)
class IdentityStore:
    database: Database

    def of(self, issuer: str, subject: str) -> Identity | None:
        which = (IDENTITIES.c.issuer == issuer) & (IDENTITIES.c.subject == subject)
        with self.database.read() as connection:
            row = connection.execute(select(IDENTITIES).where(which)).mappings().first()
        return Identity(issuer, subject, row["user"], bool(row["made"])) if row else None

    def those(self, user: str) -> list[Identity]:
        """Every sign-in elsewhere that is that user."""
        mine = select(IDENTITIES).where(IDENTITIES.c.user == user)
        order = (IDENTITIES.c.issuer, IDENTITIES.c.subject)
        with self.database.read() as connection:
            rows = connection.execute(mine.order_by(*order)).mappings().all()
        return [Identity(row["issuer"], row["subject"], user, bool(row["made"])) for row in rows]

    def link(self, identity: Identity, now: datetime) -> None:
        """From now on that one; whoever it was before is not any more."""
        values = identity._asdict() | {"made": int(identity.made), "created": now.isoformat()}
        with self.database.write() as connection:
            statement = insert(connection, IDENTITIES).values(values)
            changed = {key: values[key] for key in ("user", "made", "created")}
            connection.execute(
                statement.on_conflict_do_update(index_elements=["issuer", "subject"], set_=changed)
            )

    def make(self, user: User, identity: Identity) -> bool:
        """Both at once; False when there is a user of that name already."""
        account = user._asdict() | {"created": user.created.isoformat()}
        linked = identity._asdict() | {"made": int(identity.made)}
        with self.database.write() as connection:
            if connection.execute(select(USERS.c.name).where(USERS.c.name == user.name)).first():
                return False
            which = (IDENTITIES.c.issuer == identity.issuer) & (
                IDENTITIES.c.subject == identity.subject
            )
            connection.execute(delete(IDENTITIES).where(which))  # of a user who is gone
            connection.execute(USERS.insert().values(account))
            connection.execute(IDENTITIES.insert().values(linked | {"created": account["created"]}))
        return True

    def unlink(self, user: str) -> int:
        """How many there were."""
        with self.database.write() as connection:
            return connection.execute(delete(IDENTITIES).where(IDENTITIES.c.user == user)).rowcount

    def hand_over(self, digest: str, given: HandOver, until: datetime, now: datetime) -> None:
        """`digest` is that of the code. What nobody came for in time is forgotten."""
        with self.database.write() as connection:
            connection.execute(delete(HANDOVERS).where(HANDOVERS.c.until < now.isoformat()))
            values = {"digest": digest, **given._asdict(), "until": until.isoformat()}
            connection.execute(HANDOVERS.insert().values(values))

    def take_over(self, digest: str, now: datetime) -> HandOver | None:
        """Once, whatever comes of it; None when there is no such code, or not any more."""
        which = HANDOVERS.c.digest == digest
        with self.database.write() as connection:
            row = connection.execute(select(HANDOVERS).where(which)).mappings().first()
            connection.execute(delete(HANDOVERS).where(which))
        if row is None or row["until"] < now.isoformat():
            return None
        return HandOver(row["user"], row["challenge"])
