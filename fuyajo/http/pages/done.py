"""After a `POST`: back to a page, which says what was done."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from fastapi.responses import RedirectResponse

from fuyajo.domain.texts import known
from fuyajo.http.pages.render import HEADERS

#: What a page was sent back to with; `said` decides whether it means anything.
Done = Annotated[str, Query(max_length=40)]


def done(where: str, what: str) -> RedirectResponse:
    """`what` is a key below `page.house.done_`."""
    return RedirectResponse(f"{where}?{urlencode({'done': what})}", 303, HEADERS)


def said(what: str) -> str:
    """The key, if it is one: the address is anybody's to write."""
    return what if known(f"page.house.done_{what}") else ""
