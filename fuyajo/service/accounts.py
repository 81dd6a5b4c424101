"""Users and tokens as whoever keeps this home sees them: to open the home is to be its administrator."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from fuyajo.domain.errors import NotFound, Problem, Refused, shown
from fuyajo.domain.people import Token, User, scopes_of
from fuyajo.service import auditing, authenticating
from fuyajo.service.context import Actor


def users(actor: Actor) -> list[User]:
    """Everybody, by name."""
    return actor.people.users()


def tokens(actor: Actor, name: str | None = None) -> list[Token]:
    """That user's, or one's own."""
    return actor.people.tokens(name or actor.user)


def take_back(actor: Actor, token_id: str, name: str | None = None) -> None:
    """A token of that user, or one's own. Raises `NotFound`."""
    authenticating.take_back(actor, token_id, name)


def known(actor: Actor, name: str) -> User:
    """Raises `NotFound`."""
    user = actor.people.user(name)
    if user is None:
        raise NotFound(Problem("", "user_not_found", {"value": shown(name)}))
    return user


def as_user(actor: Actor, name: str) -> Actor:
    """That user, known or with anything kept in this home. Raises `NotFound`."""
    try:
        kept = name == actor.user or actor.home.knows(name)
    except ValueError:
        kept = False
    if not kept:
        known(actor, name)
    return replace(actor, user=name)


def set_password(actor: Actor, name: str, password: str) -> None:
    """A new password; every token of theirs is taken back, whoever may have one."""
    user = known(actor, name)
    actor.people.change(user.name, password=authenticating.hash_of(password))
    actor.people.take_back_all(user.name)
    auditing.note(actor, "user.password", user=user.name)


def set_disabled(actor: Actor, name: str, disabled: bool) -> User:
    """Who is disabled can neither sign in nor use a token, and nothing of theirs begins any more."""
    user = known(actor, name)
    actor.people.change(user.name, disabled=int(disabled))
    auditing.note(actor, "user.disabled" if disabled else "user.enabled", user=user.name)
    return user._replace(disabled=disabled)


def new_token(
    actor: Actor, name: str, label: str, scopes: Iterable[str], valid: timedelta | None
) -> tuple[str, Token]:
    """For that user. Raises `NotFound`, and `Refused` for scopes that this user cannot have."""
    user = known(actor, name)
    if user.disabled:
        raise Refused(Problem("", "user_disabled", {"value": user.name}))
    return authenticating.new_token(actor, label, scopes_of(scopes), valid, whose=user.name)


def set_admin(actor: Actor, name: str, admin: bool) -> User:
    """An office given or taken. Raises `Refused` for one's own: somebody has to be left who can give it."""
    user = known(actor, name)
    if user.name == actor.user:
        raise Refused(Problem("", "user_self", {"value": user.name}))
    actor.people.change(user.name, admin=int(admin))
    auditing.note(actor, "user.office", user=user.name, admin=admin)
    return user._replace(admin=admin)


def change_password(actor: Actor, old: str, new: str) -> str:
    """One's own, with the old one; every token is taken back. The secret of a new sign-in.

    Raises `Refused` where the old one is not right, `InvalidInput` for a new one that is none.
    """
    user = known(actor, actor.user)
    if not authenticating.is_password(user, old):
        raise Refused(Problem("old", "password_wrong"))
    set_password(actor, user.name, new)
    return authenticating.session(actor.people, user)
