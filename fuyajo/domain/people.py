"""Users of the service and what a token of theirs may do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple, get_args

from fuyajo.domain.errors import InvalidInput, Problem, shown

Scope = Literal["read", "plan", "apply", "approve", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
#: What a scope brings along: who may apply may plan, who may plan may read; the other two stand apart.
BRINGS: dict[Scope, frozenset[Scope]] = {
    "read": frozenset({"read"}),
    "plan": frozenset({"read", "plan"}),
    "apply": frozenset({"read", "plan", "apply"}),
    "approve": frozenset({"read", "approve"}),
    "admin": frozenset({"read", "admin"}),
}
#: What somebody who signs in with a password may do; an administrator everything.
OWN: frozenset[Scope] = frozenset({"read", "plan", "apply", "approve"})
LEAST_PASSWORD, MOST_PASSWORD = 12, 1024


class User(NamedTuple):
    """`password` is an argon2id hash, None where only tokens or another sign-in work. `created` is UTC."""

    name: str
    admin: bool
    created: datetime
    password: str | None = None
    disabled: bool = False


class Token(NamedTuple):
    """`digest` is the SHA-256 of the secret, which is shown once and kept nowhere. `expires` None: never."""

    id: str
    user: str
    label: str
    digest: str
    scopes: frozenset[Scope]
    created: datetime
    expires: datetime | None
    used: datetime | None = None


def scopes_of(words: Iterable[str]) -> frozenset[Scope]:
    """The scopes with everything that they bring. Raises `InvalidInput` naming every unknown one."""
    said = list(words)
    problems = [
        Problem(f"scopes[{i}]", "choice", {"value": shown(word), "choices": ", ".join(SCOPES)})
        for i, word in enumerate(said)
        if word not in SCOPES
    ]
    if problems:
        raise InvalidInput(problems)
    return frozenset().union(*(BRINGS[scope] for scope in SCOPES if scope in said))


def good(token: Token, user: User | None, now: datetime) -> bool:
    """Whether the token opens anything: its user is there and in use, and its time is not over."""
    if user is None or user.disabled or user.name != token.user:
        return False
    return token.expires is None or now < token.expires


def password_problems(password: str) -> list[Problem]:
    """Length alone: what a person can remember is their own business."""
    if LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        return []
    return [Problem("password", "password_length", {"low": LEAST_PASSWORD, "high": MOST_PASSWORD})]


#: People without an account, where a service takes them in. No user can be given a name that begins so.
ANONYMOUS = "anon-"
_RANDOM = re.compile(r"[0-9a-f]{16}")


def is_anonymous(name: str) -> bool:
    return name.startswith(ANONYMOUS) and bool(_RANDOM.fullmatch(name.removeprefix(ANONYMOUS)))
