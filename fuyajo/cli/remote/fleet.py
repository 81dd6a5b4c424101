"""What a service measured last: `fuyajo.service.fleet`."""

from __future__ import annotations

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.service import fleet as service
from fuyajo.service.fleet import Fleet


@like(service.fleet)
def fleet(server: Server, everybody: bool = False) -> Fleet:
    said = server.get("/fleet", everybody=True if everybody else None)
    return server.parsed(Fleet, said)
