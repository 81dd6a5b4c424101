"""What a run that failed did, left and never began, as the service finds it."""

from __future__ import annotations

from typing import Any, NamedTuple

from fuyajo.cli.remote.records import record_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.remains import Remain
from fuyajo.store.runs import RunRecord


class Left(NamedTuple):
    """`undone` is the run that took back what it had made."""

    remains: tuple[Remain, ...]
    undone: RunRecord | None


def left_of(server: Server, run_id: str) -> Left:
    said: dict[str, Any] = server.parsed(dict[str, Any], server.get(f"/runs/{run_id}/remains"))
    back = said.get("undone")
    undone = record_of(server, back) if back is not None else None
    return Left(server.parsed(tuple[Remain, ...], said.get("remains")), undone)
