"""Tainted plans, and plans that another than their owner approves: who counts, and who never does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fuyajo.domain.consent import Consent
from fuyajo.domain.errors import NotFound, Refused
from fuyajo.service import admitting, approving
from fuyajo.service.policing import role_of
from tests.support.command_line import USER, World, machine
from tests.support.terminal import typing
from tests.support.trust import become, code, loaded, me, policy, refused, tainted

# --- tainted plans -----------------------------------------------------------------------------------


@pytest.mark.parametrize("wish", ["stop shop", "delete shop"])
def test_a_tainted_plan_always_needs_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch, wish: str
) -> None:
    world.have(machine("shop"))
    policy(world, '[roles.default]\nneeds = {destroy = "nothing"}\n')
    plan = tainted(world, world.plan(wish))
    assert code(world.json("apply", plan)[1]) == "needs_approval"
    assert code(world.json("apply", plan, "--yes")[1]) == "consent_kind"
    assert code(world.json("approve", plan, "--yes")[1]) == "consent_kind"
    assert world.runs == []
    typing(monkeypatch, "shop\n" if wish.startswith("delete") else "y\n")
    assert world.call("apply", plan)[0] == 0


@pytest.mark.parametrize("kind", ["flag", "assistant"])
def test_no_policy_lets_a_flag_approve_a_tainted_plan(
    world: World, deletion: str, kind: Any
) -> None:
    policy(world, '[roles.default.approvals]\naccept = ["flag", "assistant"]\n')
    plan = loaded(tainted(world, deletion))
    assert refused(plan, Consent(USER, kind)) == ["consent_kind"]
    # Not even a row that stands in the database already.
    role = role_of(me(), USER)
    approving.record(me(), plan, role, Consent(USER, kind), "approved")
    assert refused(plan) == ["needs_approval"]


@pytest.mark.parametrize("kind", ["terminal", "web", "elicitation"])
def test_a_person_approves_a_tainted_plan(world: World, deletion: str, kind: Any) -> None:
    policy(world, '[roles.default.approvals]\naccept = ["terminal", "web", "elicitation"]\n')
    plan = loaded(tainted(world, deletion))
    assert admitting.admit(me(), plan, Consent(USER, kind)) is not None


def test_taint_comes_from_whoever_plans_and_stays(world: World) -> None:
    from fuyajo.domain.parse import parse_config
    from fuyajo.service.planning import from_config, from_words
    from fuyajo.service.replanning import again

    config = parse_config({"vms": [{"name": "shop"}]})
    for planned in (
        from_config(me(), config, "test", taint=True),
        from_words(me(), "a web server called shop", "en", taint=True),
    ):
        assert planned.plan is not None
        assert planned.plan.taint
        assert planned.decision is not None
        assert planned.decision.because == ("taint",)
        fresh = again(me(), planned.plan.id).plan
        assert fresh is not None
        assert fresh.taint


def test_the_rest_of_a_tainted_plan_is_tainted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.status = "failed"
    plan = tainted(world, world.plan("a web server called shop"))
    typing(monkeypatch, "y\n")
    assert world.call("apply", plan)[0] == 1
    typing(monkeypatch, "")
    assert code(world.json("apply", plan)[1]) == "needs_approval"


# --- somebody else -----------------------------------------------------------------------------------

BY_OTHER = """
[users]
mika = "careful"
noriko = "lead"
[roles.careful.approvals]
by_other = true
[roles.lead]
approves = ["mi*"]
"""


def test_nobody_approves_their_own_where_another_must(world: World, deletion: str) -> None:
    policy(world, BY_OTHER)
    assert code(world.json("approve", deletion, "--yes")[1]) == "needs_other"
    assert code(world.json("apply", deletion, "--yes")[1]) == "needs_other"
    assert world.runs == []


def test_another_whom_policy_names_approves(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(world, BY_OTHER)
    become(monkeypatch, "noriko")
    assert world.call("approve", deletion, "--owner", USER, "--yes")[0] == 0
    become(monkeypatch, USER)
    assert world.call("apply", deletion)[0] == 0


def test_another_whom_policy_does_not_name(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(world, BY_OTHER)
    become(monkeypatch, "mallory")
    done, answer = world.json("approve", deletion, "--owner", USER, "--yes")
    assert (done, code(answer)) == (1, "plan_not_found")


def test_an_approval_counts_by_the_policy_of_now(
    world: World, deletion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy(world, BY_OTHER)
    become(monkeypatch, "noriko")
    assert world.call("approve", deletion, "--owner", USER, "--yes")[0] == 0
    policy(world, BY_OTHER.replace("mi*", "somebody"))
    become(monkeypatch, USER)
    assert world.call("apply", deletion)[0] == 3


def test_the_service_does_not_take_a_foreign_word(world: World, deletion: str) -> None:
    plan = loaded(deletion)
    mallory = replace(me(), user="mallory")
    with pytest.raises(NotFound):
        approving.judged(mallory, deletion, USER)
    with pytest.raises(Refused):
        approving.approve(mallory, plan, Consent("mallory", "terminal"))
    assert refused(plan, Consent("mallory", "terminal")) != []


def test_nothing_is_written_while_only_planning(world: World, tmp_path: Path) -> None:
    world.plan("a web server called shop")
    assert not (world.home / "fuyajo.db").exists()
