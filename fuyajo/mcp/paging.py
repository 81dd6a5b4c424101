"""Lists in pages. A cursor is opaque for clients; it is a name, so that a list that changes skips nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar

from fuyajo.domain.errors import InvalidInput, Problem

T = TypeVar("T")


def page(
    found: Sequence[T], name: Callable[[T], str], cursor: str | None, most: int
) -> tuple[list[T], str | None]:
    """At most so many behind the cursor, and the next cursor; `found` is in the order of `name`."""
    last = name_in(cursor) if cursor else ""
    rest = [one for one in found if name(one) > last]
    told = rest[:most]
    return told, cursor_of(name(told[-1])) if len(rest) > len(told) else None


def cursor_of(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def name_in(cursor: str) -> str:
    """Raises `InvalidInput` for what is no cursor of ours."""
    try:
        return base64.b64decode(cursor.encode(), b"-_", validate=True).decode()
    except ValueError as error:
        raise InvalidInput(Problem("cursor", "mcp_cursor")) from error
