"""The trash: `fuyajo.service.trashing`."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.machine import Machine
from fuyajo.domain.plan import Plan
from fuyajo.service import trashing


@like(trashing.list_trash)
def list_trash(server: Server) -> list[Machine]:
    found: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], server.get("/trash"))
    return server.parsed(list[Machine], [_machine(one) for one in found])


def _machine(said: dict[str, Any]) -> dict[str, Any]:
    """The facts of `trash_json` at the places that they have in a machine."""
    mark = {key: said.get(key) or "" for key in ("name", "since", "until")}
    return {**said, "name": said.get("kept_as"), "state": "stopped", "trashed": mark}


@like(trashing.plan_restore)
def plan_restore(
    server: Server, names: tuple[str, ...], *, start: bool = False, taint: bool = False
) -> Plan:
    assert not taint, "who types has read nothing of a guest"
    body = {"names": list(names), "start": start}
    return server.parsed(Plan, server.post("/trash/restore", body))


@like(trashing.plan_empty)
def plan_empty(server: Server, names: tuple[str, ...] = (), *, only_expired: bool = False) -> Plan:
    body = {"names": list(names), "expired": only_expired}
    return server.parsed(Plan, server.post("/trash/empty", body))
