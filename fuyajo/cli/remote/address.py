"""Addresses of services, and names in them."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fuyajo.domain.errors import InvalidInput, NotFound, Problem, shown
from fuyajo.planner.backends.address import address_problem, loopback

PORTS = {"http": 80, "https": 443}
LONGEST = 255


def origin(said: str, *, plain: bool = False) -> str:
    """`https://host[:port]`, always written in the same way: a token belongs to it.

    Raises `InvalidInput`, also for plain HTTP to another machine unless that is wanted.
    """
    problem = address_problem("--server", said)
    parts = urlsplit(said) if problem is None else None
    if parts is None or parts.path not in ("", "/") or parts.hostname is None:
        raise InvalidInput(Problem("", "server_address", {"value": shown(said.split("@")[-1])}))
    if parts.scheme == "http" and not plain and not loopback(said):
        raise InvalidInput(Problem("", "server_plain", {"value": shown(said)}))
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port not in (None, PORTS[parts.scheme]) else ""
    return f"{parts.scheme}://{host}{port}"


def segment(name: str, code: str) -> str:
    """A name as a part of a path. Raises `NotFound` (this code) for what can be the name of nothing."""
    if not name.strip(".") or "/" in name or len(name) > LONGEST:
        raise NotFound(Problem("", code, {"value": shown(name)}))
    return quote(name, safe="")
