"""Through which door somebody agreed is what the records say, also after a run that waited."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from fuyajo.store.tables import APPROVALS
from tests.support.assistants import Hands, actor_of, application, call
from tests.support.command_line import USER, World, machine


def test_an_assistants_word_is_of_its_own_door(world: World) -> None:
    """The approval runs out while the run waits: the worker says the same word again, of the same door."""
    world.have(machine("web"))
    policy = world.home / "policy.toml"
    policy.write_text('[roles.default.approvals]\naccept = ["assistant"]\n')
    policy.chmod(0o600)
    app, actor = application(world, work=False), actor_of(world)
    asked = call(app, "delete_vm", vm="web").structured_content
    assert asked is not None
    queued = call(
        app, "apply_plan", plan=asked["plan"], digest=asked["digest"], wait_seconds=0
    ).structured_content
    assert queued is not None and queued["outcome"] == "queued"
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="microseconds")
    with actor.database.write() as connection:
        connection.execute(update(APPROVALS).values(expires=past))
    hands = Hands(actor)
    hands()
    hands.rest()
    assert "web" not in world.found
    plan = actor.plans.load(USER, asked["plan"])
    assert [one.door for one in actor.approvals.of(plan)] == ["mcp", "mcp"]
    rows = [json.loads(row.body) for row in actor.audit.rows()]
    doors = [row["door"] for row in rows if row["event"] == "plan.approved"]
    assert doors == ["mcp", "mcp"]
