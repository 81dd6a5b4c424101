"""What machines of a service did over time: `fuyajo.service.history`."""

from __future__ import annotations

from datetime import datetime

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.history import History
from fuyajo.service import history as past


@like(past.history)
def history(
    server: Server,
    name: str,
    since: datetime | None = None,
    until: datetime | None = None,
    points: int = past.POINTS,
) -> History:
    one, two = (moment.isoformat() if moment else None for moment in (since, until))
    path = f"/vms/{segment(name, 'vm_not_found')}/metrics"
    return server.parsed(History, server.get(path, since=one, until=two, points=points))
