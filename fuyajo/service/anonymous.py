"""People without an account: they talk for an hour under a random name, and nothing of them is left."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime, timedelta

from fuyajo.domain.errors import Conflict, Problem, TooMany
from fuyajo.domain.people import ANONYMOUS, Token, User, good, is_anonymous, scopes_of
from fuyajo.service import authenticating, forgetting
from fuyajo.service.context import Actor

VALID = timedelta(hours=1)
MOST = 100  # at once
SCOPES = scopes_of(["plan"])


def admit(actor: Actor) -> tuple[str, Token]:
    """The secret of the only token that a new anonymous user ever has. Raises `TooMany`."""
    here = [user for user in actor.people.users() if is_anonymous(user.name)]
    if len(here) >= MOST:
        raise TooMany(Problem("", "too_many_anonymous", {"limit": MOST}))
    name = f"{ANONYMOUS}{secrets.token_hex(8)}"
    actor.people.add(User(name, False, datetime.now(UTC)))
    theirs = Actor(name, actor.settings, actor.door, actor.database)
    return authenticating.new_token(theirs, "", SCOPES, VALID)


def sweep(actor: Actor, now: datetime, *, everybody: bool = False) -> list[str]:
    """Those whose token is over or was taken back are gone with everything of theirs. Their names."""
    gone = []
    for user in actor.people.users():
        if not is_anonymous(user.name):
            continue
        tokens = actor.people.tokens(user.name)
        if everybody or not any(good(token, user, now) for token in tokens):
            theirs = Actor(user.name, actor.settings, actor.door, actor.database)
            try:
                remove(theirs)
            except Conflict:  # a question of theirs is still being answered: the next round
                continue
            gone.append(user.name)
    return gone


def remove(actor: Actor) -> None:
    """Everything of an anonymous user. Raises `Conflict` while a question of theirs is answered."""
    assert is_anonymous(actor.user)
    forgetting.forget(actor)
    actor.people.remove(actor.user)
    for directory in actor.home.everything_of(actor.user):
        shutil.rmtree(directory, ignore_errors=True)
