"""The built-in planner: phrase tables and rules for English and Japanese, no model and no network.

Its law is restraint: a wish is planned only when every word of it was understood; otherwise it
asks.
"""

from __future__ import annotations

from fuyajo.planner.backend import Answer, PlannerRequest


class RulesBackend:
    """A `Backend` that is always there, costs nothing and never guesses."""

    name = "rules"
    waits = False

    def configured(self) -> bool:
        return True

    async def complete(self, request: PlannerRequest) -> Answer:
        # Loaded at the first wish: the tables cost start-up time that most commands do not need.
        from fuyajo.planner.backends.rules.plan import plan

        reply = plan(request.text, request.lang, request.vms)
        return Answer(reply=reply, backend=self.name)
