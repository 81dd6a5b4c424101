"""Template → answer: in the visitor's language and time zone, with nothing in it that a browser would run.

Every value that a template prints is escaped, and stripped of control characters and of those that turn the
direction of writing; only what this module or `markdown.py` made is taken as HTML.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.requests import HTTPConnection
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from fuyajo.domain.texts import TABLES, Lang, text
from fuyajo.http import problems
from fuyajo.http.pages import assets
from fuyajo.http.pages.sizes import about
from fuyajo.http.pages.visitor import MOST_ADDRESS
from fuyajo.http.who import Caller
from fuyajo.views.inert import inert

LANGUAGE, ZONE = "fuyajo_lang", "fuyajo_zone"
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))")
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
#: (address, key of its name) in the order in which they are shown.
NAV = (
    ("/", "home"),
    ("/talk", "talk"),
    ("/plans", "plans"),
    ("/runs", "run.runs"),
    ("/machines", "machines"),
)
#: Behind a menu.
MORE = (
    ("/templates", "house.templates"),
    ("/images", "house.images"),
    ("/hosts", "house.hosts"),
    ("/schedules", "house.schedules"),
    ("/suggestions", "suggest.suggestions"),
    ("/alerts", "alerts.alerts"),
    ("/drift", "house.drift"),
    ("/planners", "house.planners"),
    ("/audit", "house.audit"),
    ("/policy", "house.policy"),
    ("/people", "house.people"),
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Cookie, Accept-Language, HX-Request",
}


def page(
    request: Request, template: str, caller: Caller | None, status: int = 200, **values: Any
) -> HTMLResponse:
    """A whole page, or with htmx the template's block `piece` alone, where it has one."""
    found = _environment().get_template(template)
    always = _context(request, caller)
    # A page may say that it stands for another address; the rest is what its frame needs.
    assert always.keys() & values.keys() <= {"path"}
    context = {**always, **values}
    shown = request.method == "GET" and "path" not in values
    context["here"] = here(request) if shown else context["path"]
    if is_piece(request) and "piece" in found.blocks:
        block = found.new_context(context)
        body = "".join(found.blocks["piece"](block))
    else:
        body = found.render(context)
    return HTMLResponse(body, status, HEADERS)


def fragment(request: Request, template: str, **values: Any) -> str:
    """A piece of HTML for a stream."""
    context = {**_context(request, None), **values}
    return _environment().get_template(template).render(context)


def is_piece(request: Request) -> bool:
    """Whether htmx asks for a piece; what it restores from history is a page."""
    headers = request.headers
    return "hx-request" in headers and "hx-history-restore-request" not in headers


def here(request: Request) -> str:
    """The address of the page that is asked for, with what it is asked for."""
    path, query = quote(request.url.path), request.url.query
    return f"{path}?{query}" if query and len(path) + len(query) < MOST_ADDRESS else path


def language(request: HTTPConnection) -> Lang:
    """What was chosen here; else what the browser prefers."""
    chosen = request.cookies.get(LANGUAGE)
    if chosen in TABLES:
        return chosen
    return problems.language(request)


def zone(request: Request) -> ZoneInfo:
    """The browser's, where it told."""
    try:
        return ZoneInfo(request.cookies.get(ZONE, "UTC"))
    except (KeyError, ValueError, OSError):  # untrusted: a path, a directory, no such zone
        return ZoneInfo("UTC")


def moment(value: datetime | str, where: ZoneInfo) -> Markup:
    """`<time>`, readable without a script."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    local = at.astimezone(where)
    return Markup('<time datetime="{}">{}</time>').format(
        at.isoformat(timespec="seconds"), f"{local:%Y-%m-%d %H:%M:%S}"
    )


def timed(said: str, where: ZoneInfo) -> Markup:
    """A sentence, with the times in it (ISO 8601) as all others are shown."""
    parts: list[str] = []
    for n, part in enumerate(_TIME.split(inert(said))):
        try:
            parts.append(moment(part, where) if n % 2 else part)
        except (ValueError, OverflowError):  # somebody's text, which only looks like one
            parts.append(part)
    return Markup("").join(parts)


def _context(request: Request, caller: Caller | None) -> dict[str, Any]:
    lang, where = language(request), zone(request)

    def t(key: str, **values: Any) -> str:
        return text(f"page.{key}", lang, **values)

    def say(key: str, **values: Any) -> str:
        return text(key, lang, **values)

    return {
        "t": t,
        "say": say,
        "lang": lang,
        "zone": where.key,
        "path": request.url.path,
        "nav": NAV,
        "nav_more": MORE,
        "me": caller,
        "asset": assets.address,
        "time": lambda value: moment(value, where),
        "timed": lambda said: timed(said, where),
    }


def _inert(value: Any) -> Any:
    return inert(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["about"] = about
    made.filters["lines"] = lambda value: Markup("<br>").join(escape(inert(v)) for v in value)
    return made
