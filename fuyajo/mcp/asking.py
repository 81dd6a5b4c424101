"""A person is asked through the assistant's client (elicitation), where policy takes that answer.

Revision 2026-07-28: the question is the answer of the call, and the client calls again with what the person
said; the question is kept in the database, once, for that caller and that call. Revision 2025-11-25: the
question goes to the client while the call waits, which standard input and output allow and `/mcp` does not.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext

from fuyajo.domain.errors import shown
from fuyajo.domain.plan import RISK_OF, Plan
from fuyajo.domain.texts import Lang, text
from fuyajo.mcp.identity import Identity
from fuyajo.mcp.safety import hidden
from fuyajo.service import assisting
from fuyajo.service.context import Actor
from fuyajo.store.assistants import AssistantStore, Question
from fuyajo.views.plan import plan_lines

KEY = "consent"
SECONDS = 300.0  # a person has so long
MOST_LINES = 40  # a plan that is longer is not shown in such a form: it needs a page or a terminal
_RETURNED = "2026-07-28"
Said = Literal["yes", "no", "wrong"]
Answered = tuple[Question, types.ElicitResult]


class Asks(Exception):
    """The answer of this call is a question."""

    def __init__(self, result: types.InputRequiredResult) -> None:
        super().__init__("a person is asked")
        self.result = result


@dataclass(frozen=True)
class Asker:
    """How the client of this call can ask a person. `name` is its own word: no proof."""

    context: ServerRequestContext[Any, Any]
    name: str
    mark: str

    @property
    def returned(self) -> bool:
        return self.context.protocol_version >= _RETURNED

    @property
    def able(self) -> bool:
        """Whether a form can be shown, and its answer can reach us."""
        capabilities = self.context.session.client_capabilities
        found = capabilities.elicitation if capabilities else None
        forms = found is not None and (found.form is not None or found.url is None)
        return forms and (self.returned or self.context.session.can_send_request)

    async def now(self, message: str, schema: dict[str, Any]) -> types.ElicitResult | None:
        """While the call waits. None: nobody answered in time."""
        with anyio.move_on_after(SECONDS):
            session, request = self.context.session, self.context.request_id
            return await session.elicit_form(message, schema, request)
        return None


def asker_of(context: ServerRequestContext[Any, Any], mark: str) -> Asker:
    params = context.session.client_params
    return Asker(context, params.client_info.name if params else "", mark)


def question_of(actor: Actor, client: str, step: assisting.Step, lang: Lang) -> str | None:
    """The words of the form; None where policy does not take this answer, or the plan is too long for it."""
    plan = step.plan
    if not assisting.takes_answer(actor, plan, client):
        return None
    lines = plan_lines(plan, lang, step.decision)
    if len(lines) > MOST_LINES:
        return None
    head = text("mcp.ask", lang, plan=plan.id, digest=plan.digest, client=shown(client, 64))
    return hidden("\n".join([head, *lines]), actor.settings)


def form_of(plan: Plan, lang: Lang) -> dict[str, Any]:
    """What destroys something asks for the names: a yes by reflex is none."""
    names = doomed(plan)
    if names:
        about = text("mcp.ask.names", lang, names=", ".join(names))
        field: dict[str, Any] = {"type": "string", "title": about}
        return {"type": "object", "properties": {"names": field}, "required": ["names"]}
    field = {"type": "boolean", "title": text("mcp.ask.agree", lang), "default": False}
    return {"type": "object", "properties": {"agree": field}, "required": ["agree"]}


def doomed(plan: Plan) -> list[str]:
    """Machines whose names have to be typed."""
    if plan.risk != "destroy":
        return []
    named = [c.name for c in plan.changes if RISK_OF[c.action] == "destroy"]
    return named or [c.name for c in plan.changes if c.action != "noop"]


def said_in(plan: Plan, result: types.ElicitResult | None) -> Said:
    if result is None or result.action != "accept":
        return "no"
    content: Mapping[str, Any] = result.content or {}
    names = doomed(plan)
    if not names:
        return "yes" if content.get("agree") is True else "no"
    typed = content.get("names")
    found = [one.strip() for one in typed.split(",")] if isinstance(typed, str) else []
    return "yes" if sorted(found) == sorted(names) else "wrong"


def kept(identity: Identity, asker: Asker, plan: Plan, message: str) -> types.InputRequiredResult:
    """The question as the answer of the call; what is kept of it opens nothing for anybody else."""
    actor = identity.actor
    question = Question(
        secrets.token_urlsafe(24), identity.key, asker.mark, actor.user, plan.id, plan.digest
    )
    AssistantStore(actor.database).ask(question, SECONDS)
    schema = form_of(plan, identity.lang)
    form = types.ElicitRequestFormParams(message=message, requested_schema=schema)
    return types.InputRequiredResult(
        input_requests={KEY: types.ElicitRequest(params=form)}, request_state=question.id
    )


def answered(identity: Identity, mark: str, params: types.CallToolRequestParams) -> Answered | None:
    """What a person said to a question of ours. None: there was none, or not for this call, or too late."""
    result = (params.input_responses or {}).get(KEY)
    if params.request_state is None or not isinstance(result, types.ElicitResult):
        return None
    store = AssistantStore(identity.actor.database)
    found = store.answered(params.request_state, identity.key, mark)
    return (found, result) if found is not None else None
