"""Whoever signed in elsewhere: which user that is, and handing the sign-in over to a terminal."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from fuyajo.domain.elsewhere import MOST_SUBJECT, Elsewhere, Identity, administers, name_of
from fuyajo.domain.errors import InvalidInput, NotFound, Problem, Refused, shown
from fuyajo.domain.people import User
from fuyajo.service import accounts, auditing
from fuyajo.service.authenticating import digest_of, session
from fuyajo.service.context import Actor
from fuyajo.store.identities import HandOver

HAND_OVER_FOR = timedelta(seconds=60)


def arrive(actor: Actor, settings: Elsewhere, claims: Mapping[str, Any]) -> User:
    """The user that these verified claims stand for, made where settings allow it. Raises `Refused`.

    A name opens no account that is there: only (issuer, subject) does. `actor` is the service's.
    """
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT:
        raise Refused(Problem("", "oidc_refused", {"detail": "sub"}))
    identity = actor.identities.of(settings.issuer, subject)
    user = actor.people.user(identity.user) if identity is not None else None
    if identity is None or user is None:
        return _new(actor, settings, subject, claims)
    if user.disabled:
        raise Refused(Problem("", "oidc_out", {"value": user.name}))
    office = administers(claims, settings)
    if identity.made and settings.admin_group is not None and office != user.admin:
        actor.people.change(user.name, admin=int(office))
        auditing.note(actor, "user.office", user=user.name, admin=office)
        user = user._replace(admin=office)
    return user


def _new(actor: Actor, settings: Elsewhere, subject: str, claims: Mapping[str, Any]) -> User:
    name = name_of(claims, settings)
    if name is None:
        said = {
            "claim": shown(settings.user_claim),
            "value": shown(claims.get(settings.user_claim)),
        }
        raise Refused(Problem("", "oidc_name", dict(said)))
    known: dict[str, str | int | float | None] = {"value": name, "subject": shown(subject, 255)}
    if not settings.create_users and actor.people.user(name) is None:
        raise Refused(Problem("", "oidc_nobody", known))
    user = User(name, administers(claims, settings), datetime.now(UTC))
    identity = Identity(settings.issuer, subject, name, made=True)
    if not settings.create_users or not actor.identities.make(user, identity):
        raise Refused(Problem("", "oidc_name_taken", known))
    auditing.note(actor, "user.added", user=name, admin=user.admin, issuer=settings.issuer)
    return user


def linked(actor: Actor, name: str) -> list[Identity]:
    """Who comes in as this user from elsewhere. Raises `NotFound`."""
    return actor.identities.those(accounts.known(actor, name).name)


def link(actor: Actor, name: str, subject: str, issuer: str | None) -> Identity:
    """An account that is there is that person's from now on. `issuer` None: the one of the settings."""
    there = issuer or (actor.settings.elsewhere.issuer if actor.settings.elsewhere else None)
    if there is None:
        raise InvalidInput(Problem("issuer", "oidc_off"))
    if not 0 < len(subject) <= MOST_SUBJECT or not subject.isprintable():
        raise InvalidInput(Problem("subject", "oidc_subject", {"value": shown(subject)}))
    identity = Identity(there, subject, accounts.known(actor, name).name, made=False)
    actor.identities.link(identity, datetime.now(UTC))
    about = {"issuer": identity.issuer, "subject": subject}
    auditing.note(actor, "user.linked", None, user=name, **about)
    return identity


def unlink(actor: Actor, name: str) -> int:
    """How many sign-ins elsewhere were that user's. Raises `NotFound` when there was none."""
    gone = actor.identities.unlink(accounts.known(actor, name).name)
    if not gone:
        raise NotFound(Problem("", "oidc_not_linked", {"value": shown(name)}))
    auditing.note(actor, "user.unlinked", user=name)
    return gone


def hand_over(actor: Actor, user: User, challenge: str) -> str:
    """A code for the terminal that has the verifier of this challenge (S256, as in PKCE)."""
    code, now = secrets.token_urlsafe(32), datetime.now(UTC)
    given = HandOver(user.name, challenge)
    actor.identities.hand_over(digest_of(code), given, now + HAND_OVER_FOR, now)
    return code


def exchange(actor: Actor, code: str, verifier: str) -> str | None:
    """The secret of a token; None where code and verifier do not belong together. A code counts once."""
    given = actor.identities.take_over(digest_of(code), datetime.now(UTC))
    if given is None or not hmac.compare_digest(challenge_of(verifier), given.challenge):
        return None
    user = actor.people.user(given.user)
    return session(actor.people, user) if user is not None and not user.disabled else None


def challenge_of(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
