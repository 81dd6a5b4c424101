"""Backups of a service: `fuyajo.service.backups`."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.server import Server
from fuyajo.domain.backups import Backup
from fuyajo.domain.plan import Plan
from fuyajo.service import backups


@like(backups.list_backups)
def list_backups(server: Server, vm: str | None = None) -> list[Backup]:
    return _backups(server, server.get("/backups", vm=vm))


@like(backups.list_copies)
def list_copies(server: Server, vm: str | None = None) -> list[Backup]:
    return _backups(server, server.get("/backup-copies", vm=vm))


@like(backups.verify)
def verify(server: Server, vm: str | None = None) -> list[Backup]:
    return _backups(server, server.post("/backups/verify", {"vm": vm}))


@like(backups.plan_backups)
def plan_backups(server: Server, operations: list[dict[str, Any]]) -> Plan:
    return server.parsed(Plan, server.post("/backups", {"operations": operations}))


def _backups(server: Server, said: Any) -> list[Backup]:
    found: list[Any] = server.parsed(list[Any], said)
    plain = [{key: value for key, value in one.items() if key != "good"} for one in found]
    return [server.parsed(Backup, one) for one in plain]
