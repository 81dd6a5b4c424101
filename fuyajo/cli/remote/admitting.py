"""Whether somebody is to be asked: `fuyajo.service.admitting`."""

from __future__ import annotations

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.needs import needs_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan
from fuyajo.service import admitting


@like(admitting.asks)
def asks(server: Server, plan: Plan) -> bool:
    return needs_of(server, plan).asks
