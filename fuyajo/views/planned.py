"""What came of a wish as JSON data: the contract of `plan --json`, of every door."""

from __future__ import annotations

from typing import Any

from fuyajo.service.planning import Planned
from fuyajo.views.plan import plan_json
from fuyajo.views.planner import planner_json


def planned_json(planned: Planned) -> dict[str, Any]:
    silent = [{"host": one.name, "detail": one.why} for one in planned.silent]
    return {
        "reply": planned.reply.model_dump(mode="json"),
        "plan": plan_json(planned.plan) if planned.plan else None,
        "backend": planned.backend,
        "planner": planner_json(planned.planner),
        "decision": planned.decision.model_dump(mode="json") if planned.decision else None,
        "problems": [],
        **({"silent": silent} if silent else {}),
    }
