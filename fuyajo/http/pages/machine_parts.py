"""What the pages about machines share: their addresses, words for states, plans that are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from fuyajo.domain import expiry
from fuyajo.domain.errors import FuyajoError, NotFound, Problem
from fuyajo.domain.machine import Machine
from fuyajo.domain.plan import Plan
from fuyajo.domain.request import NAME_PATTERN
from fuyajo.domain.texts import known, text
from fuyajo.http import problems
from fuyajo.http.pages.listing import address
from fuyajo.http.pages.render import HEADERS, language, moment, zone
from fuyajo.http.pages.sizes import size
from fuyajo.service.portraits import UUID

#: Pages that are not a machine's: a machine of that name goes by its UUID.
RESERVED = frozenset({"new", "marks"})
NOTHING = "nothing"
Again = Callable[[Sequence[Problem], int], Response]


def where(machine: Machine) -> str:
    """The address of its page. A name that means something else in one, or cannot stand in one, is none."""
    name = machine.name
    plain = re.fullmatch(NAME_PATTERN, name) and not UUID.fullmatch(name) and name not in RESERVED
    return f"/machines/{quote(name if plain else machine.uuid, safe='')}"


def number(said: str) -> int | str:
    """What a field of a form says: a number where it is one."""
    plain = said.strip()
    return int(plain) if plain.isdecimal() and len(plain) < 19 else plain


def parts(request: Request) -> dict[str, Any]:
    """For the templates."""
    lang = language(request)

    def named(kind: str, value: str) -> str:
        """A word of ours, or what libvirt says."""
        key = f"page.machines.{kind}.{value}"
        return text(key, lang) if known(key) else value

    def when(value: str | None) -> str:
        """A time of somebody's metadata; as it is where it is none."""
        try:
            return moment(value or "", zone(request))
        except (ValueError, OverflowError):
            return value or "–"

    def ends(expires: str | None) -> str:
        """How long it is until then, or since."""
        return text(
            f"page.expiry.{(far := left_of(expires, datetime.now(UTC)))[0]}", lang, n=far[1]
        )

    def over(expires: str | None) -> bool:
        return expiry.over(expires, datetime.now(UTC))

    return {
        "ends": ends,
        "over": over,
        "where": where,
        "size": size,
        "named": named,
        "address": address,
        "moment": when,
    }


def left_of(expires: str | None, now: datetime) -> tuple[str, int]:
    """The key of the words for it, and their number: days, or hours where it is less than one."""
    at = expiry.moment(expires) or now
    way, hours = ("in" if at > now else "ago"), int(abs(at - now) / timedelta(hours=1))
    if hours >= 48:
        return f"{way}_days", hours // 24
    if hours >= 24:
        return f"{way}_day", 1
    return (f"{way}_hours", hours) if hours > 1 else (f"{way}_soon", 0)


def planned(make: Callable[[], Plan | None], again: Again, back: str = "") -> Response:
    """To the plan's page, or the page where somebody was with everything that speaks against it.

    `back` is where to go with a plan of nothing, for those services that keep no such plan. What is not
    there, or not theirs, raises `NotFound`.
    """
    try:
        plan = make()
    except NotFound:
        raise
    except FuyajoError as error:
        return again(error.problems, problems.status_of(error))
    if plan is None or (back and plan.nothing_to_do):
        return to(f"{back}?said={NOTHING}")
    return to(f"/plans/{plan.id}")


def plain(found: Sequence[Problem]) -> list[Problem]:
    """Without paths into a request that nobody here has written."""
    return [Problem("", one.code, one.params) for one in found]


def to(path: str) -> Response:
    return RedirectResponse(path, 303, HEADERS)
