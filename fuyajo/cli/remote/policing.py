"""The policy of a service, and what it wants: `fuyajo.service.policing`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.needs import Needs, needs_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision, Policy
from fuyajo.service import policing
from fuyajo.service.policing import PolicyFile


@like(policing.decision_on)
def decision_on(server: Server, plan: Plan) -> tuple[Decision, tuple[Problem, ...]]:
    found: Needs = needs_of(server, plan)
    return found.decision, found.problems


@like(policing.policy_file)
def policy_file(server: Server) -> PolicyFile:
    said: dict[str, Any] = server.parsed(dict[str, Any], server.get("/policy"))
    return file_of(server, said)


def file_of(server: Server, said: dict[str, Any]) -> PolicyFile:
    """Of `policy_json`. Where there is no file, it does not say where one would be: asked for by itself."""
    policy: Policy = server.parsed(Policy, said.get("policy"))
    digest: str = server.parsed(str, said.get("digest"))
    path: str | None = server.parsed(str | None, said.get("file"))
    if path is None:
        checked: dict[str, Any] = server.parsed(dict[str, Any], server.post("/policy/check", {}))
        return PolicyFile(policy, Path(server.parsed(str, checked.get("file"))), digest)
    rules: list[dict[str, str | None]] = server.parsed(
        list[dict[str, str | None]], said.get("rules")
    )
    lines = {str(one["rule"]): _line(str(one["place"])) for one in rules if one.get("place")}
    return PolicyFile(policy, Path(path), digest, lines)


def _line(place: str) -> int:
    """`policy.toml:12`"""
    said = place.rpartition(":")[2]
    return int(said) if said.isdecimal() else 0
