"""Users and their tokens."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, select, update

from fuyajo.domain.people import SCOPES, Token, User
from fuyajo.store.database import Database
from fuyajo.store.tables import TOKENS, USERS


@dataclass(frozen=True)
class PeopleStore:
    database: Database

    def add(self, user: User) -> bool:
        """False when there is one of that name already."""
        values = user._asdict() | {"created": user.created.isoformat()}
        with self.database.write() as connection:
            if connection.execute(select(USERS.c.name).where(USERS.c.name == user.name)).first():
                return False
            connection.execute(USERS.insert().values(values))
        return True

    def user(self, name: str) -> User | None:
        with self.database.read() as connection:
            row = connection.execute(select(USERS).where(USERS.c.name == name)).mappings().first()
        return _user(row) if row else None

    def users(self) -> list[User]:
        with self.database.read() as connection:
            rows = connection.execute(select(USERS).order_by(USERS.c.name)).mappings().all()
        return [_user(row) for row in rows]

    def any(self) -> bool:
        with self.database.read() as connection:
            return bool(connection.execute(select(func.count()).select_from(USERS)).scalar_one())

    def change(self, name: str, **values: object) -> bool:
        with self.database.write() as connection:
            done = connection.execute(update(USERS).where(USERS.c.name == name).values(values))
            return done.rowcount == 1

    def remove(self, name: str) -> None:
        """The user with every token."""
        with self.database.write() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.user == name))
            connection.execute(delete(USERS).where(USERS.c.name == name))

    def give(self, token: Token) -> None:
        values = token._asdict() | {
            "scopes": " ".join(scope for scope in SCOPES if scope in token.scopes),
            "created": token.created.isoformat(),
            "expires": token.expires.isoformat() if token.expires else None,
            "used": None,
        }
        with self.database.write() as connection:
            connection.execute(TOKENS.insert().values(values))

    def token(self, digest: str) -> Token | None:
        with self.database.read() as connection:
            found = select(TOKENS).where(TOKENS.c.digest == digest)
            row = connection.execute(found).mappings().first()
        return _token(row) if row else None

    def good(self, digests: Collection[str], now: datetime) -> set[str]:
        """Those that open something: not taken back, not expired, their user not disabled."""
        lasting = TOKENS.c.expires.is_(None) | (TOKENS.c.expires > now.isoformat())
        let_in = (USERS.c.name == TOKENS.c.user) & (USERS.c.disabled == 0)
        found = select(TOKENS.c.digest).join(USERS, let_in).where(lasting)
        with self.database.read() as connection:
            rows = connection.execute(found.where(TOKENS.c.digest.in_(list(digests))))
            return {row.digest for row in rows}

    def tokens(self, user: str) -> list[Token]:
        mine = select(TOKENS).where(TOKENS.c.user == user).order_by(TOKENS.c.created)
        with self.database.read() as connection:
            return [_token(row) for row in connection.execute(mine).mappings()]

    def used(self, ids: Iterable[str], at: datetime) -> None:
        with self.database.write() as connection:
            wanted = TOKENS.c.id.in_(list(ids))
            connection.execute(update(TOKENS).where(wanted).values(used=at.isoformat()))

    def drop_expired(self, user: str, now: datetime) -> None:
        """Every sign-in leaves a token; those that open nothing any more need not be kept."""
        over = (TOKENS.c.user == user) & (TOKENS.c.expires < now.isoformat())
        with self.database.write() as connection:
            connection.execute(delete(TOKENS).where(over))

    def take_back_all(self, user: str) -> None:
        with self.database.write() as connection:
            connection.execute(delete(TOKENS).where(TOKENS.c.user == user))

    def take_back(self, user: str, token_id: str) -> bool:
        """False when that user has no such token."""
        mine = (TOKENS.c.user == user) & (TOKENS.c.id == token_id)
        with self.database.write() as connection:
            return connection.execute(delete(TOKENS).where(mine)).rowcount == 1


def _user(row: RowMapping) -> User:
    return User(
        name=row["name"],
        admin=bool(row["admin"]),
        created=datetime.fromisoformat(row["created"]),
        password=row["password"],
        disabled=bool(row["disabled"]),
    )


def _token(row: RowMapping) -> Token:
    return Token(
        id=row["id"],
        user=row["user"],
        label=row["label"],
        digest=row["digest"],
        scopes=frozenset(scope for scope in SCOPES if scope in row["scopes"].split()),
        created=datetime.fromisoformat(row["created"]),
        expires=datetime.fromisoformat(row["expires"]) if row["expires"] else None,
        used=datetime.fromisoformat(row["used"]) if row["used"] else None,
    )
