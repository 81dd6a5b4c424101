"""The run document of a request for a playbook that a person runs without `fuyajo apply`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fuyajo.domain.references import resolve
from fuyajo.domain.request import Config
from fuyajo.domain.spec import normalise
from fuyajo.engine.render import run_document
from fuyajo.service import hosting
from fuyajo.service.context import Actor
from fuyajo.service.planning import draft_plan, known, look
from fuyajo.service.surroundings import surroundings


def document(actor: Actor, config: Config) -> dict[str, Any]:
    """Raises `InvalidInput` with every problem. Nothing is saved but the user's key pair."""
    host = look(actor)
    plain, references = resolve(config, known(actor, host))
    spec = normalise(plain, moment=datetime.now(UTC))
    plan = draft_plan(actor, spec, host, "ansible-playbook", references)
    return run_document(plan, plan.id, surroundings(hosting.at(actor, plan)))
