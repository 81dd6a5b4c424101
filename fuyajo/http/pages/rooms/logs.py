"""What was written about a machine, on a page of its own: every line is text and nothing else."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from fuyajo.domain.errors import FuyajoError
from fuyajo.domain.vm_logs import LINES, MOST_GREP, MOST_LINES, OF_GUESTS, SOURCES, Source, Wanted
from fuyajo.http import problems
from fuyajo.http.pages.machine_parts import where
from fuyajo.http.pages.render import page
from fuyajo.http.pages.visitor import Visitor
from fuyajo.service.portraits import portrait
from fuyajo.service.vm_logs import vm_log
from fuyajo.views.vm_logs import log_lines

routes = APIRouter(include_in_schema=False)


@routes.get("/machines/{name}/logs")
def logs(
    name: Annotated[str, Path(max_length=255)],
    caller: Visitor,
    request: Request,
    source: Source = "runs",
    grep: Annotated[str, Query(max_length=MOST_GREP)] = "",
    lines: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
) -> Response:
    """A guest that does not answer is said on the page, which is there all the same."""
    machine = portrait(caller.actor, name).machine
    values: dict[str, Any] = {"said": (), "more": False, "problems": ()}
    status = 200
    try:
        found = vm_log(caller.actor, machine.name, Wanted(source, grep or None, lines=lines))
        values |= {"said": log_lines(found), "more": found.more}
    except FuyajoError as error:
        values["problems"], status = error.problems, problems.status_of(error)
    given = {"source": source, "grep": grep, "lines": lines}
    shown = {"vm": machine, "at": where(machine), "given": given, "sources": SOURCES}
    return page(
        request,
        "logs.html",
        caller,
        status,
        most=MOST_LINES,
        of_guests=OF_GUESTS,
        **shown,
        **values,
    )
