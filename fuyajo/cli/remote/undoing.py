"""Undo: `fuyajo.service.undoing`."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.runs import get_run
from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan
from fuyajo.domain.undo import Left
from fuyajo.service import undoing
from fuyajo.service.undoing import Undone


@like(undoing.undo)
def undo(server: Server, run_id: str) -> Undone:
    path = f"/runs/{segment(run_id, 'run_not_found')}/undo"
    said: dict[str, Any] = server.parsed(dict[str, Any], server.post(path))
    plan: Plan | None = server.parsed(Plan | None, said.get("plan"))
    found: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], said.get("left"))
    left = [{**one, "why": one.get("code")} for one in found]
    return Undone(get_run(server, run_id), plan, server.parsed(tuple[Left, ...], left))
