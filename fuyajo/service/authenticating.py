"""Who somebody is: passwords, tokens, the first administrator."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from fuyajo.domain.errors import Conflict, InvalidInput, Problem, Refused, shown
from fuyajo.domain.ours import missing
from fuyajo.domain.people import (
    ANONYMOUS,
    OWN,
    SCOPES,
    Scope,
    Token,
    User,
    good,
    is_anonymous,
    password_problems,
    scopes_of,
)
from fuyajo.service import auditing
from fuyajo.service.context import Actor
from fuyajo.store.home import safe_user
from fuyajo.store.people import PeopleStore

PREFIX = "fuyajo_"
ALL: frozenset[Scope] = frozenset(SCOPES)
SIGN_IN_FOR = timedelta(hours=12)
NOTED_EACH = timedelta(minutes=1)  # when a token was used last: not a write for every call


def add_user(actor: Actor, name: str, password: str | None, *, admin: bool = False) -> User:
    """A new user. Raises `InvalidInput` with everything wrong, `Conflict` when the name is taken."""
    problems = password_problems(password) if password is not None else []
    try:
        if safe_user(name).startswith(ANONYMOUS):
            raise ValueError(name)
    except ValueError:
        problems.append(Problem("name", "user_name", {"value": shown(name)}))
    if problems:
        raise InvalidInput(problems)
    hashed = hash_of(password) if password is not None else None
    user = User(name, admin, datetime.now(UTC), hashed)
    if not actor.people.add(user):
        raise Conflict(Problem("name", "user_taken", {"value": name}))
    auditing.note(actor, "user.added", user=name, admin=admin)
    return user


def sign_in(people: PeopleStore, name: str, password: str) -> str | None:
    """The secret of a token for some hours; None when name and password do not belong together."""
    user = people.user(name)
    hasher = _hasher()
    try:
        hasher.verify(user.password if user and user.password else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return None
    if user is None or user.password is None or user.disabled:
        return None
    if hasher.check_needs_rehash(user.password):  # it was made when less was asked for
        people.change(user.name, password=hasher.hash(password))
    return session(people, user)


def is_password(user: User, password: str) -> bool:
    """Whether it is that user's; of one who has none nothing is."""
    try:
        return _hasher().verify(user.password or _nobody(), password) and user.password is not None
    except (VerificationError, InvalidHashError):
        return False


def session(people: PeopleStore, user: User) -> str:
    """The secret of a token for some hours, for somebody who has just shown who they are."""
    return _given(people, user.name, "sign-in", allowed_to(user), SIGN_IN_FOR)[0]


def _nobody() -> str:
    """A hash that no password has, as dear as a real one: the time taken must not tell who exists."""
    costs = _hasher()
    sizes = f"m={costs.memory_cost},t={costs.time_cost},p={costs.parallelism}"
    salt, digest = (urlsafe_b64encode(bytes(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19${sizes}${salt}${digest}"


def new_token(
    actor: Actor,
    label: str,
    scopes: frozenset[Scope],
    valid: timedelta | None,
    own: frozenset[Scope] | None = None,
    whose: str | None = None,
) -> tuple[str, Token]:
    """The secret, shown this once, and what is kept of it. Nobody gives more than they have.

    `own` are the scopes of the token that asks for it, None at a terminal. `whose`: another user,
    for whoever keeps this home.
    """
    user = whose or actor.user
    if own is not None and is_anonymous(actor.user):
        raise Refused(Problem("", "anonymous_only_talks"))
    may = allowed_to(actor.people.user(user)) & (own if own is not None else ALL)
    if not scopes <= may:
        raise Refused(
            Problem("scopes", "scope_missing", {"value": ", ".join(sorted(scopes - may))})
        )
    secret, token = _given(actor.people, user, label, scopes, valid)
    said = {"token": token.id, "scopes": sorted(scopes), "label": label, **_owner(actor, user)}
    auditing.note(actor, "token.given", None, **said)
    return secret, token


def allowed_to(user: User | None) -> frozenset[Scope]:
    """The most that a token of this user may do. Without an account nobody agrees to anything."""
    if user is not None and is_anonymous(user.name):
        return scopes_of(["plan"])
    everything: frozenset[Scope] = OWN | scopes_of(["admin"])
    return everything if user is not None and user.admin else OWN


def hash_of(password: str) -> str:
    """What is kept of a password. Raises `InvalidInput` for one that is too short or too long."""
    problems = password_problems(password)
    if problems:
        raise InvalidInput(problems)
    return _hasher().hash(password)


def _hasher() -> PasswordHasher:
    """Argon2id as RFC 9106 wants it where memory is scarce: 64 MiB, 3 passes, 4 lanes."""
    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def take_back(actor: Actor, token_id: str, whose: str | None = None) -> None:
    """One's own, or that user's. Raises `NotFound`."""
    user = whose or actor.user
    if not actor.people.take_back(user, token_id):
        raise missing("token", token_id)
    auditing.note(actor, "token.taken_back", None, token=token_id, **_owner(actor, user))


def _owner(actor: Actor, user: str) -> dict[str, str]:
    """In a row about somebody else's: it is the row of who did it, and its owner sees it."""
    return {} if user == actor.user else {"owner": user}


def sign_out(actor: Actor, digest: str) -> None:
    """The token that somebody came with opens nothing any more."""
    token = actor.people.token(digest)
    if token is not None:
        take_back(actor, token.id)


def who(people: PeopleStore, secret: str) -> tuple[User, Token] | None:
    """Whose secret it is; None for everything that opens nothing.

    It is found by its digest: what could be timed is a digest, which nobody can steer.
    """
    if not secret.startswith(PREFIX) or len(secret) > 128:
        return None
    token = people.token(digest_of(secret))
    if token is None:
        return None
    user, now = people.user(token.user), datetime.now(UTC)
    if user is None or not good(token, user, now):
        return None
    if token.used is None or now - token.used >= NOTED_EACH:
        people.used([token.id], now)
    return user, token


def open_still(people: PeopleStore, digests: Collection[str]) -> set[str]:
    """Those of these tokens that still open something: a stream goes on for hours after it was asked for."""
    return people.good(digests, datetime.now(UTC))


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _given(
    people: PeopleStore, user: str, label: str, scopes: frozenset[Scope], valid: timedelta | None
) -> tuple[str, Token]:
    secret = PREFIX + secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    token = Token(
        id=f"t-{secrets.token_hex(6)}",
        user=user,
        label=label[:80],
        digest=digest_of(secret),
        scopes=scopes,
        created=now,
        expires=now + valid if valid is not None else None,
    )
    people.give(token)
    people.drop_expired(user, now)
    return secret, token
