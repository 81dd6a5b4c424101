"""The built-in planner: phrase tables and rules for English and Japanese, no model and no network.

Its law is restraint: a wish is planned only when every word of it was understood; otherwise it
asks.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from fuyajo.planner.backend import Completion, Partial, PlannerRequest

# Raised with every change of what the rules answer to some wish; the gate's result is bound to it.
RULES_VERSION = 8


class RulesBackend:
    """A `Backend` that is always there, costs nothing and never guesses."""

    name = "rules"
    waits = False
    repairs = False
    deadline_s = 5.0

    async def complete(self, request: PlannerRequest) -> AsyncGenerator[Partial | Completion]:
        # Loaded at the first wish: the tables cost start-up time that most commands do not need.
        from fuyajo.planner.backends.rules.plan import plan

        yield plan(request)

    async def identity(self) -> dict[str, str]:
        return {"adapter": f"rules-{RULES_VERSION}"}
