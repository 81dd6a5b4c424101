"""Who calls, and what they may do here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from fuyajo.domain.errors import Problem, Refused
from fuyajo.domain.people import Scope, is_anonymous, scopes_of
from fuyajo.domain.texts import Lang
from fuyajo.service.authenticating import who
from fuyajo.service.context import Actor

DOOR = "mcp"
EVERYTHING = scopes_of(["apply"])
READING = scopes_of(["read"])


@dataclass(frozen=True)
class Identity:
    """`key` tells callers apart for limits; `page` is where a person finds our pages, where there are any."""

    actor: Actor
    scopes: frozenset[Scope]
    key: str
    lang: Lang = "en"
    page: str | None = None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises `Refused`."""
        if not self.may(scope):
            raise Refused(Problem("", "scope_missing", {"value": scope}))


def at_home(actor: Actor, lang: Lang, *, read_only: bool = False) -> Callable[[], Identity]:
    """The person whose account this process has."""
    scopes = READING if read_only else EVERYTHING
    found = Identity(replace(actor, door=DOOR), scopes, f"account:{actor.user}", lang)
    return lambda: found


def by_token(
    actor: Actor, secret: str, lang: Lang, *, read_only: bool = False
) -> Callable[[], Identity]:
    """The user of that token, looked up for every call: one that is taken back opens nothing any more."""

    def look() -> Identity:
        found = who(actor.people, secret)
        if found is None or is_anonymous(found[0].name):
            raise Refused(Problem("", "mcp_token"))
        user, token = found
        scopes = (token.scopes & READING) if read_only else token.scopes
        theirs = Actor(user.name, actor.settings, DOOR, opened=actor.database, index=actor.index)
        return Identity(theirs, scopes, key_of(token.digest), lang)

    return look


def key_of(digest: str) -> str:
    return f"token:{hashlib.sha256(digest.encode()).hexdigest()[:32]}"
