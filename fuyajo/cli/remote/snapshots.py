"""Snapshots of a service: `fuyajo.service.snapshots`."""

from __future__ import annotations

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan
from fuyajo.service import snapshots
from fuyajo.service.snapshots import Chosen, Tree, Way


@like(snapshots.list_snapshots)
def list_snapshots(server: Server, chosen: Chosen) -> list[Tree]:
    said = server.get(
        "/snapshots",
        vm=list(chosen.names) or None,
        environment=chosen.environment,
        tag=chosen.tag,
    )
    return server.parsed(list[Tree], said)


@like(snapshots.plan_snapshots)
def plan_snapshots(server: Server, way: Way, chosen: Chosen, snapshot: str | None = None) -> Plan:
    body = {
        "way": way,
        "names": list(chosen.names),
        "environment": chosen.environment,
        "tag": chosen.tag,
        "snapshot": snapshot,
    }
    return server.parsed(Plan, server.post("/snapshots", body))
