"""Plans, policies and people of tests about trust, in the world of `command_line.py`."""

from __future__ import annotations

import os
from typing import Any

import pytest

from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import Refused
from fuyajo.domain.plan import Plan, plan_digest
from fuyajo.service import admitting
from fuyajo.service.context import Actor, local_actor
from tests.support.command_line import USER, World


def me() -> Actor:
    return local_actor(os.environ)


def loaded(plan: str) -> Plan:
    return me().plans.load(USER, plan)


def tainted(world: World, plan: str) -> str:
    """The same plan as if it had been made after reading what a guest wrote."""
    made = loaded(plan).model_copy(update={"taint": True})
    actor = me()
    actor.plans.save(made.model_copy(update={"digest": plan_digest(made)}))
    return plan


def policy(world: World, text: str) -> None:
    world.home.mkdir(parents=True, exist_ok=True)
    file = world.home / "policy.toml"
    file.write_text(text)
    file.chmod(0o600)


def code(answer: Any) -> str:
    found: str = answer["problems"][0]["code"]
    return found


def refused(plan: Plan, consent: Consent | None = None, actor: Actor | None = None) -> list[str]:
    with pytest.raises(Refused) as caught:
        admitting.admit(actor or me(), plan, consent)
    return [problem.code for problem in caught.value.problems]


def foreign(world: World, plan: str) -> Plan:
    """The plan becomes one of noriko."""
    actor = me()
    made = loaded(plan).model_copy(update={"owner": "noriko"})
    made = made.model_copy(update={"digest": plan_digest(made)})
    actor.plans.save(made)
    (world.home / "plans" / USER / f"{plan}.json").unlink()
    return made


def become(patch: pytest.MonkeyPatch, user: str) -> None:
    patch.setattr("pwd.getpwuid", lambda _uid: type("Entry", (), {"pw_name": user})())
