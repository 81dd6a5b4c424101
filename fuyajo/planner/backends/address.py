"""Addresses of servers, as a person writes them in the settings."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from fuyajo.domain.errors import Problem, shown


def address_problem(setting: str, value: str, *, secret: bool = False) -> Problem | None:
    """What is wrong with it, if anything. `secret`: a key is sent there, so it has to be encrypted."""
    parts = _parts(value)
    if parts is None:
        # What stands before an @ may be a password.
        return Problem("", "base_url", {"setting": setting, "value": shown(value.split("@")[-1])})
    if secret and parts.scheme != "https" and not loopback(value):
        return Problem("", "base_url_plain", {"setting": setting, "value": shown(value)})
    return None


def loopback(url: str) -> bool:
    """Whether it leads to this machine itself; a name other than localhost never counts."""
    parts = _parts(url)
    host = (parts.hostname or "") if parts else ""
    if host == "localhost":
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _parts(value: str) -> SplitResult | None:
    """The parts of an http(s) address with a host and nothing behind the path; else None."""
    if not value.isprintable() or " " in value or "\\" in value:
        return None
    try:
        parts = urlsplit(value)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        return None
    plain = parts.scheme in ("http", "https") and parts.hostname and port_is_valid
    return parts if plain and "@" not in parts.netloc and not {"?", "#"} & set(value) else None
