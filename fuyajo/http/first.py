"""The first administrator: whoever started the service holds a secret that works once."""

from __future__ import annotations

import hmac
import secrets
import threading
from dataclasses import dataclass, field

from fuyajo.domain.people import User
from fuyajo.service.authenticating import add_user
from fuyajo.service.context import Actor

PREFIX = "setup_"


@dataclass(frozen=True)
class First:
    """`actor` is who runs the service; the secret lives in this process alone."""

    actor: Actor
    secret: str = field(default_factory=lambda: PREFIX + secrets.token_urlsafe(32), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def admit(self, secret: str, name: str, password: str) -> User | None:
        """The administrator; None for a wrong secret, or when there is a user already."""
        if not hmac.compare_digest(secret.encode(), self.secret.encode()):
            return None
        with self._lock:
            if self.actor.people.any():
                return None
            return add_user(self.actor, name, password, admin=True)
