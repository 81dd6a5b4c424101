"""Suggestions of a service: `fuyajo.service.suggesting`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan
from fuyajo.domain.suggestion import Suggestion
from fuyajo.service import suggesting


@like(suggesting.suggestions)
def suggestions(
    server: Server, names: Collection[str] = (), dismissed: bool = False
) -> list[Suggestion]:
    said: Any = server.get("/suggestions", vm=list(names) or None, dismissed=dismissed or None)
    rows: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], said)
    plain = [{key: value for key, value in row.items() if key != "id"} for row in rows]
    return server.parsed(list[Suggestion], plain)


@like(suggesting.dismiss)
def dismiss(
    server: Server, name: str, rule: str, days: int = suggesting.DISMISS_DAYS
) -> Suggestion:
    path = f"/vms/{segment(name, 'vm_not_found')}/suggested/dismiss"
    said: dict[str, Any] = server.parsed(
        dict[str, Any], server.post(path, {"rule": rule, "days": days})
    )
    plain = {key: value for key, value in said.items() if key != "id"}
    return server.parsed(Suggestion, plain)


@like(suggesting.plan_suggested)
def plan_suggested(server: Server, name: str, rule: str) -> Plan:
    path = f"/vms/{segment(name, 'vm_not_found')}/suggested"
    return server.parsed(Plan, server.post(path, {"rule": rule}))
