"""Users and tokens, for administrators and for oneself: `fuyajo.service.accounts`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.people import token_of, user_of, users_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.errors import NotFound, Problem, shown
from fuyajo.domain.people import Token, User
from fuyajo.service import accounts


@like(accounts.users)
def users(server: Server) -> list[User]:
    return users_of(server)


@like(accounts.known)
def known(server: Server, name: str) -> User:
    found = next((user for user in users_of(server) if user.name == name), None)
    if found is None:
        raise NotFound(Problem("", "user_not_found", {"value": shown(name)}))
    return found


@like(accounts.set_disabled)
def set_disabled(server: Server, name: str, disabled: bool) -> User:
    how = "disable" if disabled else "enable"
    return user_of(server, server.post(f"/users/{segment(name, 'user_not_found')}/{how}"))


@like(accounts.set_password)
def set_password(server: Server, name: str, password: str) -> None:
    """Without a key, which would keep a digest of it: said twice, it is the same."""
    path = f"/users/{segment(name, 'user_not_found')}/password"
    server.post(path, {"password": password}, keyed=False)


@like(accounts.tokens)
def tokens(server: Server, name: str | None = None) -> list[Token]:
    found: list[Any] = server.parsed(list[Any], server.get("/tokens", user=name))
    return [token_of(server, one) for one in found]


@like(accounts.new_token)
def new_token(
    server: Server, name: str, label: str, scopes: Iterable[str], valid: timedelta | None
) -> tuple[str, Token]:
    body = {
        "user": name,
        "label": label,
        "scopes": list(scopes),
        "days": valid.days if valid is not None else None,
    }
    said: dict[str, Any] = server.parsed(dict[str, Any], server.post("/tokens", body))
    return server.parsed(str, said.get("token")), token_of(server, said)


@like(accounts.take_back)
def take_back(server: Server, token_id: str, name: str | None = None) -> None:
    server.delete(f"/tokens/{segment(token_id, 'token_not_found')}", user=name)
