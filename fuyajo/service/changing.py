"""Another plan in the place of one: its request, changed by somebody, checked as they type."""

from __future__ import annotations

from typing import Any

from fuyajo.domain.errors import Conflict, InvalidInput, Problem
from fuyajo.domain.parse import parse_config
from fuyajo.domain.plan import Plan
from fuyajo.domain.rewriting import request_of
from fuyajo.service.context import Actor
from fuyajo.service.planning import of_config
from fuyajo.service.requesting import with_host_problems


def request_behind(plan: Plan) -> dict[str, Any]:
    """The data of a request that makes this plan. Raises `Conflict` where no request could say it."""
    found = request_of(plan.spec)
    if found is None:
        raise Conflict(Problem("", "plan_unwritten", {"value": plan.id}))
    return found


def drafted(
    actor: Actor,
    data: object,
    source: str,
    *,
    taint: bool = False,
    conversation: str | None = None,
) -> Plan:
    """The plan of a request that somebody wrote. It is not saved.

    Raises `InvalidInput` with every problem, `Refused` with everything that policy does not allow.
    """
    try:
        config = parse_config(data)
    except InvalidInput as error:
        raise with_host_problems(actor, error) from error
    return of_config(actor, config, source, taint=taint, conversation=conversation)[0]


def changed(actor: Actor, data: object, old: Plan) -> Plan:
    """The plan of a request that somebody made of an older plan's, saved. The old one stays as it was.

    What tainted the old one taints this one.
    """
    source = f"changed {old.id}"
    plan = drafted(actor, data, source, taint=old.taint, conversation=old.conversation)
    actor.plans.save(plan)
    return plan
