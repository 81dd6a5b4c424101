"""Ways to tell somebody, as the administrator of a service names them in `[alerts.channels.NAME]`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path
from typing import Any, Literal, get_args

from fuyajo.domain.elsewhere import LOOPBACK, safe
from fuyajo.domain.errors import Problem, shown
from fuyajo.domain.texts import Lang

#: What protects a message on its way to the mail server; `none` only on this machine.
Security = Literal["starttls", "tls", "none"]
PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
MOST_ADDRESSES = 20
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_WEBHOOK = frozenset({"kind", "url", "secret_file", "token_file"})
_MAIL = frozenset(
    {"kind", "host", "port", "security", "from", "to", "user", "password_file", "lang"}
)


@dataclass(frozen=True)
class Webhook:
    """`secret_file` signs what is sent, `token_file` is sent as a bearer token."""

    url: str
    secret_file: Path | None = None
    token_file: Path | None = None


@dataclass(frozen=True)
class Mail:
    """By one SMTP server to fixed addresses."""

    host: str
    port: int
    security: Security
    sender: str
    to: tuple[str, ...]
    user: str | None = None
    password_file: Path | None = None
    lang: Lang = "en"


Channels = Mapping[str, Webhook | Mail]


def read(table: object, reserved: str) -> tuple[dict[str, Webhook | Mail], list[Problem]]:
    """Of the file's `alerts` table, and everything wrong. `reserved`: a name that is taken."""
    alerts = table if isinstance(table, dict) else {}
    named = alerts.get("channels", {})
    problems = [_unknown("alerts", key, ("channels",)) for key in alerts if key != "channels"]
    if not isinstance(table, dict) or not isinstance(named, dict):
        return {}, [Problem("alerts.channels", "channel_table")]
    found: dict[str, Webhook | Mail] = {}
    for name, said in named.items():
        path = f"alerts.channels.{shown(name)}"
        if not _NAME.fullmatch(name) or name == reserved:
            problems.append(Problem(path, "channel_name", {"value": shown(name)}))
        elif not isinstance(said, dict):
            problems.append(Problem(path, "channel_table"))
        else:
            made, wrong = _one(path, said)
            problems.extend(wrong)
            if made is not None and not wrong:
                found[name] = made
    return found, problems


def _one(path: str, said: Mapping[str, Any]) -> tuple[Webhook | Mail | None, list[Problem]]:
    kind = said.get("kind")
    if kind not in ("webhook", "mail"):
        params = {"value": shown(kind), "choices": "webhook, mail"}
        return None, [Problem(f"{path}.kind", "choice", dict(params))]
    known = _WEBHOOK if kind == "webhook" else _MAIL
    problems = [_unknown(path, key, sorted(known)) for key in said if key not in known]
    problems += [
        Problem(f"{path}.{key}", "channel_text", {"value": shown(value)})
        for key, value in said.items()
        if key in known and not (isinstance(value, str) and value and value.isprintable())
    ]
    if problems:
        return None, problems
    return _webhook(path, said) if kind == "webhook" else _mail(path, said)


def _webhook(path: str, said: Mapping[str, str]) -> tuple[Webhook | None, list[Problem]]:
    url = said.get("url", "")
    if not safe(url):
        return None, [Problem(f"{path}.url", "channel_url", {"value": shown(url)})]
    return Webhook(url, _file(said.get("secret_file")), _file(said.get("token_file"))), []


def _mail(path: str, said: Mapping[str, str]) -> tuple[Mail | None, list[Problem]]:
    problems = [
        Problem(f"{path}.{key}", "missing", {"key": key})
        for key in ("host", "from", "to")
        if key not in said
    ]
    to = tuple(one.strip() for one in said.get("to", "").split(",") if one.strip())
    for key, addresses in (("from", (said.get("from", "a@b.c"),)), ("to", to)):
        wrong = [one for one in addresses if not _is_address(one)]
        problems += [
            Problem(f"{path}.{key}", "channel_address", {"value": shown(one)}) for one in wrong
        ]
    if len(to) > MOST_ADDRESSES:
        problems.append(Problem(f"{path}.to", "too_long", {"limit": MOST_ADDRESSES}))
    if ("user" in said) != ("password_file" in said):
        absent = "password_file" if "user" in said else "user"
        problems.append(Problem(f"{path}.{absent}", "missing", {"key": absent}))
    for key, choices in (("security", get_args(Security)), ("lang", get_args(Lang))):
        if said.get(key, choices[0]) not in choices:
            params = {"value": shown(said[key]), "choices": ", ".join(choices)}
            problems.append(Problem(f"{path}.{key}", "choice", dict(params)))
    if said.get("security") == "none" and said.get("host") not in LOOPBACK:
        problems.append(
            Problem(f"{path}.security", "channel_open", {"value": shown(said.get("host"))})
        )
    port = said.get("port", "25")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        problems.append(Problem(f"{path}.port", "channel_port", {"value": shown(port)}))
    return (None, problems) if problems else (_made(said, to), [])


def _made(said: Mapping[str, Any], to: tuple[str, ...]) -> Mail:
    security: Security = said.get("security", "starttls")
    return Mail(
        host=said["host"],
        port=int(said.get("port", PORTS[security])),
        security=security,
        sender=said["from"],
        to=to,
        user=said.get("user"),
        password_file=_file(said.get("password_file")),
        lang=said.get("lang", "en"),
    )


def _is_address(text: str) -> bool:
    try:
        found = Address(addr_spec=text)
    except (HeaderParseError, ValueError, IndexError):
        return False
    return text.isascii() and bool(found.username) and bool(found.domain)


def _file(value: str | None) -> Path | None:
    return Path(value).expanduser() if value else None


def _unknown(path: str, key: str, known: object) -> Problem:
    names = ", ".join(known) if isinstance(known, (list, tuple)) else ""
    return Problem(path, "config_key", {"key": shown(key), "known": names})
