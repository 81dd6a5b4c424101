"""Users and tokens of a service's answers."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.remote.server import Server
from fuyajo.domain.people import Token, User


def users_of(server: Server) -> list[User]:
    found: list[Any] = server.parsed(list[Any], server.get("/users"))
    return [user_of(server, one) for one in found]


def user_of(server: Server, said: Any) -> User:
    """Whether there is a password is all that is told of it."""
    facts: dict[str, Any] = server.parsed(dict[str, Any], said)
    return server.parsed(User, {**facts, "password": "-" if facts.get("password") else None})


def token_of(server: Server, said: Any) -> Token:
    """Without its digest, which is nobody's business."""
    facts: dict[str, Any] = server.parsed(dict[str, Any], said)
    return server.parsed(Token, {**{k: v for k, v in facts.items() if k != "token"}, "digest": ""})
