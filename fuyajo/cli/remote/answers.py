"""Answers of a service: JSON, or a problem as the exception that the call raises here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

import httpx2

from fuyajo import __version__
from fuyajo.domain.errors import (
    Conflict,
    Failed,
    FuyajoError,
    InvalidInput,
    NotFound,
    Param,
    Problem,
    Refused,
    TooMany,
    Unavailable,
    shown,
)
from fuyajo.views.inert import inert

VERSION = "Fuyajo-Version"
KINDS: dict[int, type[FuyajoError]] = {
    400: InvalidInput,
    403: Refused,
    404: NotFound,
    409: Conflict,
    413: InvalidInput,
    422: InvalidInput,
    429: TooMany,
    500: Failed,
    503: Unavailable,
}
MOST_PROBLEMS = 1000
MOST_CHARS = 2000
#: Control characters but for line ends and tabs, and those that turn the direction of a line.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def read(response: httpx2.Response, url: str) -> Any:
    """The JSON of an answer. Raises what its problem document says."""
    if response.status_code == httpx2.codes.NO_CONTENT:
        return None
    if response.is_success:
        try:
            return harmless(response.json())
        except (ValueError, RecursionError) as error:
            raise _unlike(response, url) from error
    if response.status_code == httpx2.codes.UNAUTHORIZED:
        raise Refused(Problem("", "login_needed", {"server": url}))
    problems = problems_of(response)
    kind = KINDS.get(response.status_code)
    if kind is None or not problems:
        raise _unlike(response, url)
    raise kind(problems)


def harmless(value: Any) -> Any:
    """The same JSON without anything in its texts that a terminal obeys, wherever they will be shown."""
    if isinstance(value, str):
        return _OBEYED.sub("\ufffd", value)
    if isinstance(value, list):
        return [harmless(one) for one in value]
    if isinstance(value, dict):
        return {harmless(key): harmless(one) for key, one in value.items()}
    return value


def problems_of(response: httpx2.Response) -> list[Problem]:
    """Every finding of a problem document; none where it is something else."""
    try:
        document = response.json()
    except (ValueError, RecursionError):
        return []
    found = document.get("errors") if isinstance(document, dict) else None
    mappings = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return [problem(one) for one in mappings[:MOST_PROBLEMS]]


def codes(response: httpx2.Response) -> set[str]:
    return {one.code for one in problems_of(response)}


def problem(said: Mapping[str, Any]) -> Problem:
    """The same problem here. What a service says is data: it is bounded, and no terminal obeys it."""
    params = said.get("params")
    given = params if isinstance(params, dict) else {}
    path = _bounded(said.get("path"))
    made = Problem(path, str(said.get("code")), {str(k): _param(v) for k, v in given.items()})
    try:
        made.message()
        made.hint()
    except (KeyError, ValueError, TypeError, IndexError, AttributeError):  # of another version
        told = {"message": _bounded(said.get("message")), "hint": _bounded(said.get("hint"))}
        return Problem(path, "server_said", cast("dict[str, Param]", told))
    return made


def _param(value: object) -> Param:
    return value if value is None or isinstance(value, int | float) else _bounded(value)


def _bounded(value: object) -> str:
    return inert(str(value if value is not None else ""))[:MOST_CHARS]


def _unlike(response: httpx2.Response, url: str) -> Unavailable:
    """An answer that no service of this version gives."""
    status = response.status_code
    if response.is_redirect:
        where = shown(response.headers.get("Location", ""), 200)
        return Unavailable(Problem("", "server_redirect", {"server": url, "value": where}))
    version = response.headers.get(VERSION)
    if version is None:
        return Unavailable(Problem("", "server_other", {"server": url, "status": status}))
    return _versions(
        url, version, f"{response.request.method} {response.request.url.path}: {status}"
    )


def _versions(url: str, version: str, what: str) -> Unavailable:
    told = {
        "server": url,
        "there": shown(version, 40),
        "here": __version__,
        "detail": shown(what, 200),
    }
    same = version == __version__
    return Unavailable(
        Problem("", "server_strange" if same else "server_version", cast("dict[str, Param]", told))
    )


def strange(url: str, what: str, version: str | None = None) -> Unavailable:
    """An answer without an error whose content means nothing here."""
    return _versions(url, version or __version__, what)
