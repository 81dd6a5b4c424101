"""The same request again: `fuyajo.service.replanning`."""

from __future__ import annotations

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.planned import planned_of
from fuyajo.cli.remote.server import Server
from fuyajo.service import replanning
from fuyajo.service.planning import Planned


@like(replanning.again)
def again(server: Server, plan_id: str) -> Planned:
    path = f"/plans/{segment(plan_id, 'plan_not_found')}/again"
    return planned_of(server, server.post(path))
