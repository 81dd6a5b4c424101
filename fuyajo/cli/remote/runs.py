"""Runs of a service: `fuyajo.service.runs`. One that waits is shown as if its record were there already."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fuyajo.cli.remote.address import segment
from fuyajo.cli.remote.following import followed
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.records import record_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.errors import Conflict, Problem
from fuyajo.service import runs
from fuyajo.store.runs import RunRecord


@like(runs.list_runs)
def list_runs(server: Server) -> list[RunRecord]:
    found: list[Any] = server.parsed(list[Any], server.get("/runs", limit=1000))
    return [record_of(server, one) for one in found]


@like(runs.get_run)
def get_run(server: Server, run_id: str) -> RunRecord:
    return record_of(server, server.get(_path(run_id)))


@like(runs.events)
def events(server: Server, run_id: str) -> Iterator[dict[str, Any]]:
    """Those that are there now."""
    with server.stream(f"{_path(run_id)}/events?follow=false", 0) as found:
        for one in found:
            if one.event != "end":
                yield server.line_of(one)


@like(runs.cancel_run)
def cancel_run(server: Server, run_id: str) -> RunRecord:
    """Asked for, and waited for."""
    server.post(f"{_path(run_id)}/cancel")
    followed(server, run_id, lambda _event: None)
    ended = get_run(server, run_id)
    if ended.status == "running":
        raise Conflict(Problem("", "run_stays", {"value": ended.id}))
    if ended.status != "canceled":
        raise Conflict(Problem("", "run_over", {"value": ended.id, "status": ended.status}))
    return ended


@like(runs.keys)
def keys(server: Server) -> Path:
    """On the machine of the service, where the addresses of its guests are."""
    return Path(server.me().keys)


def _path(run_id: str) -> str:
    return f"/runs/{segment(run_id, 'run_not_found')}"
