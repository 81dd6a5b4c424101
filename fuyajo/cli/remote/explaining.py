"""Why a plan may run or not: `fuyajo.service.explaining`."""

from __future__ import annotations

from typing import Any

from fuyajo.cli.remote.answers import problem
from fuyajo.cli.remote.like import like
from fuyajo.cli.remote.policing import file_of
from fuyajo.cli.remote.server import Server
from fuyajo.domain.plan import Plan
from fuyajo.domain.policy import Decision, Role
from fuyajo.domain.ruling import Finding
from fuyajo.service import explaining
from fuyajo.service.explaining import Explained, Explanation, OwnRole
from fuyajo.service.observing import Spent


@like(explaining.explain)
def explain(server: Server, plan: Plan) -> Explanation:
    said: dict[str, Any] = server.parsed(
        dict[str, Any], server.get("/policy/explain", plan=plan.id)
    )
    rules: list[dict[str, Any]] = server.parsed(list[dict[str, Any]], said.get("rules"))
    decision: Decision = server.parsed(Decision, said.get("decision"))
    role: str = server.parsed(str, said.get("role"))
    return Explanation(role, tuple(_explained(server, one) for one in rules), decision)


def _explained(server: Server, said: dict[str, Any]) -> Explained:
    """A rule that is no matter of the file goes by the name of its reason."""
    because = said.get("because") or ""
    rule = "" if said.get("rule") == because else said.get("rule")
    why = said.get("problem")
    finding = {key: said.get(key) for key in ("where", "value", "outcome")}
    finding |= {"rule": rule, "because": because}
    made: Finding = server.parsed(Finding, finding)
    if isinstance(why, dict):
        made = made._replace(problem=problem(why))
    return Explained(server.parsed(str, rule), server.parsed(str, said.get("place") or ""), made)


@like(explaining.own_role)
def own_role(server: Server) -> OwnRole:
    said: dict[str, Any] = server.parsed(dict[str, Any], server.get("/policy"))
    file = file_of(server, said)
    name: str = server.parsed(str, said.get("role"))
    usage: Spent = server.parsed(Spent, said.get("usage"))
    return OwnRole(file, name, file.policy.roles.get(name) or Role(), usage)
