"""The audit, as the service writes it: who, through which door, why, what, and how it ended."""

from __future__ import annotations

from fuyajo.domain.plan import Plan
from fuyajo.service.context import Actor


def note(actor: Actor, event: str, plan: Plan | None = None, **more: object) -> None:
    """One row more. Raises `Unavailable` when it cannot be kept: then nothing may happen either."""
    body: dict[str, object] = {"event": event, "door": actor.door, **more}
    if plan is not None:
        body |= {
            "plan": plan.id,
            "digest": plan.digest,
            "reason": plan.reason,
            "risk": plan.risk,
            "objects": [f"{c.action} {c.name}" for c in plan.changes if c.action != "noop"],
        }
    actor.audit.append(actor.user, body)
