"""Plans that were made: `fuyajo.service.plans`."""

from __future__ import annotations

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan
from fuyajo.service import plans


@like(plans.newest)
def newest(server: Server) -> str | None:
    found: list[Plan] = server.parsed(list[Plan], server.get("/plans", limit=1))
    return found[0].id if found else None
