"""People who sign in elsewhere: where, and what their claims mean here. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fuyajo.domain.errors import InvalidInput, Problem, shown

KEYS = (
    "oidc_issuer",
    "oidc_client_id",
    "oidc_client_secret_file",
    "oidc_user_claim",
    "oidc_groups_claim",
    "oidc_admin_group",
    "oidc_create_users",
)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_NAME = re.compile(r"[a-z_][a-z0-9_.-]{0,63}")
MOST_SUBJECT = 255  # characters, as the standard has it


class Elsewhere(NamedTuple):
    """An issuer of OpenID Connect. `secret_file` None: a public client, which PKCE alone protects."""

    issuer: str
    client_id: str
    secret_file: Path | None = None
    user_claim: str = "preferred_username"
    groups_claim: str = "groups"
    admin_group: str | None = None
    create_users: bool = False


class Identity(NamedTuple):
    """Who somebody is there, and here. `made`: the account came into being by signing in."""

    issuer: str
    subject: str
    user: str
    made: bool


def read(values: Mapping[str, str]) -> Elsewhere | None:
    """Of the settings; None where no issuer is named. Raises `InvalidInput` with everything wrong."""
    said = {key.removeprefix("oidc_"): values[key] for key in KEYS if values.get(key)}
    if "issuer" not in said and "client_id" not in said:
        return None
    problems = [
        Problem(f"oidc_{key}", "oidc_missing") for key in ("issuer", "client_id") - said.keys()
    ]
    issuer = said.get("issuer", "")
    if issuer and (not safe(issuer) or set(issuer) & set("?#")):
        problems.append(Problem("oidc_issuer", "oidc_issuer", {"value": shown(issuer)}))
    create = said.get("create_users", "false")
    if create not in ("true", "false"):
        params = {"value": shown(create), "choices": "true, false"}
        problems.append(Problem("oidc_create_users", "choice", dict(params)))
    if problems:
        raise InvalidInput(sorted(problems, key=lambda one: one.path))
    secret = said.get("client_secret_file")
    return Elsewhere(
        issuer=issuer,
        client_id=said["client_id"],
        secret_file=Path(secret).expanduser() if secret else None,
        user_claim=said.get("user_claim", "preferred_username"),
        groups_claim=said.get("groups_claim", "groups"),
        admin_group=said.get("admin_group"),
        create_users=create == "true",
    )


def safe(url: object) -> bool:
    """Whether what is sent there stays secret: TLS, or this machine."""
    if not isinstance(url, str):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if parts.username is not None or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)


def loopback(url: str) -> bool:
    """Whether that is this machine."""
    return urlsplit(url).hostname in LOOPBACK


def name_of(claims: Mapping[str, Any], settings: Elsewhere) -> str | None:
    """What this person would be called here; None where the claim makes no name of ours.

    Of an address the part before the `@`, and only of one that the issuer has checked.
    """
    said = claims.get(settings.user_claim)
    if not isinstance(said, str):
        return None
    if settings.user_claim == "email" and claims.get("email_verified") is not True:
        return None
    name = said.split("@")[0].lower() if said.isascii() else ""
    return name if _NAME.fullmatch(name) and ".." not in name else None


def administers(claims: Mapping[str, Any], settings: Elsewhere) -> bool:
    """Whether the claims say so; never without a group of that name."""
    groups = claims.get(settings.groups_claim)
    found = groups if isinstance(groups, list) else [groups]
    return settings.admin_group is not None and settings.admin_group in found
