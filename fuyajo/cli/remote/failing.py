"""Runs that did not come to their end: `fuyajo.service.failing`."""

from __future__ import annotations

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.remains import left_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan
from fuyajo.domain.remains import Remain
from fuyajo.service import failing
from fuyajo.store.runs import RunRecord


@like(failing.remains_of)
def remains_of(server: Server, plan: Plan, record: RunRecord) -> tuple[Remain, ...]:  # noqa: ARG001
    return left_of(server, record.id).remains
