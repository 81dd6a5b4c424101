"""New users: `fuyajo.service.authenticating`."""

from __future__ import annotations

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.people import user_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.people import User
from fuyajo.service import authenticating


@like(authenticating.add_user)
def add_user(server: Server, name: str, password: str | None, *, admin: bool = False) -> User:
    """Without a key, which would keep a digest of the password."""
    body = {"name": name, "password": password, "admin": admin}
    return user_of(server, server.post("/users", body, keyed=False))
