"""Users and tokens, for a person or a program. Never a secret, never a hash."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fuyajo.domain.people import SCOPES, Token, User
from fuyajo.domain.texts import Lang, text


def user_json(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "admin": user.admin,
        "disabled": user.disabled,
        "password": user.password is not None,
        "created": user.created.isoformat(),
    }


def user_rows(users: list[User], lang: Lang) -> list[list[str]]:
    return [
        [user.name, ", ".join(text(f"ui.user.{mark}", lang) for mark in _marks(user)) or "-"]
        for user in users
    ]


def _marks(user: User) -> list[str]:
    said = {
        "admin": user.admin,
        "disabled": user.disabled,
        "no_password": user.password is None,
    }
    return [mark for mark, holds in said.items() if holds]


def token_json(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "user": token.user,
        "label": token.label,
        "scopes": scopes_in_order(token),
        "created": token.created.isoformat(),
        "expires": token.expires.isoformat() if token.expires else None,
        "used": token.used.isoformat() if token.used else None,
    }


def scopes_in_order(token: Token) -> list[str]:
    return [scope for scope in SCOPES if scope in token.scopes]


def token_rows(tokens: list[Token], lang: Lang) -> list[list[str]]:
    never = text("ui.token.never", lang)
    head = [text(f"ui.token.{key}", lang) for key in ("id", "scopes", "expires", "used", "label")]
    rows = [
        [
            token.id,
            ",".join(scopes_in_order(token)),
            _day(token.expires) or never,
            _minute(token.used) or never,
            token.label or "-",
        ]
        for token in tokens
    ]
    return [head, *rows]


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}" if moment else ""


def _minute(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""
