"""How a model server's answer that is no reply becomes a `BackendError`, the same for every server."""

from __future__ import annotations

from typing import NoReturn

from fuyajo.domain.errors import shown
from fuyajo.planner.backend import BackendError

DETAIL_CHARS = 200
_BY_STATUS = {401: "auth", 402: "quota", 403: "auth", 429: "quota", 503: "overloaded"}
# What servers call their errors; an error inside a stream has no status of its own.
_BY_TYPE = {
    "authentication_error": "auth",
    "permission_error": "auth",
    "billing_error": "quota",
    "rate_limit_error": "quota",
    "overloaded_error": "overloaded",
    "unavailable_error": "overloaded",
}
_OVERLOADED = 529


def kind_of(status: int, type_: object = None, said: str = "") -> str:
    """The kind of failure that an HTTP status, and an error's own type and words, mean."""
    if status == _OVERLOADED:
        return "overloaded"
    named = _BY_TYPE.get(type_) if isinstance(type_, str) else None
    if "credit balance" in said.lower():
        return "quota"
    return _BY_STATUS.get(status) or named or "api"


def fail(backend: str, kind: str, said: str, secret: str = "") -> NoReturn:
    """Raises `BackendError` with one printable, bounded line, the credential blotted out."""
    line = " ".join(said.split())
    if secret:
        line = line.replace(secret, "***")
    raise BackendError(backend, kind, shown(line, DETAIL_CHARS)) from None
