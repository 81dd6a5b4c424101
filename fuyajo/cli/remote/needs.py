"""What has to happen before a plan runs, as the service decides."""

from __future__ import annotations

from typing import Any, NamedTuple

from fuyajo.cli.remote.answers import problem
from fuyajo.cli.remote.server import Server
from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision


class Needs(NamedTuple):
    """`asks`: a person's yes is missing and would do."""

    decision: Decision
    asks: bool
    problems: tuple[Problem, ...]


def needs_of(server: Server, plan: Plan) -> Needs:
    said: dict[str, Any] = server.parsed(dict[str, Any], server.get(f"/plans/{plan.id}/needs"))
    decision: Decision = server.parsed(Decision, said.get("decision"))
    found: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], said.get("problems"))
    return Needs(decision, said.get("asks") is True, tuple(map(problem, found)))
