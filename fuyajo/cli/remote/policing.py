"""What policy wants: `fuyajo.service.policing`."""

from __future__ import annotations

from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.needs import Needs, needs_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.errors import Problem
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision
from fuyajo.service import policing


@like(policing.decision_on)
def decision_on(server: Server, plan: Plan) -> tuple[Decision, tuple[Problem, ...]]:
    found: Needs = needs_of(server, plan)
    return found.decision, found.problems
