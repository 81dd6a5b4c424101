"""What came of a wish, read back."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan, PlannerNote
from fuyajo.domain.policy import Decision
from fuyajo.domain.request import Reply
from fuyajo.service.planning import Planned


def planned_of(server: Server, said: Any) -> Planned:
    """Of `planned_json`."""
    found: dict[str, Any] = server.parsed(dict[str, Any], said)
    return Planned(
        reply=server.parsed(Reply, found.get("reply")),
        plan=server.parsed(Plan | None, found.get("plan")),
        backend=server.parsed(str, found.get("backend")),
        planner=server.parsed(PlannerNote | None, found.get("planner")),
        notices=server.parsed(tuple[str, ...], found.get("notices", ())),
        decision=server.parsed(Decision | None, found.get("decision")),
    )
