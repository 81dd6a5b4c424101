"""Who calls, and what they may do here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.people import Scope, is_anonymous, scopes_of
from fuyajo.domain.texts import Lang
from fuyajo.domain.toolsets import Toolset
from fuyajo.service.authenticating import who
from fuyajo.service.context import Actor

DOOR = "mcp"
EVERYTHING = scopes_of(["apply"])
READING = scopes_of(["read"])


@dataclass(frozen=True)
class Identity:
    """`key` tells callers apart for limits; `page` is where a person finds our pages, where there are any;
    `toolsets` are offered besides the tools that everybody has."""

    actor: Actor
    scopes: frozenset[Scope]
    key: str
    lang: Lang = "en"
    page: str | None = None
    toolsets: frozenset[Toolset] = frozenset()

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises `Refused`."""
        if not self.may(scope):
            raise Refused(Problem("", "scope_missing", {"value": scope}))


def at_home(
    actor: Actor,
    lang: Lang,
    *,
    read_only: bool = False,
    toolsets: frozenset[Toolset] = frozenset(),
) -> Callable[[], Identity]:
    """The person whose account this process has: to open the home is to be its administrator."""
    scopes = READING if read_only else EVERYTHING
    if "admin" in toolsets:
        scopes |= scopes_of(["admin"])
    who_asks, key = replace(actor, door=DOOR), f"account:{actor.user}"
    found = Identity(who_asks, scopes, key, lang, toolsets=toolsets)
    return lambda: found


def by_token(
    actor: Actor,
    secret: str,
    lang: Lang,
    *,
    read_only: bool = False,
    toolsets: frozenset[Toolset] = frozenset(),
) -> Callable[[], Identity]:
    """The user of that token, looked up for every call: one that is taken back opens nothing any more."""

    def look() -> Identity:
        found = who(actor.people, secret)
        if found is None or is_anonymous(found[0].name):
            raise Refused(Problem("", "mcp_token"))
        user, token = found
        scopes = effective(token.scopes, admin=user.admin)
        if read_only:
            scopes &= READING | {"admin"}  # nothing of that office changes anything here
        theirs = Actor(user.name, actor.settings, DOOR, opened=actor.database, index=actor.index)
        return Identity(theirs, scopes, key_of(token.digest), lang, toolsets=toolsets)

    return look


def effective(scopes: frozenset[Scope], *, admin: bool) -> frozenset[Scope]:
    """What a token opens now: an office that was taken back is none, whatever the token says."""
    return scopes if admin else scopes - {"admin"}


def key_of(digest: str) -> str:
    return f"token:{hashlib.sha256(digest.encode()).hexdigest()[:32]}"
