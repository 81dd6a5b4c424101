"""Run records of a service's answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fuyajo.cli.remote.answers import problem
from fuyajo.cli.remote.server import Server
from fuyajo.domain.errors import Problem
from fuyajo.store.runs import RunRecord

#: States of a job that has no record yet, as a record would have them.
_WAITING = {"queued": "running", "starting": "running"}


def record_of(server: Server, said: Any) -> RunRecord:
    """Of `run_json`: what the record says, or what its job says where it has none."""
    found: dict[str, Any] = server.parsed(dict[str, Any], said)
    job = _mapping(found.get("job"))
    facts = {key: found.get(key) for key in RunRecord.model_fields}
    if found.get("started") is None:
        facts |= {
            "status": _WAITING.get(str(found.get("status")), found.get("status")),
            "started": job.get("started") or job.get("created"),
            "finished": job.get("finished"),
        }
    return server.parsed(RunRecord, facts)


def problems_of(said: Mapping[str, Any]) -> list[Problem]:
    """Why a job did not come to a run; nothing where it did."""
    if said.get("started") is not None:
        return []
    found = _mapping(said.get("job")).get("problems")
    return (
        [problem(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
