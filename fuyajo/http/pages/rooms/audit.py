"""The audit: who did what, the newest first, and whether that record is whole."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import OURS, AdminActor, Visitor
from fuyajo.http.who import Caller
from fuyajo.service.auditing import Wanted, entries, verified
from fuyajo.views.audit import audit_about

routes = APIRouter(include_in_schema=False)
WHERE = "/audit"
ROWS = 50
LAST = 2**53
Text = Annotated[str, Query(max_length=64)]
Seq = Annotated[int, Query(ge=1, le=LAST)]


@routes.get(WHERE)
def audit(
    caller: Visitor,
    request: Request,
    actor: Text = "",
    event: Text = "",
    run: Text = "",
    before: Seq = LAST,
) -> Response:
    said = {"actor": actor.strip(), "event": event.strip(), "run": run.strip()}
    return _page(caller, request, said, before)


@routes.post(WHERE, dependencies=[OURS])
def verify(actor: AdminActor, caller: Visitor, request: Request) -> Response:
    """It reads and changes nothing; it is a `POST` because it takes long."""
    return _page(
        caller, request, {"actor": "", "event": "", "run": ""}, LAST, found=verified(actor)
    )


def _page(
    caller: Caller, request: Request, said: dict[str, str], before: int, **more: Any
) -> Response:
    filters = {key: value or None for key, value in said.items()}
    wanted = Wanted(before=before, **filters)  # type: ignore[arg-type]
    some = list(islice(entries(caller.actor, wanted, admin=caller.admin), ROWS + 1))
    rows = some[:ROWS]
    return page(
        request, "audit.html", caller,
        **{
            "rows": [(row, _at(row.at), body, audit_about(body)) for row, body in rows],
            "said": said,
            "older": rows[-1].row.seq if len(some) > ROWS else None,
            "query": urlencode(said), "newer": before != LAST, "found": None, **more,
        },
    )  # fmt: skip


def _at(said: str) -> datetime | None:
    """None where somebody edited it."""
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None
